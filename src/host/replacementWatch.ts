// A newer version that wants this host's place: seen, told with what it waits for, and asked about when nobody was there for a day.
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import type { Replacement } from '../protocol/state.ts';
import type { RunningWork } from './machine/runningWork.ts';

/** [G8] After so long without a window and without a guest it is asked. */
export const ASK_MS = 24 * 3_600_000;
const LOOK_MS = 1_000;

/** What is looked at. */
export interface ReplacementOptions {
  readonly clock: Clock;
  /** The newer version that wants the place; undefined: none does. */
  readonly wanted: () => string | undefined;
  readonly work: () => RunningWork;
  /** A window or a guest is connected. */
  readonly isWatched: () => boolean;
}

interface Wish {
  readonly version: string;
  /** Wall time, ms. */
  readonly since: number;
  /** Monotonic time of the last moment at which somebody was there, or chose to wait. */
  readonly quietFrom: number;
  /** Wall time, ms. */
  readonly asksSince?: number;
}

/** Watches until disposed. */
export class ReplacementWatch implements Disposable {
  private readonly options: ReplacementOptions;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private wish: Wish | undefined;
  private told = '';

  readonly onDidChange = this.changed.event;

  constructor(options: ReplacementOptions) {
    this.options = options;
    this.disposables.add(options.clock.every(LOOK_MS, () => this.look()));
  }

  /** [G6] What is told of it now; undefined: no newer version wants this place. */
  get value(): Replacement | undefined {
    if (this.wish === undefined) return undefined;
    const { version, since, asksSince } = this.wish;
    return {
      ...{ version, since, ...this.options.work() },
      ...(asksSince !== undefined && { asksSince }),
    };
  }

  /** Looks at once. */
  look(): void {
    this.wish = this.next();
    const told = JSON.stringify(this.value) ?? '';
    if (told === this.told) return;
    this.told = told;
    this.changed.fire();
  }

  /** [G8] Somebody has chosen to wait: it is asked again when nobody was there for another day. */
  wait(): void {
    if (this.wish === undefined) return;
    const { asksSince: _asked, ...wish } = this.wish;
    this.wish = { ...wish, quietFrom: this.options.clock.monotonic() };
    this.look();
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private next(): Wish | undefined {
    const { clock, wanted, isWatched } = this.options;
    const version = wanted();
    if (version === undefined) return undefined;
    const now = clock.monotonic();
    const { wish } = this;
    if (wish === undefined) return { version, since: clock.now(), quietFrom: now };
    const since = wish.version === version ? wish.since : clock.now();
    const quietFrom = isWatched() ? now : wish.quietFrom;
    const isDue = wish.asksSince === undefined && now - quietFrom >= ASK_MS;
    return { ...wish, version, since, quietFrom, ...(isDue && { asksSince: clock.now() }) };
  }
}

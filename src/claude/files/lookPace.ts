// When an observed session is looked at: often while something happens, else when a watch tells.
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';

/** While something happens, its files are looked at this often whatever a watch tells: finished blocks are at most 0.3 s behind. */
const BUSY_MS = 100;
/** So long after the last news nothing happens any more. */
const CALM_MS = 10_000;
/** At rest its process is asked for a sign of life this often … */
const REST_MS = 1000;
/** … and its files are looked at once in so many times. */
const FILES_EVERY = 5;

/** What a pace is made of. */
export interface LookPaceOptions {
  readonly clock: Clock;
  readonly look: () => void;
  /** Whether the process still runs, at once. */
  readonly isStill: () => boolean;
}

/** Calls `look` until it is disposed. */
export class LookPace implements Disposable {
  private readonly options: LookPaceOptions;
  private timer: Disposable | undefined;
  private isStarted = false;
  private isDisposed = false;
  private newsMs: number;
  private mayRest = false;
  private rests = 0;

  constructor(options: LookPaceOptions) {
    this.options = options;
    this.newsMs = options.clock.monotonic();
  }

  /** Whether looks are left to the watches. */
  get isResting(): boolean {
    return this.mayRest && this.options.clock.monotonic() - this.newsMs >= CALM_MS;
  }

  start(): void {
    this.isStarted = true;
    this.schedule();
  }

  /** After a look: whether it found something, and whether all that may come next would be told. */
  note(found: { readonly isNews: boolean; readonly mayRest: boolean }): void {
    const wasResting = this.isResting;
    if (found.isNews) this.newsMs = this.options.clock.monotonic();
    this.mayRest = found.mayRest;
    if (wasResting && !this.isResting) this.schedule();
  }

  /** A watch has told something. */
  wake(): void {
    const wasResting = this.isResting;
    this.newsMs = this.options.clock.monotonic();
    this.options.look();
    if (wasResting) this.schedule();
  }

  dispose(): void {
    this.isDisposed = true;
    this.timer?.dispose();
  }

  private schedule(): void {
    this.timer?.dispose();
    if (this.isDisposed || !this.isStarted) return;
    const delayMs = this.isResting ? REST_MS : BUSY_MS;
    this.timer = this.options.clock.after(delayMs, () => this.beat());
  }

  private beat(): void {
    this.rests = this.isResting ? this.rests + 1 : 0;
    const isDue = this.rests % FILES_EVERY === 0;
    if (isDue || !this.options.isStill()) this.options.look();
    this.schedule();
  }
}

// [P4, P5] What the host's beats name and the document does not bring is asked for, in ever stronger ways.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Clock } from '../../base/clock.ts';
import { TIMES } from '../../protocol/limits.ts';
import type { Shortfall } from './truthTracker.ts';

/** What catching up needs. */
export interface CatchUpOptions {
  readonly clock: Clock;
  /** What is missing of what the newest beat names. */
  readonly missing: () => { readonly entries?: number } | undefined;
  /** How many entries between the document's first and the oldest one held did not open. */
  readonly gap: () => number;
  /** What has come is being verified still. */
  readonly isReading: () => boolean;
  /** Asks the relay on the same socket. */
  readonly ask: () => void;
  /** Opens a new socket. */
  readonly reconnect: () => void;
  /** Reads another document on a new socket. */
  readonly renew: () => void;
  /** Loads the gap's next entries from the host. */
  readonly fetchGap: () => Promise<unknown>;
  /** Says whether all is here that the newest beat names. */
  readonly onComplete: (isComplete: boolean) => void;
  /** Says how much is missing, once it counts; undefined when nothing is any more. */
  readonly onBehind: (shortfall: Shortfall | undefined) => void;
  /** [P4] For half a minute nothing helped; false: it came after all. */
  readonly onWithheld: (isWithheld: boolean) => void;
}

/** Follows one room. */
export class CatchUp implements Disposable {
  private readonly options: CatchUpOptions;
  private steps: DisposableStore | undefined;
  private since = 0;
  private isBehind = false;
  private isFetching = false;

  constructor(options: CatchUpOptions) {
    this.options = options;
  }

  /** The beat, or what is held, changed. */
  look(): void {
    const missing = this.options.missing();
    const isComplete = !missing && this.options.gap() === 0;
    this.options.onComplete(isComplete);
    if (isComplete) return this.stop();
    if (!this.steps) this.begin();
    if (!missing) void this.fetchGap();
    if (this.isBehind) this.tell();
  }

  /** Nothing can be asked for now: there is no connection. */
  pause(): void {
    this.steps?.dispose();
    this.steps = undefined;
  }

  dispose(): void {
    this.pause();
  }

  private begin(): void {
    const { clock, ask, reconnect, renew, onWithheld } = this.options;
    this.steps = new DisposableStore();
    if (!this.isBehind) this.since = clock.monotonic();
    this.steps.add(clock.after(TIMES.askMissingMs, () => this.again(ask)));
    // A relay that comes round is asked again: what it held back does not come by itself.
    this.steps.add(clock.every(TIMES.askAgainMs, () => this.again(ask)));
    const { steps } = this;
    const bringsToLate = this.progress();
    const bringsToRenew = this.progress();
    const late = (): void => {
      if (bringsToLate()) return void steps.add(clock.after(TIMES.askMissingMs, late));
      this.isBehind = true;
      this.tell();
      this.again(reconnect);
    };
    steps.add(clock.after(TIMES.behindMs, late));
    steps.add(
      clock.every(TIMES.freshDocumentMs, () => {
        if (!bringsToRenew()) this.again(renew);
      }),
    );
    steps.add(clock.after(TIMES.withheldMs, () => onWithheld(true)));
  }

  /** Whether what is being read brings some of what is missing: what brings nothing is no reason to wait. */
  private progress(): () => boolean {
    const { missing, gap, isReading } = this.options;
    const left = (): string => `${missing()?.entries} ${gap()}`;
    let before = left();
    return () => {
      const isNews = left() !== before;
      before = left();
      return isReading() && isNews;
    };
  }

  private again(ask: () => void): void {
    if (this.options.missing()) ask();
    else void this.fetchGap();
  }

  private stop(): void {
    if (!this.steps && !this.isBehind) return;
    this.pause();
    if (!this.isBehind) return;
    this.isBehind = false;
    this.options.onBehind(undefined);
    this.options.onWithheld(false);
  }

  private tell(): void {
    const count = this.options.missing()?.entries ?? this.options.gap();
    this.options.onBehind({ since: this.since, ...(count > 0 ? { missing: count } : {}) });
  }

  private async fetchGap(): Promise<void> {
    if (this.isFetching) return;
    this.isFetching = true;
    await this.options.fetchGap().catch(() => undefined);
    this.isFetching = false;
  }
}

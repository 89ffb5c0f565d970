// What the agent of a session waits for: kept over a restart where it is a usage limit, and over when its time is.
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Wait } from '../../protocol/wait.ts';

/** A computer that slept looks again soon: timers stand still meanwhile. */
const LOOK_MS = 30_000;

/** What it needs. */
export interface SessionWaitOptions {
  /** What an earlier host left. */
  readonly stored: Wait | undefined;
  readonly clock: Clock;
}

/** One per session. */
export class SessionWait implements Disposable {
  private readonly clock: Clock;
  private readonly ended = new Emitter<void>();
  private timer: Disposable | undefined;
  private now: Wait | undefined;

  constructor({ stored, clock }: SessionWaitOptions) {
    this.clock = clock;
    this.now = stored;
    this.watch();
  }

  /** Fires when a time is over that nobody else tells the end of. */
  get onDidEnd() {
    return this.ended.event;
  }

  /** What it waits for now. */
  get current(): Wait | undefined {
    return this.isOver ? undefined : this.now;
  }

  /** [W2] What outlives the agent's process: the limit of an account. */
  get lasting(): Wait | undefined {
    const { current } = this;
    return current?.why === 'usage-limit' ? current : undefined;
  }

  /** [W3] Prompts would be refused until a time that is known: they are handed over then. */
  get holdsQueue(): boolean {
    return this.lasting?.until !== undefined;
  }

  /** Takes what the agent says. */
  set(wait: Wait | undefined): void {
    this.now = wait;
    this.watch();
  }

  /** The session goes on with another model: the limit of the one before is none of its own. */
  modelChanged(): void {
    if (this.current?.limit !== 'model') return;
    this.set(undefined);
    this.ended.fire();
  }

  dispose(): void {
    this.timer?.dispose();
    this.ended.dispose();
  }

  private get isOver(): boolean {
    const { why, until } = this.now ?? {};
    return why === 'usage-limit' && until !== undefined && until <= this.clock.now();
  }

  private watch(): void {
    this.timer?.dispose();
    this.timer = undefined;
    const until = this.now?.why === 'usage-limit' ? this.now.until : undefined;
    if (until === undefined) return;
    const leftMs = Math.max(0, until - this.clock.now());
    this.timer = this.clock.after(Math.min(leftMs, LOOK_MS), () => {
      if (!this.isOver) return this.watch();
      this.now = undefined;
      this.ended.fire();
    });
  }
}

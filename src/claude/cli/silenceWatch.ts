// Notices a running turn that says nothing for a while; quiet while a tool runs or a request waits.
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';

/** A model that streams nothing for this long is worth a word to the person. */
export const SILENCE_MS = 60_000;

/** Watches one process. */
export class SilenceWatch implements Disposable {
  private readonly clock: Clock;
  private readonly onSilent: (silentMs: number) => void;
  private readonly onSpoke: () => void;
  private timer: Disposable | undefined;
  private readonly tools = new Set<string>();
  private lastAt = 0;
  private isRunning = false;
  private isWaiting = false;
  private isSilent = false;

  constructor(options: {
    readonly clock: Clock;
    readonly onSilent: (silentMs: number) => void;
    readonly onSpoke: () => void;
  }) {
    this.clock = options.clock;
    this.onSilent = options.onSilent;
    this.onSpoke = options.onSpoke;
  }

  /** A line has come. */
  spoke(): void {
    this.lastAt = this.clock.monotonic();
    if (this.isSilent) {
      this.isSilent = false;
      this.onSpoke();
    }
    this.arm();
  }

  /** Whether a turn runs, and whether a person is asked. */
  state(state: { readonly running: boolean; readonly waiting: boolean }): void {
    if (!state.running) this.tools.clear();
    // A turn that begins, or goes on after a person was asked, has all the time from now.
    const isNew = state.running && (!this.isRunning || this.isWaiting);
    if (isNew && !state.waiting) this.lastAt = this.clock.monotonic();
    this.isRunning = state.running;
    this.isWaiting = state.waiting;
    this.arm();
  }

  toolStarted(callId: string): void {
    this.tools.add(callId);
    this.arm();
  }

  toolEnded(callId: string): void {
    this.tools.delete(callId);
    this.lastAt = this.clock.monotonic();
    this.arm();
  }

  dispose(): void {
    this.timer?.dispose();
    this.timer = undefined;
    this.isRunning = false;
  }

  private get isWatching(): boolean {
    return this.isRunning && !this.isWaiting && this.tools.size === 0;
  }

  /** One timer at a time: it looks when it fires whether something was said since. */
  private arm(): void {
    if (!this.isWatching) {
      this.timer?.dispose();
      this.timer = undefined;
      return;
    }
    if (this.timer !== undefined || this.isSilent) return;
    const left = this.lastAt + SILENCE_MS - this.clock.monotonic();
    this.timer = this.clock.after(Math.max(left, 10), () => this.look());
  }

  private look(): void {
    this.timer = undefined;
    if (!this.isWatching) return;
    const silentMs = this.clock.monotonic() - this.lastAt;
    if (silentMs >= SILENCE_MS) {
      this.isSilent = true;
      this.onSilent(silentMs);
    } else {
      this.arm();
    }
  }
}

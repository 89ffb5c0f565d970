// Many changes, one reaction: runs a moment after the first of them.
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** Runs its work once for all triggers within a time. */
export class Soon implements Disposable {
  private readonly options: {
    readonly clock: Clock;
    readonly delayMs: number;
    readonly run: () => void;
  };
  private timer: Disposable | undefined;
  private isDisposed = false;

  constructor(options: {
    readonly clock: Clock;
    readonly delayMs: number;
    readonly run: () => void;
  }) {
    this.options = options;
  }

  /** The work is due. */
  trigger(): void {
    if (this.timer || this.isDisposed) return;
    this.timer = this.options.clock.after(this.options.delayMs, () => {
      this.timer = undefined;
      this.options.run();
    });
  }

  dispose(): void {
    this.isDisposed = true;
    this.timer?.dispose();
    this.timer = undefined;
  }
}

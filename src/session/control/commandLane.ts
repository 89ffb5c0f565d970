// One window's ordered commands: they wait here until the one before them is through.
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Command } from '../../protocol/command.ts';
import { TIMES } from '../../protocol/limits.ts';

/** What a lane needs. */
export interface CommandLaneOptions {
  readonly clock: Clock;
  /** Counter of the last command that is through. */
  readonly highWater: () => number;
  /** Carries one command out, or refuses it; its counter is consumed when this returns. A promise if it runs on. */
  readonly begin: (command: Command) => Promise<void> | undefined;
  /**
   * Called about every gap time with what waits, in order. `expected` is the counter that is
   * missing; undefined if they only wait for the one that runs.
   */
  readonly onWait: (waiting: readonly Command[], expected: number | undefined) => void;
  /** Nothing waits and nothing runs. */
  readonly onEmpty: () => void;
}

/** Runs the ordered commands of one member's boot one after the other, by counter. */
export class CommandLane implements Disposable {
  private readonly options: CommandLaneOptions;
  private readonly waiting = new Map<number, Command>();
  private isBusy = false;
  private isDisposed = false;
  private timer: Disposable | undefined;

  constructor(options: CommandLaneOptions) {
    this.options = options;
  }

  /** Number of commands that wait. */
  get size(): number {
    return this.waiting.size;
  }

  /** The command that waits under this counter. */
  at(cseq: number): Command | undefined {
    return this.waiting.get(cseq);
  }

  /** Whether a command would begin at once. */
  isNext(cseq: number): boolean {
    return !this.isBusy && cseq === this.options.highWater() + 1;
  }

  /** Puts a command in its place and lets begin what can. */
  push(cseq: number, command: Command): void {
    this.waiting.set(cseq, command);
    this.pump();
  }

  dispose(): void {
    this.isDisposed = true;
    this.timer?.dispose();
    this.waiting.clear();
  }

  private pump(): void {
    while (!this.isBusy && !this.isDisposed) {
      const cseq = this.options.highWater() + 1;
      const command = this.waiting.get(cseq);
      if (command === undefined) break;
      this.waiting.delete(cseq);
      const running = this.options.begin(command);
      if (running === undefined) continue;
      this.isBusy = true;
      void running.then(() => {
        this.isBusy = false;
        this.pump();
      });
    }
    if (this.isDisposed) return;
    if (this.waiting.size > 0) {
      this.watch();
    } else {
      this.timer?.dispose();
      this.timer = undefined;
    }
    if (this.waiting.size === 0 && !this.isBusy) this.options.onEmpty();
  }

  private watch(): void {
    this.timer ??= this.options.clock.after(TIMES.gapMs, () => {
      this.timer = undefined;
      const waiting = [...this.waiting.entries()].sort(([a], [b]) => a - b);
      this.options.onWait(
        waiting.map(([, command]) => command),
        this.isBusy ? undefined : this.options.highWater() + 1,
      );
      this.watch();
    });
  }
}

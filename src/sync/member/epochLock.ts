// Whether the host writes under a secret that this device does not hold, and for how long already.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { TIMES } from '../../protocol/limits.ts';

/** What a lock looks at. */
export interface EpochLockOptions {
  readonly secretOf: (epoch: number) => Bytes | undefined;
  readonly clock: Pick<Clock, 'after'>;
}

/** [P6] Follows the card's epoch. What is written under it waits, and nothing is sent under an older one. */
export class EpochLock implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: EpochLockOptions;
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly out = this.disposables.add(new Emitter<void>());
  private timers = new DisposableStore();
  private missing: number | undefined;
  private isLasting = false;

  /** The key has not come in time, or has come after all. */
  readonly onDidChange = this.changed.event;
  /** The key has not come for so long that who is no owner will not get it. */
  readonly onDidGiveUp = this.out.event;

  constructor(options: EpochLockOptions) {
    this.options = options;
    this.disposables.defer(() => this.timers.dispose());
  }

  /** Epoch that the card names and whose secret is not held; undefined if none is missing. */
  get epoch(): number | undefined {
    return this.missing;
  }

  /** Whether it has been missing for longer than a key is on its way. */
  get isLate(): boolean {
    return this.isLasting;
  }

  /** The card names this epoch, or secrets have come. */
  follow(epoch: number): void {
    const isMissing = !this.options.secretOf(epoch);
    if (isMissing === (this.missing !== undefined)) {
      // Each further one is waited for together with the first.
      if (isMissing) this.missing = epoch;
      return;
    }
    this.timers.dispose();
    this.timers = new DisposableStore();
    this.missing = isMissing ? epoch : undefined;
    if (isMissing) {
      const { clock } = this.options;
      this.timers.add(clock.after(TIMES.lockedMs, () => this.last(true)));
      this.timers.add(clock.after(TIMES.lockedOutMs, () => this.out.fire()));
    } else this.last(false);
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private last(isLasting: boolean): void {
    if (isLasting === this.isLasting) return;
    this.isLasting = isLasting;
    this.changed.fire();
  }
}

// [P7] When connections of this device may have died without a word.
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import type { Wake } from '../../sync/member/joinOptions.ts';

/** Who was away for a shorter time sees what was there. */
const AWAY_MS = 5_000;

/** What tells it. */
export interface WakesOptions {
  readonly clock: Clock;
  /** Somebody looks at this window now (true), or not any more. */
  readonly onDidLook: Event<boolean>;
  /** This device has a network again, or another one. */
  readonly onDidGoOnline?: Event<void> | undefined;
}

/** Sleep is noticed by each room itself, from its clock. */
export class Wakes implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly woke = this.disposables.add(new Emitter<Wake>());
  private awaySince: number | undefined;

  readonly onDidWake = this.woke.event;

  constructor({ clock, onDidLook, onDidGoOnline }: WakesOptions) {
    this.disposables.add(
      onDidLook((looks) => {
        const since = this.awaySince;
        if (!looks) this.awaySince ??= clock.monotonic();
        else this.awaySince = undefined;
        if (looks && since !== undefined && clock.monotonic() - since >= AWAY_MS) {
          this.woke.fire('seen');
        }
      }),
    );
    if (onDidGoOnline) this.disposables.add(onDidGoOnline(() => this.woke.fire('online')));
  }

  dispose(): void {
    this.disposables.dispose();
  }
}

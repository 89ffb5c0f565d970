// How true the picture is: from connection, sync and the host's beats, on this device's monotonic clock.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Clock } from '../../base/clock.ts';
import { TIMES } from '../../protocol/limits.ts';
import type { Truth } from '../../session/view.ts';

/** Follows one room; the kinds are those of Truth without 'over'. */
export class TruthTracker implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly clock: Clock;
  private readonly changed = this.disposables.add(new Emitter<Truth>());
  private current: Truth = { kind: 'connecting' };
  private lastBeatAt: number | undefined;
  /** [O12] Something else that the host has signed came while the picture was live. */
  private lastRecordAt: number | undefined;
  private syncedAt = 0;

  readonly onDidChange = this.changed.event;

  constructor(clock: Clock) {
    this.clock = clock;
    this.disposables.add(clock.every(1000, () => this.tick()));
  }

  get truth(): Truth {
    return this.current;
  }

  /** The document is in sync with the relay: what it shows is not yet known to be the present. */
  synced(): void {
    if (this.current.kind !== 'connecting' && this.current.kind !== 'relay-offline') return;
    this.syncedAt = this.clock.monotonic();
    this.set({ kind: 'unconfirmed', since: this.syncedAt });
  }

  /** A newer beat of the host arrived; `isSeen`: it names our own nonce. */
  beat(isSeen: boolean): void {
    // Its check ended after the connection did: it says nothing about now.
    if (this.current.kind === 'relay-offline') return;
    const now = this.clock.monotonic();
    this.lastBeatAt = now;
    if (isSeen) this.set({ kind: 'live', lastBeatAt: now });
    else if (this.current.kind !== 'unconfirmed') this.set({ kind: 'unconfirmed', since: now });
  }

  /**
   * [O12] A record of the host arrived that we did not have: it is there. Only a picture that is live
   * counts, and only for what is said: an old record that comes late keeps nothing live.
   */
  record(): void {
    if (this.current.kind === 'live') this.lastRecordAt = this.clock.monotonic();
  }

  /** This device slept: whatever was heard may be hours old, though its clock stood still. */
  doubt(): void {
    if (this.current.kind === 'live') {
      this.set({ kind: 'unconfirmed', since: this.clock.monotonic() });
    }
  }

  /** The connection to the relay is gone. */
  offline(reason: string): void {
    if (this.current.kind === 'relay-offline') return;
    const lastBeatAt = this.lastSeenAt;
    this.set({ kind: 'relay-offline', since: this.clock.monotonic(), lastBeatAt, reason });
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** The host's last sign of life. */
  private get lastSeenAt(): number | undefined {
    const { lastBeatAt, lastRecordAt } = this;
    return lastBeatAt === undefined ? undefined : Math.max(lastBeatAt, lastRecordAt ?? 0);
  }

  private tick(): void {
    if (this.current.kind !== 'live' && this.current.kind !== 'unconfirmed') return;
    const lastSign = Math.max(this.lastBeatAt ?? 0, this.syncedAt);
    if (this.clock.monotonic() - lastSign < TIMES.staleAfterMs) return;
    this.set({ kind: 'host-offline', lastBeatAt: this.lastSeenAt });
  }

  private set(truth: Truth): void {
    const isNews = truth.kind !== this.current.kind;
    this.current = truth;
    if (isNews) this.changed.fire(truth);
  }
}

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
  private syncedAt = 0;
  private isLocked = false;

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
    this.doubtSince(this.syncedAt);
  }

  /** A newer beat of the host arrived; `isSeen`: it names our own nonce. */
  beat(isSeen: boolean): void {
    // Its check ended after the connection did: it says nothing about now.
    if (this.current.kind === 'relay-offline') return;
    const now = this.clock.monotonic();
    this.lastBeatAt = now;
    if (isSeen && !this.isLocked) this.set({ kind: 'live', lastBeatAt: now });
    else if (this.current.kind !== 'unconfirmed') this.doubtSince(now);
  }

  /** [P6] A beat came that cannot be opened here: the host is there, and that is all that is known. */
  heard(): void {
    if (this.current.kind === 'relay-offline') return;
    this.lastBeatAt = this.clock.monotonic();
    if (this.current.kind === 'host-offline') this.doubtSince(this.lastBeatAt);
  }

  /** [P6] What the host writes now cannot be read here, or can again. */
  lock(isLocked: boolean): void {
    if (isLocked === this.isLocked) return;
    this.isLocked = isLocked;
    const { kind } = this.current;
    if (kind === 'live' || kind === 'unconfirmed') this.doubtSince(this.clock.monotonic());
  }

  /** This device slept: whatever was heard may be hours old, though its clock stood still. */
  doubt(): void {
    if (this.current.kind === 'live') this.doubtSince(this.clock.monotonic());
  }

  /** The connection to the relay is gone. */
  offline(reason: string): void {
    if (this.current.kind === 'relay-offline') return;
    const { lastBeatAt } = this;
    this.set({ kind: 'relay-offline', since: this.clock.monotonic(), lastBeatAt, reason });
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private tick(): void {
    if (this.current.kind !== 'live' && this.current.kind !== 'unconfirmed') return;
    const lastSign = Math.max(this.lastBeatAt ?? 0, this.syncedAt);
    if (this.clock.monotonic() - lastSign < TIMES.staleAfterMs) return;
    this.set({ kind: 'host-offline', lastBeatAt: this.lastBeatAt });
  }

  private doubtSince(since: number): void {
    this.set({ kind: 'unconfirmed', since, ...(this.isLocked && { locked: true }) });
  }

  private set(truth: Truth): void {
    const isNews = truth.kind !== this.current.kind || isLocked(truth) !== isLocked(this.current);
    this.current = truth;
    if (isNews) this.changed.fire(truth);
  }
}

function isLocked(truth: Truth): boolean {
  return truth.kind === 'unconfirmed' && truth.locked === true;
}

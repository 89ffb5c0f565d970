// How true the picture is: from connection, sync, the host's beats and what is missing, on this device's monotonic clock.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Clock } from '../../base/clock.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { TIMES } from '../../protocol/limits.ts';
import type { Truth } from '../../session/view.ts';

/** What a beat says of the picture. */
export interface BeatSign {
  /** It names a nonce of ours. */
  readonly isSeen: boolean;
  /** How long ago it was made at the most, ms; undefined if nothing proves it. */
  readonly ageMs: number | undefined;
}

/** What of the host's last word is missing here. */
export interface Shortfall {
  /** Since when, in monotonic time. */
  readonly since: number;
  /** Number of entries, if it is known. */
  readonly missing?: number;
}

interface LastBeat extends BeatSign {
  /** When it came, in monotonic time. */
  readonly at: number;
}

type Connection =
  | { readonly kind: 'connecting' }
  /** `isReopening`: on a new socket that has not brought anything yet. */
  | { readonly kind: 'synced'; readonly since: number; readonly isReopening: boolean }
  | { readonly kind: 'offline'; readonly since: number; readonly reason: string };

/** Follows one room; the kinds are those of Truth without 'over'. */
export class TruthTracker implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly clock: Clock;
  private readonly changed = this.disposables.add(new Emitter<Truth>());
  private connection: Connection = { kind: 'connecting' };
  private lastBeat: LastBeat | undefined;
  /** When the last sign of life came, also one that counts no more. */
  private lastBeatAt: number | undefined;
  /** [O12] Something else that the host has signed came while the picture was live. */
  private lastRecordAt: number | undefined;
  private shortfall: Shortfall | undefined;
  private isComplete = true;
  private isLocked = false;
  private current: Truth = { kind: 'connecting' };
  /** Since when the truth is what it is, where it does not say so otherwise. */
  private since = 0;

  readonly onDidChange = this.changed.event;

  constructor(clock: Clock) {
    this.clock = clock;
    this.disposables.add(clock.every(1000, () => this.look()));
  }

  get truth(): Truth {
    return this.current;
  }

  /** The document is in sync with the relay: what it shows is not yet known to be the present. */
  synced(): void {
    const { connection } = this;
    if (connection.kind === 'synced' && !connection.isReopening) return;
    const since = connection.kind === 'synced' ? connection.since : this.clock.monotonic();
    this.connection = { kind: 'synced', since, isReopening: false };
    this.look();
  }

  /** [P7] Another socket is being opened: until it is, the host can say nothing. */
  reopening(): void {
    if (this.connection.kind !== 'synced') return;
    this.connection = { ...this.connection, isReopening: true };
    this.look();
  }

  /** A newer beat of the host arrived. */
  beat(sign: BeatSign): void {
    // Its check ended after the connection did: it says nothing about now.
    if (this.connection.kind === 'offline') return;
    const at = this.clock.monotonic();
    this.lastBeatAt = at;
    this.lastBeat = { ...sign, at };
    this.look();
  }

  /**
   * [O12] A record of the host arrived that we did not have: it is there. Only a picture that is live
   * counts, and only for what is said: an old record that comes late keeps nothing live.
   */
  record(): void {
    if (this.current.kind === 'live') this.lastRecordAt = this.clock.monotonic();
  }

  /** [P6] A beat came that cannot be opened here: the host is there, and that is all that is known. */
  heard(): void {
    if (this.connection.kind === 'offline') return;
    this.lastBeatAt = this.clock.monotonic();
    this.look();
  }

  /** [P6] What the host writes now cannot be read here, or can again. */
  lock(isLocked: boolean): void {
    if (isLocked === this.isLocked) return;
    this.isLocked = isLocked;
    this.lastBeat = undefined;
    this.look();
  }

  /** This device slept, or its network changed: whatever was heard may be hours old. */
  doubt(): void {
    this.lastBeat = undefined;
    this.look();
  }

  /** [P4] Whether all is here that the newest beat names: a picture is not live again before it is. */
  complete(isComplete: boolean): void {
    if (isComplete === this.isComplete) return;
    this.isComplete = isComplete;
    this.look();
  }

  /** [P4] What is missing of what the host says it has written; undefined if nothing is. */
  behind(shortfall: Shortfall | undefined): void {
    this.shortfall = shortfall;
    this.look();
  }

  /** The connection to the relay is gone. */
  offline(reason: string): void {
    if (this.connection.kind === 'offline') return;
    this.connection = { kind: 'offline', since: this.clock.monotonic(), reason };
    this.lastBeat = undefined;
    this.look();
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private look(): void {
    const truth = this.judge();
    const before = this.current;
    this.current = truth;
    if (keyOf(truth) !== keyOf(before)) this.changed.fire(truth);
  }

  /** The host's last sign of life. */
  private get lastSeenAt(): number | undefined {
    const { lastBeatAt, lastRecordAt } = this;
    return lastBeatAt === undefined ? undefined : Math.max(lastBeatAt, lastRecordAt ?? 0);
  }

  private judge(): Truth {
    const { connection, lastBeat, shortfall } = this;
    const lastBeatAt = this.lastSeenAt;
    const now = this.clock.monotonic();
    if (connection.kind === 'offline') {
      return {
        kind: 'relay-offline',
        since: connection.since,
        lastBeatAt,
        reason: connection.reason,
      };
    }
    const isSynced = connection.kind === 'synced';
    if (!isSynced && !lastBeat) return { kind: 'connecting' };
    const lastSign = Math.max(this.lastBeatAt ?? 0, isSynced ? connection.since : 0);
    const isReopening = connection.kind === 'synced' && connection.isReopening;
    if (now - lastSign >= TIMES.staleAfterMs) {
      return isReopening ? this.unconfirmed(now) : { kind: 'host-offline', lastBeatAt };
    }
    if (this.isLocked) return { ...this.unconfirmed(now), locked: true };
    if (shortfall) {
      const { since, missing } = shortfall;
      return { kind: 'behind', since, lastBeatAt, ...omitUndefined({ missing }) };
    }
    // Where the host is heard and nothing of its state can be shown, nothing is live.
    const mayBeLive = isSynced && (this.isComplete || this.current.kind === 'live');
    if (lastBeat?.isSeen && lastBeat.ageMs !== undefined && mayBeLive) {
      const ageMs = lastBeat.ageMs + (now - lastBeat.at);
      if (ageMs < TIMES.staleAfterMs) return { kind: 'live', lastBeatAt: lastBeat.at };
      // It was fresh when it came, and none followed; or it came late.
      if (lastBeat.ageMs < TIMES.staleAfterMs) return { kind: 'host-offline', lastBeatAt };
      if (this.current.kind !== 'behind') this.since = now;
      return { kind: 'behind', since: this.since, lastBeatAt, lateMs: ageMs };
    }
    return this.unconfirmed(now);
  }

  private unconfirmed(now: number): { readonly kind: 'unconfirmed'; readonly since: number } {
    if (this.current.kind !== 'unconfirmed') this.since = now;
    return { kind: 'unconfirmed', since: this.since };
  }
}

/** What of it is news when it changes. */
function keyOf(truth: Truth): string {
  if (truth.kind === 'unconfirmed') return truth.locked === true ? 'locked' : 'unconfirmed';
  return truth.kind === 'behind' ? `behind ${truth.missing ?? ''}` : truth.kind;
}

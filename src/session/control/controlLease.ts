// Control of a room: who may prompt now, decided by the host's clock and journal alone.
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { LIMITS, TIMES } from '../../protocol/limits.ts';
import type { Focus, WindowRef } from '../../protocol/state.ts';
import type { RoomJournal } from '../roomJournal.ts';

const CLOCK_CHECK_MS = 5_000;

/** What a ControlLease needs. */
export interface ControlLeaseOptions {
  readonly clock: Clock;
  readonly journal: Pick<RoomJournal, 'fence' | 'saveFence'>;
  /** A holder who does nothing for this long gives way to the next in the queue. */
  readonly idleHandOverMs?: number;
  /** Life of a grant without renewal. */
  readonly leaseMs?: number;
}

/** Whether a prompt may run: under which fence, or why not and who is in the way. */
export type PromptVerdict =
  | { readonly ok: true; readonly fence: number }
  | {
      readonly ok: false;
      readonly code: 'no-control' | 'superseded';
      readonly holder?: WindowRef;
    };

/** A WindowRef without room for unknown fields. */
interface Ref {
  readonly member: string;
  readonly window: string;
}

interface Holder extends Ref {
  readonly since: number;
  leaseUntil: number;
  activeAt: number;
}

interface Waiter extends Ref {
  readonly since: number;
}

/** Grants that followed each other within one member: a fence of them was overtaken by nobody else. */
interface Run {
  readonly member: string;
  readonly firstFence: number;
}

/**
 * Lease of control (the wire says `focus`), with a fence that rises with every grant and a queue of members. Only
 * this object decides; a grant is in the journal before anybody can see it. Roles are not its
 * business: the caller lets only those ask who may hold control. Control is never free while
 * somebody waits.
 */
export class ControlLease implements Disposable {
  private readonly clock: Clock;
  private readonly journal: ControlLeaseOptions['journal'];
  private readonly idleHandOverMs: number;
  private readonly leaseMs: number;
  private readonly disposables = new DisposableStore();
  private readonly changes = this.disposables.add(new Emitter<Focus>());
  private fence: number;
  private holder: Holder | undefined;
  private queue: readonly Waiter[] = [];
  private run: Run | undefined;
  private timer: { readonly at: number; readonly handle: Disposable } | undefined;
  private wallOffsetMs: number;

  constructor(options: ControlLeaseOptions) {
    this.clock = options.clock;
    this.journal = options.journal;
    this.idleHandOverMs = options.idleHandOverMs ?? TIMES.idleHandOverMs;
    this.leaseMs = options.leaseMs ?? TIMES.leaseMs;
    this.fence = options.journal.fence();
    this.wallOffsetMs = this.clock.now() - this.clock.monotonic();
    this.disposables.add(this.clock.every(CLOCK_CHECK_MS, () => this.settleByTimer()));
    this.disposables.defer(() => this.timer?.handle.dispose());
  }

  /** Control as everybody may see it; a new object after each change. */
  get state(): Focus {
    return {
      fence: this.fence,
      ...(this.holder && {
        holder: {
          member: this.holder.member,
          window: this.holder.window,
          since: this.holder.since,
        },
      }),
      queue: this.queue.map((waiter) => ({ ...waiter })),
    };
  }

  /** Fires with the new state after it was journalled; renewals are no change. */
  readonly onDidChange: Event<Focus> = this.changes.event;

  /**
   * Asks for control. Granted at once if it is free or held by another window of the same member;
   * else the member waits. Asking again keeps the place, also from another window. 'full': as many
   * wait as may, and nothing changed.
   */
  request(window: WindowRef): 'granted' | 'queued' | 'full' {
    this.settle();
    if (this.isHeldBy(window)) {
      this.prolong(true);
      return 'granted';
    }
    if (this.holder === undefined || this.holder.member === window.member) {
      this.grant(window);
      return 'granted';
    }
    const place = this.queue.find((waiter) => waiter.member === window.member);
    if (place === undefined) {
      if (this.queue.length >= LIMITS.controlQueue) return 'full';
      this.setQueue([...this.queue, { ...pick(window), since: this.clock.now() }]);
    } else if (place.window !== window.window) {
      this.setQueue(
        this.queue.map((w) => (w === place ? { ...pick(window), since: place.since } : w)),
      );
    }
    return 'queued';
  }

  /** Gives control to a window at once; false if `by` neither holds it nor is an owner. */
  give(by: WindowRef | 'owner', to: WindowRef): boolean {
    this.settle();
    if (by !== 'owner' && this.holder?.member !== by.member) return false;
    if (!this.isHeldBy(to)) this.grant(to);
    return true;
  }

  /** An owner's window takes control at once; who waits keeps waiting. */
  take(window: WindowRef): void {
    this.give('owner', window);
  }

  /** Lets go: the next in the queue gets it. A window that only waits leaves the queue. */
  release(window: WindowRef): void {
    this.settle();
    if (this.isHeldBy(window)) this.passOn();
    else this.setQueue(this.queue.filter((waiter) => !isSame(waiter, window)));
  }

  /** Keeps the lease of the holder alive; changes nothing that others see. False if it is not the holder's. */
  renew(window: WindowRef, fence: number): boolean {
    this.settle();
    const isHolder = this.isHeldBy(window) && fence === this.fence;
    if (isHolder) this.prolong(false);
    return isHolder;
  }

  /** Like `renew`, and says that the holder does something: idleness counts from now. */
  touch(window: WindowRef, fence: number): boolean {
    this.settle();
    const isHolder = this.isHeldBy(window) && fence === this.fence;
    if (isHolder) this.prolong(true);
    return isHolder;
  }

  /**
   * Decides whether a prompt runs, and grants control where it comes with the prompt: control is
   * free, or another window of the same member has it. `fence` is the one its sender held last;
   * without one the prompt asks like somebody who never had control. Refused is what somebody
   * else stands in the way of, or a fence that somebody else has overtaken.
   */
  admitPrompt(window: WindowRef, fence: number | undefined): PromptVerdict {
    this.settle();
    const holder = this.holder;
    if (holder !== undefined && holder.member !== window.member) {
      const isOld = fence !== undefined && fence < this.fence;
      return { ok: false, code: isOld ? 'superseded' : 'no-control', holder: pick(holder) };
    }
    const isUnknown = fence !== undefined && fence > this.fence && holder !== undefined;
    if (isUnknown || this.isOvertaken(window.member, fence)) {
      return { ok: false, code: 'superseded', ...(holder && { holder: pick(holder) }) };
    }
    if (this.isHeldBy(window)) this.prolong(true);
    else this.grant(window);
    return { ok: true, fence: this.fence };
  }

  /** A member or one window of it is gone or may not hold control any more. */
  drop(who: string | WindowRef): void {
    this.settle();
    const isGone = (ref: Ref): boolean =>
      typeof who === 'string' ? ref.member === who : isSame(ref, who);
    const queue = this.queue.filter((waiter) => !isGone(waiter));
    const holderIsGone = this.holder !== undefined && isGone(this.holder);
    if (!holderIsGone) {
      this.setQueue(queue);
      return;
    }
    this.queue = queue;
    this.passOn();
  }

  /**
   * Ends every lease and forgets the queue: after a clock jump (sleep) or in a new term nobody
   * knows who is still there. A holder whom nobody follows goes on by typing.
   */
  endAll(): void {
    if (this.holder === undefined && this.queue.length === 0) return;
    this.holder = undefined;
    this.queue = [];
    this.changed();
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private isHeldBy(window: Ref): boolean {
    return this.holder !== undefined && isSame(this.holder, window);
  }

  private isOvertaken(member: string, fence: number | undefined): boolean {
    if (fence === undefined) return false;
    return fence < (this.run?.member === member ? this.run.firstFence : this.fence);
  }

  private prolong(isActive: boolean): void {
    if (this.holder === undefined) return;
    const now = this.clock.monotonic();
    this.holder.leaseUntil = now + this.leaseMs;
    if (isActive) this.holder.activeAt = now;
  }

  private grant(window: Ref): void {
    const fence = this.fence + 1;
    this.journal.saveFence(fence);
    this.fence = fence;
    if (this.run?.member !== window.member) this.run = { member: window.member, firstFence: fence };
    const now = this.clock.monotonic();
    this.holder = {
      ...pick(window),
      since: this.clock.now(),
      leaseUntil: now + this.leaseMs,
      activeAt: now,
    };
    this.queue = this.queue.filter((waiter) => waiter.member !== window.member);
    this.changed();
  }

  private passOn(): void {
    const next = this.queue[0];
    if (next !== undefined) {
      this.grant(next);
    } else if (this.holder !== undefined) {
      this.holder = undefined;
      this.changed();
    }
  }

  private setQueue(queue: readonly Waiter[]): void {
    const isEqual =
      queue.length === this.queue.length && queue.every((waiter, i) => waiter === this.queue[i]);
    if (isEqual) return;
    this.queue = queue;
    this.changed();
  }

  private changed(): void {
    this.schedule();
    this.changes.fire(this.state);
  }

  /** Time may have passed since the last timer: what is due happens before anything is decided. */
  private settle(): void {
    const wallOffsetMs = this.clock.now() - this.clock.monotonic();
    const jumpMs = Math.abs(wallOffsetMs - this.wallOffsetMs);
    this.wallOffsetMs = wallOffsetMs;
    if (jumpMs > TIMES.clockJumpMs) this.endAll();
    if (this.holder !== undefined && this.clock.monotonic() >= this.dueAt(this.holder)) {
      this.passOn();
    }
  }

  /** A grant that the journal refuses changes nothing; the next look tries again, and who asks is told. */
  private settleByTimer(): void {
    try {
      this.settle();
    } catch {
      // A timer has nobody to tell: a full disk must not end the host because a lease has lapsed.
      return;
    }
    this.schedule();
  }

  private dueAt(holder: Holder): number {
    if (this.queue.length === 0) return holder.leaseUntil;
    return Math.min(holder.leaseUntil, holder.activeAt + this.idleHandOverMs);
  }

  /** One timer; renewals only move what it finds when it fires. */
  private schedule(): void {
    if (this.disposables.isDisposed || this.holder === undefined) return;
    const at = this.dueAt(this.holder);
    if (this.timer !== undefined && this.timer.at <= at) return;
    this.timer?.handle.dispose();
    const handle = this.clock.after(at - this.clock.monotonic(), () => {
      this.timer = undefined;
      this.settleByTimer();
    });
    this.timer = { at, handle };
  }
}

function isSame(a: Ref, b: Ref): boolean {
  return a.member === b.member && a.window === b.window;
}

/** The two fields alone, as a type that a schema's loose object takes. */
function pick(ref: Ref): { readonly member: string; readonly window: string } {
  return { member: ref.member, window: ref.window };
}

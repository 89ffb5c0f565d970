// All sessions that this window knows: those of this computer and those that were joined.
import { omitUndefined } from '../../base/omitUndefined.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import type { Problem, SessionSummary } from '../../protocol/state.ts';
import type { Absence } from './absence.ts';
import type { JoinedRow, JoinedSession } from './joinedSessions.ts';
import type { RoomTarget } from './joinTarget.ts';
import type { ComputerLink } from './computerLink.ts';
import type { LinkSource } from './linkSource.ts';
import type { RoomPool } from './roomPool.ts';
import type { SecretList } from './secretList.ts';
import type { SessionRef } from './sessionRef.ts';
import { sessionState } from './sessionFacts.ts';
import type { SharedRoom } from './sharedRoom.ts';
import { tabTitle } from './tabTitle.ts';
import { errorMessage, errorParts, type Translate } from '../translate.ts';

/** Where sessions are looked up by reference. */
export class SessionDirectory implements LinkSource {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly machine: ComputerLink;
  private readonly joined: SecretList<JoinedSession>;
  private readonly t: Translate;
  private pool: RoomPool | undefined;

  readonly onDidChange: Event<void> = this.changed.event;

  constructor(options: {
    readonly machine: ComputerLink;
    readonly joined: SecretList<JoinedSession>;
    readonly t: Translate;
  }) {
    this.machine = options.machine;
    this.joined = options.joined;
    this.t = options.t;
    this.disposables.add(this.machine.onDidChange(() => this.changed.fire()));
    this.disposables.add(this.joined.onDidChange(() => this.changed.fire()));
  }

  /** Follows the rooms that are open in this window: their titles, and what joined lists show. */
  watch(pool: RoomPool): void {
    this.pool = pool;
    this.disposables.add(
      pool.onDidChangeRoom(({ room, parts }) => {
        if (parts.has('state') || parts.has('truth')) this.roomChanged(room);
      }),
    );
  }

  targetOf(ref: SessionRef): RoomTarget | undefined {
    if (ref.kind === 'joined') {
      const item = this.joined.items.find(({ room }) => room === ref.room);
      // A session of this computer may have been joined by a link before its host was found.
      const own = item && this.ownSessionOf(item.room);
      const epochs = own && this.machine.targetOf(own)?.epochs;
      return item && { link: item.link, ...(epochs && { epochs }) };
    }
    return this.machine.targetOf(ref);
  }

  async refresh(ref: SessionRef): Promise<void> {
    await this.machine.refresh(ref);
  }

  /** The session of this computer that a room belongs to. */
  ownSessionOf(room: string): SessionRef | undefined {
    return this.machine.sessionOf(room);
  }

  /** Facts of a session: from its room if it is open here, else from the list. */
  summaryOf(ref: SessionRef): SessionSummary | undefined {
    const view = this.pool?.find(ref)?.view;
    const state = view && sessionState(view);
    return (
      state?.session ?? (ref.kind === 'own' ? this.machine.row(ref.session)?.session : undefined)
    );
  }

  titleOf(ref: SessionRef): string {
    const session = this.summaryOf(ref);
    if (session) return session.title || this.t('Untitled session');
    const known = ref.kind === 'joined' && this.joined.items.find(({ room }) => room === ref.room);
    return (known && known.title) || this.t('Session');
  }

  /** All sessions known by now whose tab has this title. */
  titled(title: string): readonly SessionRef[] {
    const own = this.machine.rows.map(({ session }): SessionRef => ({
      kind: 'own',
      session: session.id,
    }));
    const joined = this.joined.items.map(({ room }): SessionRef => ({ kind: 'joined', room }));
    return [...own, ...joined].filter((ref) => tabTitle(this.titleOf(ref)) === tabTitle(title));
  }

  /** Rows of the joined sessions for the tree. */
  joinedRows(): readonly JoinedRow[] {
    return this.joined.items.map(({ room, title, computer }) => {
      const ref: SessionRef = { kind: 'joined', room };
      const session = this.summaryOf(ref);
      const connection = this.pool?.find(ref)?.view?.truth.kind;
      return { room, title, computer, connection, ...(session ? { session } : {}) };
    });
  }

  /** Why a session of this computer cannot go on now, if its host is gone. */
  hostProblem(ref: SessionRef): Problem | undefined {
    if (ref.kind === 'joined') return undefined;
    const { status, error } = this.machine;
    if (status !== 'lost' && status !== 'stopped') return undefined;
    const { happened, kept, remedy } = (error && errorParts(error, this.t)) ?? {
      happened: this.t('The background service of this computer does not run.'),
      kept: this.t('Nothing is lost.'),
      remedy: this.t('It starts when you start, open or continue a session.'),
    };
    return { code: 'host-stopped', happened, ...omitUndefined({ kept, remedy }) };
  }

  /** A session of this computer that the host lists but does not serve: it has to be opened first. */
  needsOpening(ref: SessionRef): boolean {
    if (ref.kind === 'joined' || this.machine.status !== 'connected') return false;
    const row = this.machine.row(ref.session);
    return row?.link === undefined && row?.foundKey !== undefined;
  }

  /** What a panel of `room` shows while it has no view. */
  absence(room: Pick<SharedRoom, 'ref' | 'error'>): Absence {
    const { ref, error } = room;
    if (error) return { kind: 'over', text: errorMessage(error, this.t) };
    if (ref.kind === 'joined') {
      const isKnown = this.joined.items.some((item) => item.room === ref.room);
      if (isKnown || !this.joined.isLoaded) return { kind: 'connecting' };
      return {
        kind: 'over',
        text: this.t(
          'You left this session, or its link was removed from this device. Ask for a new link and join again.',
        ),
      };
    }
    switch (this.machine.status) {
      case 'absent':
        return {
          kind: 'over',
          text: this.t('This session is on another computer. Join it with a link.'),
        };
      case 'looking':
        return { kind: 'connecting' };
      case 'connecting': {
        const { mismatch } = this.machine;
        return mismatch
          ? { kind: 'over', text: errorMessage(mismatch, this.t) }
          : { kind: 'connecting' };
      }
      case 'stopped':
      case 'lost':
        return { kind: 'host-offline' };
      case 'connected':
        break;
    }
    const row = this.machine.row(ref.session);
    if (!row)
      return { kind: 'over', text: this.t('This session is not on this computer any more.') };
    if (row.link !== undefined || row.foundKey !== undefined) return { kind: 'connecting' };
    return {
      kind: 'over',
      text: this.t('This session has ended. Continue it from the Sessions view.'),
    };
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private roomChanged(room: SharedRoom): void {
    const { ref, view } = room;
    if (ref.kind !== 'joined' || !view) return;
    const session = sessionState(view)?.session;
    const item = this.joined.items.find((other) => other.room === ref.room);
    if (session && item && (item.title !== session.title || item.computer !== session.computer)) {
      const { title, computer } = session;
      void this.joined.put({ ...item, title, computer }, (other) => other.room === item.room);
      return;
    }
    this.changed.fire();
  }
}

// The panels of a window over rooms whose views a test plays.
import { Emitter } from '../../src/base/emitter.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Drafts } from '../../src/client/prompts/drafts.ts';
import { joinedSessions } from '../../src/client/rooms/joinedSessions.ts';
import { RoomPool } from '../../src/client/rooms/roomPool.ts';
import { SessionDirectory } from '../../src/client/rooms/sessionDirectory.ts';
import type { SessionRef } from '../../src/client/rooms/sessionRef.ts';
import { untranslated } from '../../src/client/translate.ts';
import { Panels } from '../../src/editor/panel/panels.ts';
import type { DirectoryRow, SessionState } from '../../src/protocol/state.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import {
  FakeView,
  linkToRoom,
  MemorySecrets,
  MemoryStorage,
  row,
  sessionState,
} from '../client/samples.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

/** Reference of a session of this computer. */
export function own(session: string): SessionRef {
  return { kind: 'own', session };
}

/** A window on a computer with the sessions `a` and `b`, each with a view of its own. */
export class EditorRig {
  readonly clock = createFakeClock();
  readonly views = new Map<string, FakeView>();
  rows: readonly DirectoryRow[] = ['a', 'b'].map((id) => row({ id, title: id }));
  private readonly changed = new Emitter<void>();
  /** What the parts ask of this computer's host. */
  readonly machine = {
    status: 'connected',
    onDidChange: this.changed.event,
    all: () => this.rows,
    sessionOf: () => undefined,
    row: (id: string) => this.rows.find(({ session }) => session.id === id),
  };
  readonly joined = joinedSessions(new MemorySecrets(), silentLogger);
  readonly directory: SessionDirectory;
  readonly pool: RoomPool;
  readonly panels: Panels;

  constructor() {
    const { clock } = this;
    Object.defineProperty(this.machine, 'rows', { get: () => this.rows });
    this.directory = new SessionDirectory({
      // The parts of it that these tests come to.
      machine: this.machine as never,
      joined: this.joined,
      t: untranslated,
    });
    this.pool = new RoomPool({
      links: {
        targetOf: (ref) => ({ link: linkToRoom(ref.kind === 'own' ? ref.session : 'j') }),
        onDidChange: this.changed.event,
      },
      join: ({ link }) => {
        const view = new FakeView();
        const [id = ''] = ['a', 'b'].filter((one) => linkToRoom(one) === link);
        view.state = sessionState({ session: { ...row({ id, title: id }).session } });
        this.views.set(id, view);
        return Promise.resolve(view);
      },
      clock,
      random: () => 0,
      log: silentLogger,
    });
    this.directory.watch(this.pool);
    this.panels = new Panels({
      services: {
        // Only its path is asked for.
        extensionUri: { path: '/extension' } as never,
        pool: this.pool,
        directory: this.directory,
        drafts: new Drafts({ storage: new MemoryStorage(), now: () => clock.now() }),
        // No entry is opened here.
        documents: undefined as never,
        openSession: () => Promise.resolve(),
        clock,
        log: silentLogger,
      },
      // A memento is such a storage.
      memento: new MemoryStorage() as never,
    });
  }

  /** Opens the panel of a session; its view, once it has joined. */
  async open(session: string): Promise<FakeView> {
    this.panels.show(own(session));
    return waitUntil('joined', () => this.views.get(session));
  }

  /** The host says something else of its sessions. */
  list(rows: readonly DirectoryRow[]): void {
    this.rows = rows;
    this.changed.fire();
  }

  /** A room says something else. */
  change(session: string, changes: Partial<SessionState>): void {
    const view = this.views.get(session);
    if (view?.state?.kind !== 'session') throw new Error('not joined');
    view.state = { ...view.state, ...changes };
    view.change('state');
  }
}

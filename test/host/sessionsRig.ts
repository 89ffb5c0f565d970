// The registry of sessions on a real journal and relay, with an agent that a test plays.
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { newId } from '../../src/base/ids.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { Journal } from '../../src/host/journal/journal.ts';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import type { Attachments } from '../../src/host/queue/attachments.ts';
import { hostedCommands } from '../../src/host/session/hostedCommands.ts';
import { hostPaths } from '../../src/host/find/paths.ts';
import { RelayChild } from '../../src/host/serve/relayChild.ts';
import { ServedRooms } from '../../src/host/serve/servedRooms.ts';
import { Sessions } from '../../src/host/machine/sessions.ts';
import type { Agent, FoundSession } from '../../src/protocol/agent.ts';
import type { CommandArgs, CommandKind } from '../../src/protocol/commandTable.ts';
import type { Json } from '../../src/protocol/json.ts';
import { type AcceptedCommand, carryOut } from '../../src/session/control/commandHandlers.ts';
import { Attachment } from '../../src/sync/member/attachment.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { FakeAgent } from './scriptedAgent.ts';
import { temporaryFolder } from './folders.ts';
import { HOST_PROGRAM } from './hostRig.ts';

/** One host without its process: what `hostMain` composes, up to the registry. */
export class SessionsRig<A extends Agent = FakeAgent> {
  readonly folder: string;
  readonly agent: A;
  readonly journal: Journal;
  readonly relay: RelayChild;
  readonly rooms: ServedRooms;
  readonly sessions: Sessions;

  private constructor(
    agent: A,
    folder: string,
    journal: Journal,
    relay: RelayChild,
    rooms: ServedRooms,
  ) {
    this.agent = agent;
    this.folder = folder;
    this.journal = journal;
    this.relay = relay;
    this.rooms = rooms;
    this.sessions = this.makeSessions();
  }

  static create(): Promise<SessionsRig>;
  static create<A extends Agent>(agent: A): Promise<SessionsRig<A>>;
  static async create(agent: Agent = new FakeAgent()): Promise<SessionsRig<Agent>> {
    // As the host does: every connection of the Yjs client adds a listener to the process.
    process.setMaxListeners(0);
    const folder = temporaryFolder();
    const paths = hostPaths(folder);
    const common = { clock: systemClock, log: silentLogger };
    const journal = Journal.open({ paths, ...common });
    const relay = await RelayChild.start({
      command: [process.execPath, HOST_PROGRAM, 'relay', '--child'],
      dataDir: paths.relayData,
      preferredPort: 0,
      ...common,
    });
    return new SessionsRig(
      agent,
      folder,
      journal,
      relay,
      await ServedRooms.create({
        ...{ journal, relay, outputs: paths.outputs },
        ...common,
      }),
    );
  }

  async close(): Promise<void> {
    if (this.agent instanceof FakeAgent) this.agent.release();
    await this.sessions.closeAll();
    await this.rooms.closeAll();
    await this.relay.close();
    this.journal.close();
  }

  /** Another registry over the same journal: what the next host begins with. */
  makeSessions(clock: Clock = systemClock): Sessions {
    const { journal, rooms, agent } = this;
    const options = { journal, rooms, agent, env: {}, computer: 'here' };
    return new Sessions({ ...options, clock, log: silentLogger });
  }

  start(): Promise<OpenSession> {
    return this.sessions.start({ cwd: this.folder });
  }

  statusOf(id: string): string | undefined {
    return this.sessions.rows().find(({ session }) => session.id === id)?.session.status;
  }

  terminalWith(conversation: string): FoundSession {
    const key = `pid-${conversation}`;
    return { key, agentSessionId: conversation, pid: 77, cwd: this.folder, status: 'idle' };
  }
}

/** Of commands that name nothing to be read. */
export const NO_ATTACHMENTS: Attachments = {
  read: () => Promise.reject(new Error('nothing is attached')),
  files: () => ({ keep: () => Promise.resolve([]) }),
};

/** Carries a command of the owner out, as the room does once it is accepted. */
export async function execute<K extends CommandKind>(
  session: OpenSession,
  kind: K,
  args: CommandArgs<K>,
): Promise<Json | undefined> {
  const { target } = session.driver ?? {};
  if (target === undefined) throw new Error('the session has no agent');
  const owner = { member: 'm', key: 'k', name: 'Ada', device: 'laptop', role: 'owner' } as const;
  const person = { ...owner, scopes: [], since: 0, present: true };
  const command = { kind, args, member: 'm', window: 'w', id: newId(), person };
  // Kind and arguments belong together by their type parameter, which a union does not follow.
  const { handlers } = hostedCommands(() => target, NO_ATTACHMENTS);
  return carryOut(handlers, command as unknown as AcceptedCommand);
}

/** Joins a served room by a link, as a device of its own. */
export async function joined(link: string, name: string): Promise<Attachment> {
  const identity = await createIdentity();
  const common = { clock: systemClock, log: silentLogger };
  const view: Attachment = await Attachment.join({ link, identity, name, device: 'd', ...common });
  await waitUntil(`${name} is admitted`, () => view.me);
  return view;
}

// One open session: its room, its recorder, and what drives it.
import { say } from '../../base/say.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { CommandKind } from '../../protocol/commandTable.ts';
import type { Json } from '../../protocol/json.ts';
import { roleOf, SOURCE_CAN } from '../../protocol/openValues.ts';
import { isUnattendedMode } from '../../protocol/agentRules.ts';
import type { Agent } from '../../protocol/agent.ts';
import type { Capability, DirectoryRow } from '../../protocol/state.ts';
import { readOnlySession } from '../../session/errors.ts';
import type { HostRoom } from '../../sync/host/hostRoom.ts';
import type { Journal } from '../journal/journal.ts';
import { PromptBook } from '../queue/promptBook.ts';
import { ControlSuspension } from './controlSuspension.ts';
import { QueueWatch } from '../queue/queueWatch.ts';
import { controlOfBypass, sessionOpening, sessionOver } from './refusals.ts';
import type { ServedRooms, ServedRoom } from '../serve/servedRooms.ts';
import type { RoomTables } from '../journal/roomTables.ts';
import { hostedCommands } from './hostedCommands.ts';
import {
  type Closing,
  type CommandTarget,
  ENDED_CAN,
  type SessionDriver,
} from './sessionDriver.ts';
import { droppedRows } from './droppedRows.ts';
import { editContext } from '../tree/editContext.ts';
import { TreeWatch } from '../tree/treeWatch.ts';
import { SessionRecorder } from './sessionRecorder.ts';
import type { StoredSession } from '../journal/sessionTables.ts';

/** What an open session works with. */
export interface OpenSessionOptions {
  readonly stored: StoredSession;
  readonly rooms: ServedRooms;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
  readonly computer: string;
  readonly agent: Pick<Agent, 'name' | 'rules' | 'readRules'>;
  /** Environment that agents are started with, but for what a session has of its own, and of programs that tell of its folder. */
  readonly env: Readonly<Record<string, string>>;
}

/** Epochs that the owner's devices are told: older ones are needed for nothing that is served. */
const TOLD_EPOCHS = 16;

/** `opening`: nothing drives it yet. `over`: it has ended, and is open to be read. */
type Course =
  | { readonly kind: 'opening' }
  | { readonly kind: 'driven'; readonly driver: SessionDriver }
  | { readonly kind: 'over' };

/** Commands may come before the session is there: its room is served first. */
type Served =
  { readonly kind: 'coming' } | { readonly kind: 'here'; readonly session: OpenSession };

/** A served session. */
export class OpenSession {
  readonly recorder: SessionRecorder;
  private readonly served: ServedRoom;
  private readonly queueWatch: QueueWatch;
  private readonly tree: TreeWatch;
  private readonly suspension: ControlSuspension;
  private readonly rooms: ServedRooms;
  private readonly options: OpenSessionOptions;
  private course: Course = { kind: 'opening' };

  private constructor(options: OpenSessionOptions, served: ServedRoom) {
    const { stored, journal, clock, computer, agent } = options;
    this.served = served;
    this.rooms = options.rooms;
    this.options = options;
    this.recorder = new SessionRecorder({
      stored,
      room: served.room,
      tables: served.tables,
      outputs: served.outputs,
      sessions: journal.sessions,
      prompts: new PromptBook(journal.sessions, stored.id, stored.queueHold),
      clock,
      computer,
      agent,
      can: () => this.can,
    });
    this.suspension = new ControlSuspension({
      room: served.room,
      recorder: this.recorder,
      rules: agent.rules,
      hasControllers: () => this.hasControllers,
    });
    this.tree = new TreeWatch({
      recorder: this.recorder,
      tables: served.tables,
      env: options.env,
    });
    this.queueWatch = new QueueWatch({
      room: served.room,
      target: () => this.driver?.target,
      clock,
      log: options.log,
    });
  }

  /** Serves the session's room; nothing drives it yet. */
  static async open(options: OpenSessionOptions): Promise<OpenSession> {
    const { rules } = options.agent;
    let state: Served = { kind: 'coming' };
    const recorder = (): SessionRecorder | undefined =>
      state.kind === 'here' ? state.session.recorder : undefined;
    const here = (): OpenSession => {
      if (state.kind === 'coming') throw sessionOpening();
      return state.session;
    };
    const served = await options.rooms.serve(
      options.stored.room,
      {
        commands: hostedCommands(
          (kind) => here().targetOf(kind),
          {
            read: (member, attached) => here().room.readParts(member, attached),
            files: () => here().served.attached,
          },
          (index) => here().editContext(index),
        ),
        onForeignKnock: ({ words: { happened, kept, remedy } }) => {
          const words = say`${happened} ${kept ?? ''} ${remedy ?? ''}`;
          recorder()?.notice({ level: 'warning', code: 'other-version', words });
        },
        requestKind: (requestId) => recorder()?.request(requestId)?.request,
        promptAuthor: (promptId) => recorder()?.prompts.find(promptId)?.author.member,
        checkControl: () => {
          if (isUnattendedMode(rules, recorder()?.stored.mode)) throw controlOfBypass();
        },
        isSuspended: () => isUnattendedMode(rules, recorder()?.stored.mode),
        agent: rules,
      },
      options.stored.relays ?? [],
    );
    try {
      const lostPrompts = options.journal.sessions.dropRottenPrompts(options.stored.id);
      const session = new OpenSession(options, served);
      state = { kind: 'here', session };
      session.recorder.publish();
      const words = droppedRows({ ...served.dropped, prompts: lostPrompts });
      if (words) session.recorder.notice({ level: 'warning', code: 'journal-damaged', words });
      return session;
    } catch (error) {
      await options.rooms.close(served.room.id);
      throw error;
    }
  }

  get id(): string {
    return this.recorder.stored.id;
  }

  get room(): HostRoom {
    return this.served.room;
  }

  get tables(): RoomTables {
    return this.served.tables;
  }

  /** What moves it; undefined for a session that is just being opened or has ended. */
  get driver(): SessionDriver | undefined {
    return this.course.kind === 'driven' ? this.course.driver : undefined;
  }

  /** What can be done with it now; before anything drives it, what its driver will be able to. */
  get can(): readonly Capability[] {
    switch (this.course.kind) {
      case 'opening':
        return SOURCE_CAN[this.recorder.stored.source];
      case 'driven':
        return this.recorder.status === 'ended' ? ENDED_CAN : this.course.driver.can;
      case 'over':
        return ENDED_CAN;
    }
  }

  /** Somebody besides the owner may control, or may be let in to do so. */
  get hasControllers(): boolean {
    const { people, invites } = this.room;
    return (
      people.some(
        ({ role, asksControl }) => roleOf(role) === 'controller' || asksControl === true,
      ) || invites.some(({ role }) => roleOf(role) === 'controller')
    );
  }

  /** Takes prompts back whose authors may not prompt any more. */
  checkQueue(): void {
    this.queueWatch.look();
  }

  /** Hands the session to a driver. */
  drive(driver: SessionDriver): void {
    this.course = { kind: 'driven', driver };
  }

  /** Nothing drives it for now: another driver is to come. */
  holdOpen(): void {
    this.course = { kind: 'opening' };
  }

  /** Nothing drives it any more: it is open to be read. */
  rest(): void {
    this.course = { kind: 'over' };
  }

  /** Its row in the directory. */
  row(): DirectoryRow {
    const { stored, openRequests } = this.recorder;
    const guests = this.room.people.filter(
      ({ role, present }) => roleOf(role) !== 'owner' && present,
    );
    return {
      session: this.recorder.summary(),
      link: this.served.link,
      epochs: this.room.epochs.slice(-TOLD_EPOCHS).map((epoch) => ({ ...epoch })),
      guests: guests.length,
      pending: openRequests.length,
      ...omitUndefined({
        sharing: stored.sharing,
        archived: stored.archived,
        pinned: stored.pinned,
      }),
      ...(this.can.includes('continue') ? { canContinue: true } : {}),
    };
  }

  async close(how?: Closing): Promise<void> {
    await this.driver?.close(how);
    this.rest();
    this.tree.dispose();
    this.queueWatch.dispose();
    this.suspension.dispose();
    this.recorder.flush();
    await this.rooms.close(this.room.id);
    this.recorder.dispose();
  }

  /** [N5] What stands around the changes of an entry; nothing of what the owner's rules deny. */
  private async editContext(index: number): Promise<Json> {
    const { agent, env } = this.options;
    const { cwd, env: own } = this.recorder.stored;
    const isDenied = await agent.readRules(cwd, { ...env, ...own });
    return editContext(index, { tables: this.tables, cwd, isDenied });
  }

  /** What a command of this kind acts on; throws CommandRefused if there is nothing now. */
  targetOf(kind: CommandKind): CommandTarget {
    switch (this.course.kind) {
      case 'opening':
        throw sessionOpening();
      case 'over':
        throw sessionOver(kind === 'prompt');
      case 'driven': {
        const { target } = this.course.driver;
        if (target === undefined) throw readOnlySession();
        return target;
      }
    }
  }
}

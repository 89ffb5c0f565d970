// The machine room: the directory of this computer's sessions, and what its owner does with them.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Logger } from '../../base/log.ts';
import { PRODUCT_VERSION } from '../../base/product.ts';
import type { AgentProbe } from '../../protocol/agent.ts';
import { problemOf } from '../../protocol/said.ts';
import type { Problem } from '../../protocol/state.ts';
import { machineRoomRenewed } from '../journal/errors.ts';
import type { Journal } from '../journal/journal.ts';
import { rowsForState } from './directory.ts';
import type { RelayChild } from '../serve/relayChild.ts';
import { readRoomKeys } from '../serve/roomKeys.ts';
import type { ServedRooms, ServedRoom } from '../serve/servedRooms.ts';
import { machineCommands } from './machineCommands.ts';
import type { ReplacementWatch } from '../replacementWatch.ts';
import type { Closing } from '../session/sessionDriver.ts';
import type { Sessions } from './sessions.ts';
import { sharingOf } from './share.ts';

/** What the machine room works with. */
export interface MachineOptions {
  readonly journal: Journal;
  readonly rooms: ServedRooms;
  readonly relay: RelayChild;
  readonly sessions: Sessions;
  readonly computer: string;
  readonly agentName: string;
  /** What befell this computer's journal, for its owner. */
  readonly problem?: Problem | undefined;
  readonly policyFile: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends the host. */
  readonly stop: (how: Closing) => void;
  readonly replacement: ReplacementWatch;
}

/** Changes come in bursts; the directory follows once per this time. */
const PUBLISH_MS = 100;
/** Invites expire without an event. */
const REFRESH_MS = 30_000;

/** Of a room that was made anew, until it was said. */
const RENEWED = 'machine-renewed';

/** Serves the machine room. */
export class MachineRoom {
  private readonly options: MachineOptions;
  private readonly disposables = new DisposableStore();
  private served: ServedRoom | undefined;
  private probe: AgentProbe = { features: [] };
  private timer: Disposable | undefined;
  private isRenewed = false;

  constructor(options: MachineOptions) {
    this.options = options;
    this.disposables.add(options.sessions.onDidChange(() => this.publishSoon()));
    this.disposables.add(options.relay.onDidChange(() => this.publishSoon()));
    this.disposables.add(options.replacement.onDidChange(() => this.publishSoon()));
    this.disposables.add(options.clock.every(REFRESH_MS, () => this.refreshSharing()));
  }

  /** Serves the room; the same one at every start, unless it was damaged. */
  async open(): Promise<void> {
    const { journal, rooms } = this.options;
    const id = await this.ownRoom();
    this.isRenewed = (journal.setting(RENEWED) ?? '') !== '';
    const published = (): Promise<void> => this.published();
    const commands = machineCommands({ ...this.options, published });
    this.served = await rooms.serve(id, { commands });
    this.publish();
    journal.saveSetting(RENEWED, '');
  }

  private async ownRoom(): Promise<string> {
    const { journal, rooms, log } = this.options;
    const known = journal.rooms().find(({ kind }) => kind === 'machine')?.room;
    const isDoubtful = known === undefined || isSuspect(journal, known);
    if (!isDoubtful && (await readRoomKeys(journal, known)) !== undefined) return known;
    const room = await rooms.create('machine');
    if (known !== undefined) {
      log.error('the room of this computer was damaged: it is made anew', { room: known });
      journal.transact(() => {
        journal.setRoomAside(known);
        journal.saveSetting(RENEWED, known);
      });
    }
    return room;
  }

  /** Owner link of the machine room: secret. */
  get link(): string {
    if (this.served === undefined) throw new Error('invariant: machine room not open');
    return this.served.link;
  }

  /** Windows that are connected to this computer. */
  get windowCount(): number {
    return this.served?.room.windowCount ?? 0;
  }

  /** Takes what is known of the agent, with its problem if it cannot be used. */
  setProbe(probe: AgentProbe): void {
    this.probe = probe;
    this.publish();
  }

  dispose(): void {
    this.timer?.dispose();
    this.disposables.dispose();
  }

  private publishSoon(): void {
    this.timer ??= this.options.clock.after(PUBLISH_MS, () => this.publish());
  }

  private publish(): void {
    this.timer?.dispose();
    this.timer = undefined;
    const { sessions, computer, agentName, replacement } = this.options;
    this.served?.room.setState({
      kind: 'machine',
      computer: {
        name: computer,
        platform: process.platform,
        version: PRODUCT_VERSION,
        agent: agentName,
        ...omitUndefined({
          agentVersion: this.probe.version,
          problem: this.problem(),
        }),
      },
      ...omitUndefined({ replacement: replacement.value }),
      ...rowsForState(sessions.rows()),
    });
  }

  /** An agent that cannot be used goes before what cannot be helped any more. */
  private problem(): Problem | undefined {
    const { problem } = this.probe;
    if (problem) return problemOf(problem);
    return this.options.problem ?? (this.isRenewed ? machineRoomRenewed() : undefined);
  }

  private refreshSharing(): void {
    for (const session of this.options.sessions.all) {
      const { recorder } = session;
      const sharing = sharingOf(session);
      if (JSON.stringify(sharing) !== JSON.stringify(recorder.stored.sharing)) {
        recorder.update({ sharing });
      }
    }
  }

  /** Resolves when the directory of now stands in the room. */
  private async published(): Promise<void> {
    if (this.timer !== undefined) this.publish();
    await this.served?.room.settled();
  }
}

/** Its log of what was written last was cut, or something of it was found damaged. */
function isSuspect(journal: Journal, room: string): boolean {
  const { salvage } = journal;
  const isLost = salvage?.damaged.includes('epochs') === true || salvage?.rooms.includes(room);
  return isLost === true || journal.suspectRooms().has(room);
}

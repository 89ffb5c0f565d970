// The machine room: the directory of this computer's sessions, and what its owner does with them.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Logger } from '../../base/log.ts';
import { PRODUCT_VERSION } from '../../base/product.ts';
import type { AgentProbe } from '../../protocol/agent.ts';
import { problemOf } from '../../protocol/said.ts';
import type { Problem } from '../../protocol/state.ts';
import type { Journal } from '../journal/journal.ts';
import { rowsForState } from './directory.ts';
import type { RelayChild } from '../serve/relayChild.ts';
import type { ServedRooms, ServedRoom } from '../serve/servedRooms.ts';
import { machineCommands } from './machineCommands.ts';
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
  /** Ends the host: cleanly, or with every agent at once. */
  readonly stop: (force: boolean) => void;
}

/** Changes come in bursts; the directory follows once per this time. */
const PUBLISH_MS = 100;
/** Invites expire without an event. */
const REFRESH_MS = 30_000;

/** Serves the machine room. */
export class MachineRoom {
  private readonly options: MachineOptions;
  private readonly disposables = new DisposableStore();
  private served: ServedRoom | undefined;
  private probe: AgentProbe = { features: [] };
  private timer: Disposable | undefined;

  constructor(options: MachineOptions) {
    this.options = options;
    this.disposables.add(options.sessions.onDidChange(() => this.publishSoon()));
    this.disposables.add(options.relay.onDidChange(() => this.publishSoon()));
    this.disposables.add(options.clock.every(REFRESH_MS, () => this.refreshSharing()));
  }

  /** Serves the room; the same one at every start. */
  async open(): Promise<void> {
    const { journal, rooms } = this.options;
    const known = journal.rooms().find(({ kind }) => kind === 'machine');
    const id = known?.room ?? (await rooms.create('machine'));
    const published = (): Promise<void> => this.published();
    const commands = machineCommands({ ...this.options, published });
    this.served = await rooms.serve(id, { commands });
    this.publish();
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
    const { sessions, computer, agentName } = this.options;
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
      ...rowsForState(sessions.rows()),
    });
  }

  /** An agent that cannot be used goes before what cannot be helped any more. */
  private problem(): Problem | undefined {
    const { problem } = this.probe;
    return problem ? problemOf(problem) : this.options.problem;
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

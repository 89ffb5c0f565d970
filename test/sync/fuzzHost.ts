// The host of a seeded run: one journal, and process after process that serves it.
import { toBase64Url } from '../../src/base/bytes.ts';
import { generateSigningPair, newBootOf, randomBytes } from '../../src/crypto/keys.ts';
import { isAppError } from '../../src/base/errors.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { Relay } from '../../src/relay/server.ts';
import type { AcceptedCommand } from '../../src/session/control/commandHandlers.ts';
import type { HostRoom } from '../../src/sync/host/hostRoom.ts';
import type { HostIdentity, RoomKeys } from '../../src/sync/host/hostRoomOptions.ts';
import { createRoomJournal } from '../session/memoryRoomJournal.ts';
import { playedSession } from '../session/playedHandlers.ts';
import type { PairRig } from './pairRig.ts';
import { sessionApp, textEntry } from './syncRig.ts';

/** One process. */
interface Process {
  readonly identity: HostIdentity;
  room: HostRoom | undefined;
  isDead: boolean;
}

/** Serves one room, with pauses. */
export class FuzzHost {
  readonly journal = createRoomJournal(toBase64Url(randomBytes(32)));
  /** Texts of prompts, in the order in which they ran. */
  readonly ran: string[] = [];
  private readonly rig: PairRig;
  private readonly below: (limit: number) => number;
  private readonly keys: RoomKeys;
  private process: Process | undefined;
  private starting: Promise<void> = Promise.resolve();
  private term = 0;
  private rev = 0;
  private title = '';

  constructor(rig: PairRig, keys: RoomKeys, below: (limit: number) => number) {
    this.rig = rig;
    this.keys = keys;
    this.below = below;
  }

  /** The room, while it is served. */
  get room(): HostRoom | undefined {
    return this.process?.room;
  }

  /** Begins the next term; resolves when the room is served, which takes as long as the relay is away. */
  async start(relay: Relay): Promise<void> {
    this.term += 1;
    const { term } = this;
    const identity = { term, pair: await generateSigningPair(), boot: newBootOf(term) };
    await this.serve(relay, { identity, room: undefined, isDead: false });
  }

  /** An entry and a title, if the room is served. */
  write(text: string): void {
    this.room?.append([textEntry(text, text)]);
    this.title = text;
    this.room?.setState(sessionApp({ title: text }));
  }

  /** The process ends without a word; the next one begins after a while. */
  crash(relay: Relay): void {
    const { process } = this;
    if (!process?.room) return;
    process.isDead = true;
    process.room.dispose();
    process.room = undefined;
    this.starting = this.pause(8_000).then(() => this.start(relay));
  }

  /** The same process closes the room, and serves it again after a while. */
  reopen(relay: Relay): void {
    const { process } = this;
    const room = process?.room;
    if (!process || !room) return;
    process.room = undefined;
    this.starting = room
      .close()
      .then(() => this.pause(3_000))
      .then(() => this.serve(relay, process));
  }

  /** Resolves when the room is served after all. */
  settled(): Promise<void> {
    return this.starting;
  }

  private async serve(relay: Relay, process: Process): Promise<void> {
    for (;;) {
      try {
        process.room = await this.open(relay, process);
        break;
      } catch (error) {
        if (!isAppError(error, 'relay-unreachable')) throw error;
        await this.pause(2_000);
      }
    }
    this.process = process;
    process.room.setState(sessionApp({ title: this.title }));
  }

  private open(relay: Relay, process: Process): Promise<HostRoom> {
    return this.rig.host(relay, {
      ...{ room: this.keys, host: process.identity, journal: this.journal, firstRev: this.rev },
      saveRev: (rev) => (this.rev = Math.max(this.rev, rev)),
      commands: playedSession((command) => this.carryOut(process, command)),
    });
  }

  private async carryOut(process: Process, command: AcceptedCommand): Promise<Json | undefined> {
    if (command.kind !== 'prompt') return undefined;
    const { text } = command.args;
    this.ran.push(text);
    if (this.below(3) === 0) await this.pause(4_000);
    // A process that has ended does nothing more.
    if (process.isDead) return new Promise(() => undefined);
    process.room?.append([textEntry(command.id, text)]);
    return { ran: true };
  }

  private pause(limitMs: number): Promise<void> {
    const ms = this.below(limitMs);
    return new Promise((resolve) => void this.rig.clock.after(ms, resolve));
  }
}

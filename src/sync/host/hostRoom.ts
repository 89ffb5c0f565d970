// Serving a room: everything of it that does not depend on what the room is about.
import * as Y from 'yjs';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { errorText } from '../../base/log.ts';
import { fromBase32 } from '../../base/bytes.ts';
import { RecordOpener, RecordSealer } from '../../crypto/record.ts';
import { TIMES } from '../../protocol/limits.ts';
import { knockDocument } from '../../protocol/documentNames.ts';
import type { Beat } from '../../protocol/room.ts';
import type { Focus, Person, Problem, Role, Scope } from '../../protocol/state.ts';
import type { Entry } from '../../protocol/transcript.ts';
import { ControlLease } from '../../session/controlLease.ts';
import { CommandGate } from '../../session/commandGate.ts';
import { blockKey, type LiveInput } from '../../session/liveText.ts';
import { Publisher } from '../../session/publisher.ts';
import type { StoredInvite } from '../../session/roomJournal.ts';
import { RoomLog } from '../../session/roomLog.ts';
import { Roster } from '../../session/roster.ts';
import { TailDocument } from '../../session/tailDocument.ts';
import type { PlacedEntry } from '../../session/view.ts';
import { Attendance } from './attendance.ts';
import { DocumentRepair } from './documentRepair.ts';
import { HostChannels } from './hostChannels.ts';
import type { AppState, HostRoomOptions, InviteOptions } from './hostRoomOptions.ts';
import type { MadeInvite } from './invites.ts';
import { KnockReader } from './knockReader.ts';
import type { RelayAddress } from './relayLink.ts';
import { roomHandlers } from './roomHandlers.ts';
import { CARD_RENEWAL_MS, RoomEpochs } from './roomEpochs.ts';
import { RoomPeople } from './roomPeople.ts';
import { RoomRelays } from './roomRelays.ts';
import { RoomStates } from './roomStates.ts';

const HOUR_MS = 3_600_000;

/** One room as its host serves it. Documents are projections of the journal. */
export class HostRoom implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: HostRoomOptions;
  private readonly doc = new Y.Doc();
  private readonly tail: TailDocument;
  private readonly publisher: Publisher;
  private readonly log: RoomLog;
  private readonly roster: Roster;
  private readonly lease: ControlLease;
  private readonly gate: CommandGate;
  private readonly attendance: Attendance;
  private readonly relays: RoomRelays;
  private readonly knocks: KnockReader;
  private readonly channels: HostChannels;
  private readonly repair: DocumentRepair;
  private readonly epochList: RoomEpochs;
  private readonly members: RoomPeople;
  private readonly changed = new Emitter<void>();
  private readonly lost = new Emitter<Problem>();
  private readonly sealer: RecordSealer;
  private readonly states: RoomStates;
  private isLost = false;

  /** People, focus or presence changed. */
  readonly onDidChange = this.changed.event;
  /** Another host serves this room: this one has stopped writing. */
  readonly onDidLose = this.lost.event;

  /** Claims the room on its relays and publishes the journal's tail. Rejects with AppError relay-* if the first relay refuses. */
  static async open(options: HostRoomOptions): Promise<HostRoom> {
    const epochs = new RoomEpochs(options);
    const sealer = await RecordSealer.create({
      ...options.host,
      room: fromBase32(options.room.id) ?? new Uint8Array(16),
      secretOf: (epoch) => epochs.secretOf(epoch),
      // [S7] A process may close a room and serve it again, in one boot: microseconds since its
      // start are above the number of records that it can have sealed.
      firstSeq: BigInt(Math.ceil(options.clock.monotonic() * 1000)),
    });
    const room = new HostRoom(options, epochs, sealer);
    try {
      await room.start();
    } catch (error) {
      room.dispose();
      throw error;
    }
    return room;
  }

  private constructor(options: HostRoomOptions, epochs: RoomEpochs, sealer: RecordSealer) {
    this.options = options;
    this.epochList = epochs;
    this.sealer = sealer;
    const { clock, log, journal, room, host } = options;
    const roomBytes = fromBase32(room.id) ?? new Uint8Array(16);
    const secretOf = epochs.secretOf.bind(epochs);
    const sealing = {
      opener: new RecordOpener({ room: roomBytes, secretOf }),
      sealer: () => this.sealer,
      epoch: () => epochs.current,
    };
    const isPresent = (member: string): boolean => this.attendance.isPresent(member);
    const keyOf = (member: string): string | undefined => this.roster.person(member)?.key;
    this.log = new RoomLog(options);
    this.tail = new TailDocument(this.doc);
    this.roster = new Roster({ room: room.id, journal, clock, isPresent });
    const onLose = (problem: Problem): void => this.lose(problem);
    this.relays = this.disposables.add(new RoomRelays({ ...options, roster: this.roster, onLose }));
    this.lease = this.disposables.add(new ControlLease({ clock, journal }));
    this.states = new RoomStates({
      ...options,
      people: () => this.people,
      focus: () => this.focus,
    });
    this.publisher = this.disposables.add(
      new Publisher({
        ...sealing,
        tail: this.tail,
        newest: () => this.log.newest(),
        buildState: (asOf, first) => this.states.build(asOf, first),
        clock,
        log,
      }),
    );
    this.attendance = this.disposables.add(
      new Attendance({
        ...sealing,
        keyOf,
        beat: () => this.beatNow(),
        renew: (window, fence) => this.lease.renew(window, fence),
        clock,
      }),
    );
    this.channels = this.disposables.add(
      new HostChannels({
        ...sealing,
        room: room.id,
        relays: this.relays,
        keyOf,
        isPresent,
        receive: (from, command) => this.gate.receive(from, command),
        clock,
        log,
      }),
    );
    this.knocks = this.disposables.add(
      new KnockReader({
        room: room.id,
        roomBytes,
        roster: this.roster,
        onAdmit: () => this.members.welcome(),
        log,
      }),
    );
    this.repair = this.disposables.add(
      new DocumentRepair({
        doc: this.doc,
        tail: this.tail,
        room: room.id,
        host,
        onLose,
        clock,
        log,
      }),
    );
    this.members = this.disposables.add(
      new RoomPeople({
        room: room.id,
        journal,
        roster: this.roster,
        relays: this.relays,
        epochs,
        lease: this.lease,
        channels: this.channels,
        attendance: this.attendance,
        clock,
      }),
    );
    this.gate = this.disposables.add(
      new CommandGate({
        journal,
        control: this.lease,
        clock,
        log,
        term: host.term,
        person: (member) => this.roster.person(member),
        request: (requestId) => options.requestKind?.(requestId),
        handlers: roomHandlers({
          ...options,
          controlLease: this.lease,
          attendance: this.attendance,
          people: this.members,
          person: (member) => this.roster.person(member),
        }),
        acknowledge: (member, ack) => this.channels.acknowledge(member, ack),
      }),
    );
    this.disposables.add(this.relays.onDidJoin((awareness) => this.attendance.follow(awareness)));
    this.disposables.add(this.relays.onDidSync(() => this.attendance.sendBeat()));
    this.disposables.add(this.lease.onDidChange(() => this.peopleChanged()));
    this.disposables.add(this.members.onDidChange(() => this.peopleChanged()));
    this.disposables.add(this.attendance.onDidChange(() => this.members.attend()));
    this.disposables.add(clock.every(CARD_RENEWAL_MS, () => this.renewCard()));
    this.disposables.add(clock.every(HOUR_MS, () => this.tidyJournal()));
    this.disposables.defer(() => this.doc.destroy());
  }

  get id(): string {
    return this.options.room.id;
  }

  get people(): readonly Person[] {
    return this.roster.people;
  }

  get focus(): Focus {
    return this.lease.state;
  }

  /** Windows connected now. */
  get windowCount(): number {
    return this.attendance.windows.length;
  }

  get invites(): readonly StoredInvite[] {
    return this.roster.invites;
  }

  /** Highest revision of the state so far: the next start goes on from above it. */
  get revision(): number {
    return this.states.revision;
  }

  /** Content secrets by epoch, base64url: for the owner's directory. */
  get epochs(): readonly { readonly epoch: number; readonly secret: string }[] {
    return this.epochList.all;
  }

  /** Adds entries: in the journal when this returns, in the document soon after; their streamed text goes in the same step. */
  append(
    entries: readonly Entry[],
    endBlocks: readonly { readonly messageId: string; readonly block: number }[] = [],
  ): readonly PlacedEntry[] {
    const { placed, records } = this.log.append(entries);
    this.publisher.publish(
      records,
      endBlocks.map(({ messageId, block }) => blockKey(messageId, block)),
    );
    return placed;
  }

  /** Streams text of an entry to come. */
  delta(piece: LiveInput): void {
    this.publisher.delta(piece);
  }

  /** The block's text ended without an entry. */
  endLive(messageId: string, block: number): void {
    this.publisher.publish([], [blockKey(messageId, block)]);
  }

  /** Sets what this room is about; people, focus and revision are added here. */
  setState(app: AppState): void {
    this.states.app = app;
    this.publisher.stateChanged();
  }

  /** Makes a link. Resolves when its relay admits it; rejects with AppError relay-* or 'too-many', and there is no link. */
  createInvite(invite: InviteOptions): Promise<MadeInvite> {
    return this.members.createInvite(invite);
  }

  revokeInvite(inviteId: string): void {
    this.members.revokeInvite(inviteId);
  }

  /** Sets what a member may do; false if there is none. */
  admit(member: string, role: Role, scopes?: readonly Scope[]): boolean {
    return this.members.admit(member, role, scopes);
  }

  /** Cuts a member off; the link it came by stops working. */
  remove(member: string): boolean {
    return this.members.remove(member);
  }

  /**
   * Cuts every guest off, ends their links, and begins a new epoch: what they know opens nothing that
   * follows. A relay that cannot be told keeps its guests, and nothing new reaches them.
   */
  async stopSharing(): Promise<void> {
    this.members.removeGuests();
    // Before anything waits: what is written from now on is not for guests.
    this.epochList.begin();
    const told = this.relays.claimAll();
    await this.writeCard();
    this.publisher.rebuild(this.log.newest());
    await told;
  }

  /** Serves the room on exactly these relays from now on; rejects with AppError relay-*. */
  setRelays(relays: readonly RelayAddress[]): Promise<void> {
    return this.relays.set(relays);
  }

  /** The embedded relay came back at another address. */
  moveRelay(from: string, to: RelayAddress): Promise<void> {
    return this.relays.move(from, to);
  }

  /** Resolves when everything that was given so far stands in the documents. */
  async settled(): Promise<void> {
    await this.publisher.settled();
    await this.channels.settled();
  }

  async close(): Promise<void> {
    await this.gate.close();
    await this.settled();
    this.dispose();
  }

  dispose(): void {
    this.disposables.dispose();
    this.changed.dispose();
    this.lost.dispose();
  }

  private async start(): Promise<void> {
    this.relays.open(this.id, this.doc, true);
    this.relays.open(knockDocument(this.id), this.knocks.doc);
    for (const relay of this.options.relays) await this.relays.add(relay);
    for (const { member } of this.roster.members) this.channels.open(member);
    await this.writeCard();
    this.gate.resume();
    this.publisher.stateChanged();
  }

  private async writeCard(): Promise<void> {
    const card = await this.epochList.card();
    if (!this.isLost && !this.disposables.isDisposed) this.tail.setCard(card);
  }

  private tidyJournal(): void {
    const { journal, clock, log } = this.options;
    try {
      journal.forgetResults(clock.now() - TIMES.resultsMs);
      this.roster.forgetEnded();
    } catch (error) {
      // A full disk: the next hour tries again.
      log.error('journal not tidied', { error: errorText(error) });
    }
  }

  private renewCard(): void {
    this.writeCard().catch((error: unknown) => {
      this.options.log.error('card not renewed', { error: errorText(error) });
    });
  }

  /** [X7] Another host serves the room: this one writes, answers and says nothing any more. */
  private lose(problem: Problem): void {
    if (this.isLost) return;
    this.isLost = true;
    for (const part of [this.publisher, this.gate, this.attendance, this.repair]) part.dispose();
    this.lost.fire(problem);
  }

  private beatNow(): Beat {
    const { index, hash } = this.publisher.published;
    const at = this.options.clock.now();
    return { rev: this.revision, index, hash, epoch: this.epochList.current, at, seen: [] };
  }

  private peopleChanged(): void {
    this.publisher.stateChanged();
    this.changed.fire();
  }
}

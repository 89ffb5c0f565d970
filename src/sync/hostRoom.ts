// Serving a room: everything of it that does not depend on what the room is about.
import * as Y from 'yjs';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { type Bytes, fromBase32, fromBase64Url, toBase64Url } from '../base/bytes.ts';
import { sealCard } from '../crypto/card.ts';
import { randomBytes } from '../crypto/keys.ts';
import { RecordOpener, RecordSealer } from '../crypto/record.ts';
import type { Json } from '../protocol/json.ts';
import { TIMES } from '../protocol/limits.ts';
import { knockDocument } from '../protocol/names.ts';
import type { Beat } from '../protocol/room.ts';
import type { AsOf, Focus, Person, Problem, Role, RoomState, Scope } from '../protocol/state.ts';
import type { Entry } from '../protocol/transcript.ts';
import { PROTOCOL_VERSIONS } from '../protocol/version.ts';
import type { AcceptedCommand } from '../session/commandCheck.ts';
import { FocusLease } from '../session/focus.ts';
import { CommandGate } from '../session/gate.ts';
import { blockKey, type LiveInput } from '../session/liveText.ts';
import { Publisher } from '../session/publisher.ts';
import type { StoredInvite } from '../session/roomJournal.ts';
import { RoomLog } from '../session/roomLog.ts';
import { Roster } from '../session/roster.ts';
import { TailDocument } from '../session/tailDocument.ts';
import type { PlacedEntry } from '../session/view.ts';
import { Attendance } from './attendance.ts';
import { DocumentRepair } from './documentRepair.ts';
import { HostChannels } from './hostChannels.ts';
import type { AppState, HostRoomOptions, InviteOptions } from './hostRoomOptions.ts';
import { type MadeInvite, makeInvite } from './invites.ts';
import { KnockReader } from './knockReader.ts';
import type { RelayAddress } from './relayLink.ts';
import { executeRoomCommand } from './roomCommands.ts';
import { RoomRelays } from './roomRelays.ts';

/** A card is renewed long before it ends. */
const CARD_LIFE_MS = 7 * 24 * 3_600_000;

/** One room as its host serves it. Documents are projections of the journal. */
export class HostRoom implements Disposable {
  private readonly store = new DisposableStore();
  private readonly options: HostRoomOptions;
  private readonly doc = new Y.Doc();
  private readonly tail: TailDocument;
  private readonly publisher: Publisher;
  private readonly log: RoomLog;
  private readonly roster: Roster;
  private readonly lease: FocusLease;
  private readonly gate: CommandGate;
  private readonly attendance: Attendance;
  private readonly relays: RoomRelays;
  private readonly knocks: KnockReader;
  private readonly channels: HostChannels;
  private readonly secrets = new Map<number, Bytes>();
  private readonly changed = new Emitter<void>();
  private readonly lost = new Emitter<Problem>();
  private readonly sealer: RecordSealer;
  private epoch: number;
  private rev: number;
  private app: AppState | undefined;

  /** People, focus or presence changed. */
  readonly onDidChange = this.changed.event;
  /** Another host serves this room: this one has stopped writing. */
  readonly onDidLose = this.lost.event;

  /** Claims the room on its relays and publishes the journal's tail. Rejects with AppError relay-* if the first relay refuses. */
  static async open(options: HostRoomOptions): Promise<HostRoom> {
    const sealer = await RecordSealer.create({
      ...options.host,
      room: fromBase32(options.room.id) ?? new Uint8Array(16),
      secretOf: (epoch) => room.secrets.get(epoch),
    });
    const room: HostRoom = new HostRoom(options, sealer);
    await room.start();
    return room;
  }

  private constructor(options: HostRoomOptions, sealer: RecordSealer) {
    this.options = options;
    this.sealer = sealer;
    for (const { epoch, secret } of options.journal.epochs()) this.keepSecret(epoch, secret);
    this.epoch = Math.max(...this.secrets.keys());
    this.rev = options.firstRev;
    const { clock, log, journal, room, host } = options;
    const roomBytes = fromBase32(room.id) ?? new Uint8Array(16);
    const secretOf = (epoch: number): Bytes | undefined => this.secrets.get(epoch);
    const sealing = {
      opener: new RecordOpener({ room: roomBytes, secretOf }),
      sealer: () => this.sealer,
      epoch: () => this.epoch,
    };
    const isPresent = (member: string): boolean => this.attendance.isPresent(member);
    const keyOf = (member: string): string | undefined => this.roster.person(member)?.key;
    this.log = new RoomLog(options);
    this.tail = new TailDocument(this.doc);
    this.roster = new Roster({ room: room.id, journal, clock, isPresent });
    const onLose = (problem: Problem): void => {
      this.publisher.dispose();
      this.lost.fire(problem);
    };
    this.relays = this.store.add(new RoomRelays({ ...options, roster: this.roster, onLose }));
    this.lease = this.store.add(new FocusLease({ clock, journal }));
    this.publisher = this.store.add(
      new Publisher({
        ...sealing,
        tail: this.tail,
        newest: () => this.log.newest(),
        buildState: (asOf, first) => this.buildState(asOf, first),
        clock,
        log,
      }),
    );
    this.attendance = this.store.add(
      new Attendance({
        ...sealing,
        keyOf,
        beat: () => this.beatNow(),
        renew: (window, fence) => this.lease.renew(window, fence),
        clock,
      }),
    );
    this.gate = this.store.add(
      new CommandGate({
        journal,
        focus: this.lease,
        clock,
        log,
        term: host.term,
        person: (member) => this.roster.person(member),
        request: (requestId) => options.requestKind?.(requestId),
        execute: (accepted) => this.execute(accepted),
        acknowledge: (member, ack) => this.channels.acknowledge(member, ack),
      }),
    );
    this.channels = this.store.add(
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
    this.knocks = this.store.add(
      new KnockReader({
        room: room.id,
        roomBytes,
        roster: this.roster,
        onAdmit: () => this.admitted(),
        log,
      }),
    );
    this.store.add(
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
    this.store.add(this.relays.onDidJoin((awareness) => this.attendance.follow(awareness)));
    this.store.add(this.relays.onDidSync(() => this.attendance.sendBeat()));
    this.store.add(this.lease.onDidChange(() => this.peopleChanged()));
    this.store.add(this.attendance.onDidChange(() => this.attendanceChanged()));
    this.store.add(
      clock.every(3_600_000, () => journal.forgetResults(clock.now() - TIMES.resultsMs)),
    );
    this.store.defer(() => this.doc.destroy());
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
    return this.rev;
  }

  /** Content secrets by epoch, base64url: for the owner's directory. */
  get epochs(): readonly { readonly epoch: number; readonly secret: string }[] {
    return this.options.journal.epochs();
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
    this.app = app;
    this.publisher.stateChanged();
  }

  /** Makes a link. Resolves when its relay admits it; rejects with AppError relay-*, and there is no link. */
  async createInvite(invite: InviteOptions): Promise<MadeInvite> {
    const secret = this.secrets.get(this.epoch);
    const epoch = secret && { number: this.epoch, secret };
    const made = await makeInvite(this.id, invite, { ...this.options, epoch });
    try {
      await this.relays.claim(invite.relay);
    } catch (error) {
      this.revokeInvite(made.inviteId);
      throw error;
    }
    return made;
  }

  revokeInvite(inviteId: string): void {
    this.options.journal.removeInvite(inviteId);
    this.relays.claimSoon();
  }

  /** Sets what a member may do; false if there is none. */
  admit(member: string, role: Role, scopes?: readonly Scope[]): boolean {
    if (!this.roster.setRole(member, role, scopes)) return false;
    if (role === 'viewer') this.lease.drop(member);
    this.peopleChanged();
    return true;
  }

  /** Cuts a member off; the link it came by stops working. */
  remove(member: string): boolean {
    if (!this.roster.remove(member)) return false;
    this.forget(member);
    this.relays.claimSoon();
    this.peopleChanged();
    return true;
  }

  /**
   * Cuts every guest off, ends their links, and begins a new epoch: what they know opens nothing that
   * follows. A relay that cannot be told keeps its guests, and nothing new reaches them.
   */
  async stopSharing(): Promise<void> {
    for (const member of this.roster.removeGuests()) this.forget(member);
    const epoch = this.epoch + 1;
    const secret = toBase64Url(randomBytes(32));
    this.options.journal.addEpoch(epoch, secret);
    this.keepSecret(epoch, secret);
    // Tokens first: the guests' sockets are cut before anything of the new epoch is written.
    const claimed = this.relays.claimAll();
    this.epoch = epoch;
    await this.writeCard();
    this.publisher.rebuild(this.log.newest());
    this.peopleChanged();
    await claimed;
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
    this.store.dispose();
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
    const { room, host, clock } = this.options;
    const card = await sealCard(room.pair, {
      versions: [...PROTOCOL_VERSIONS],
      room: room.id,
      roomKey: toBase64Url(room.pair.publicBytes),
      term: host.term,
      hostKey: toBase64Url(host.pair.publicBytes),
      boot: toBase64Url(host.boot),
      notAfter: clock.now() + CARD_LIFE_MS,
      epoch: this.epoch,
    });
    this.tail.setCard(card);
  }

  private buildState(asOf: AsOf, first: number): RoomState | undefined {
    if (!this.app) return undefined;
    this.rev += 1;
    this.options.saveRev?.(this.rev);
    const common = {
      rev: this.rev,
      at: this.options.clock.now(),
      asOf,
      first,
      people: [...this.people],
      focus: this.focus,
    };
    return this.app.kind === 'session' ? { ...this.app, ...common } : { ...this.app, ...common };
  }

  private beatNow(): Beat {
    const { index, hash } = this.publisher.published;
    const at = this.options.clock.now();
    return { rev: this.rev, index, hash, epoch: this.epoch, at, seen: [] };
  }

  private execute(accepted: AcceptedCommand): Promise<Json | undefined> {
    return executeRoomCommand(accepted, {
      journal: this.options.journal,
      lease: this.lease,
      windows: () => this.attendance.windows,
      person: (member) => this.roster.person(member),
      admit: (member, role, scopes) => this.admit(member, role, scopes),
      remove: (member) => this.remove(member),
      readBlob: this.options.readBlob,
      otherwise: this.options.execute,
    });
  }

  private async admitted(): Promise<void> {
    // Tokens first: a member that finds itself in the roster enters its channel at once.
    await this.relays.claimAll();
    for (const { member } of this.roster.members) this.channels.open(member);
    this.attendance.refresh();
    this.peopleChanged();
  }

  private forget(member: string): void {
    this.lease.drop(member);
    this.channels.close(member);
  }

  private attendanceChanged(): void {
    for (const { member } of this.attendance.windows) this.channels.open(member);
    this.peopleChanged();
  }

  private peopleChanged(): void {
    this.publisher.stateChanged();
    this.changed.fire();
  }

  private keepSecret(epoch: number, secret: string): void {
    const bytes = fromBase64Url(secret);
    if (bytes) this.secrets.set(epoch, bytes);
  }
}

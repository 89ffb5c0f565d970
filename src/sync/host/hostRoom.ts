// Serving a room: everything of it that does not depend on what the room is about.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Bytes } from '../../base/bytes.ts';
import { Emitter } from '../../base/emitter.ts';
import { errorText } from '../../base/log.ts';
import { knockDocument } from '../../protocol/documentNames.ts';
import { TIMES } from '../../protocol/limits.ts';
import type { Role } from '../../protocol/role.ts';
import type { Focus, Person, Problem, Scope } from '../../protocol/state.ts';
import type { Attached, LiveText } from '../../protocol/entryParts.ts';
import type { Entry } from '../../protocol/transcript.ts';
import { blockKey } from '../../session/liveBuffer.ts';
import type { StoredInvite } from '../../session/roomJournal.ts';
import type { PlacedEntry } from '../../session/view.ts';
import type { AppState, HostRoomOptions, InviteOptions } from './hostRoomOptions.ts';
import { createHostRoomParts, type HostRoomParts } from './hostRoomParts.ts';
import type { MadeInvite } from './invites.ts';
import type { RelayAddress } from './relayLink.ts';
import { CARD_RENEWAL_MS } from './roomEpochs.ts';

const HOUR_MS = 3_600_000;

/** One room as its host serves it. Documents are projections of the journal. */
export class HostRoom implements Disposable {
  private readonly options: HostRoomOptions;
  private readonly parts: HostRoomParts;
  private readonly disposables: DisposableStore;
  private readonly changed = new Emitter<void>();
  private readonly lost = new Emitter<Problem>();
  private isLost = false;

  /** People, control or presence changed. */
  readonly onDidChange = this.changed.event;
  /** Another host serves this room: this one has stopped writing. */
  readonly onDidLose = this.lost.event;

  /** Claims the room on its relays and publishes the journal's tail. Rejects with AppError relay-* if the first relay refuses. */
  static async open(options: HostRoomOptions): Promise<HostRoom> {
    const disposables = new DisposableStore();
    try {
      const parts = await createHostRoomParts(options, disposables);
      const room = new HostRoom(options, parts, disposables);
      await room.start();
      return room;
    } catch (error) {
      disposables.dispose();
      throw error;
    }
  }

  private constructor(
    options: HostRoomOptions,
    parts: HostRoomParts,
    disposables: DisposableStore,
  ) {
    this.options = options;
    this.parts = parts;
    this.disposables = disposables;
    const { clock } = options;
    const { roomRelays, documentRepair, controlLease, roomPeople } = parts;
    for (const part of [roomRelays, documentRepair]) {
      disposables.add(part.onDidLose((problem) => this.lose(problem)));
    }
    for (const part of [controlLease, roomPeople]) {
      disposables.add(part.onDidChange(() => this.peopleChanged()));
    }
    disposables.add(clock.every(CARD_RENEWAL_MS, () => this.renewCard()));
    disposables.add(clock.every(HOUR_MS, () => this.tidyJournal()));
  }

  get id(): string {
    return this.options.room.id;
  }

  get people(): readonly Person[] {
    return this.parts.roster.people;
  }

  /** Who has control and who waits for it. */
  get control(): Focus {
    return this.parts.controlLease.state;
  }

  /** Windows connected now. */
  get windowCount(): number {
    return this.parts.attendance.windows.length;
  }

  get invites(): readonly StoredInvite[] {
    return this.parts.roster.invites;
  }

  /** Highest revision of the state so far: the next start goes on from above it. */
  get revision(): number {
    return this.parts.roomStates.revision;
  }

  /** Content secrets by epoch, base64url: for the owner's directory. */
  get epochs(): readonly { readonly epoch: number; readonly secret: string }[] {
    return this.parts.roomEpochs.all;
  }

  /** Adds entries: in the journal when this returns, in the document soon after; their streamed text goes in the same step. */
  append(
    entries: readonly Entry[],
    endBlocks: readonly { readonly messageId: string; readonly block: number }[] = [],
  ): readonly PlacedEntry[] {
    const { placed, records } = this.parts.roomLog.append(entries);
    this.parts.publisher.publish(
      records,
      endBlocks.map(({ messageId, block }) => blockKey(messageId, block)),
    );
    return placed;
  }

  /** Streams text of an entry to come. */
  delta(piece: LiveText): void {
    this.parts.publisher.delta(piece);
  }

  /** The block's text ended without an entry. */
  endLive(messageId: string, block: number): void {
    this.parts.publisher.publish([], [blockKey(messageId, block)]);
  }

  /** Sets what this room is about; people, control and revision are added here. */
  setState(app: AppState): void {
    this.parts.roomStates.app = app;
    this.parts.publisher.stateChanged();
  }

  /** Makes a link. Resolves when its relay admits it; rejects with AppError relay-* or 'too-many', and there is no link. */
  createInvite(invite: InviteOptions): Promise<MadeInvite> {
    return this.parts.roomPeople.createInvite(invite);
  }

  revokeInvite(inviteId: string): void {
    this.parts.roomPeople.revokeInvite(inviteId);
  }

  /** Sets what a member may do; false if there is none. */
  admit(member: string, role: Role, scopes?: readonly Scope[]): boolean {
    return this.parts.roomPeople.admit(member, role, scopes);
  }

  /** Takes a member's control, and its place in the queue for it. */
  dropControl(member: string): void {
    this.parts.controlLease.drop(member);
  }

  /** [I3] What a command of a member, which was accepted, has named; throws CommandRefused if it is not there whole. */
  readParts(member: string, attached: readonly Attached[]): Promise<readonly Bytes[]> {
    return this.parts.partReader.read(member, attached);
  }

  /** Cuts a member off; the link it came by stops working. */
  remove(member: string): boolean {
    return this.parts.roomPeople.remove(member);
  }

  /**
   * Cuts every guest off, ends their links, and begins a new epoch: what they know opens nothing that
   * follows. A relay that cannot be told keeps its guests, and nothing new reaches them.
   */
  async stopSharing(): Promise<void> {
    const { roomPeople, roomEpochs, roomRelays, publisher, roomLog } = this.parts;
    roomPeople.removeGuests();
    // Before anything waits: what is written from now on is not for guests.
    roomEpochs.begin();
    const told = roomRelays.claimAll();
    await this.writeCard();
    publisher.rebuild(roomLog.newest());
    await told;
  }

  /** Serves the room on exactly these relays from now on; rejects with AppError relay-*. */
  setRelays(relays: readonly RelayAddress[]): Promise<void> {
    return this.parts.roomRelays.set(relays);
  }

  /** The embedded relay came back at another address. */
  moveRelay(from: string, to: RelayAddress): Promise<void> {
    return this.parts.roomRelays.move(from, to);
  }

  /** Resolves when everything that was given so far stands in the documents. */
  async settled(): Promise<void> {
    await this.parts.publisher.settled();
    await this.parts.hostChannels.settled();
  }

  async close(): Promise<void> {
    await this.parts.commandGate.close();
    await this.settled();
    this.dispose();
  }

  dispose(): void {
    this.disposables.dispose();
    this.changed.dispose();
    this.lost.dispose();
  }

  private async start(): Promise<void> {
    const { doc, knockReader, roomRelays, hostChannels, roster } = this.parts;
    roomRelays.open(this.id, doc, true);
    roomRelays.open(knockDocument(this.id), knockReader.doc);
    for (const relay of this.options.relays) await roomRelays.add(relay);
    for (const { member } of roster.members) hostChannels.open(member);
    await this.writeCard();
    this.parts.commandGate.resume();
    this.parts.publisher.stateChanged();
  }

  private async writeCard(): Promise<void> {
    const card = await this.parts.roomEpochs.card();
    if (!this.isLost && !this.disposables.isDisposed) this.parts.tailDocument.setCard(card);
  }

  private tidyJournal(): void {
    const { journal, clock, log } = this.options;
    try {
      journal.forgetResults(clock.now() - TIMES.resultsMs);
      this.parts.roster.forgetEnded();
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
    const { publisher, commandGate, hostBeats, attendance, documentRepair } = this.parts;
    for (const part of [publisher, commandGate, hostBeats, attendance, documentRepair]) {
      part.dispose();
    }
    this.lost.fire(problem);
  }

  private peopleChanged(): void {
    this.parts.publisher.stateChanged();
    this.changed.fire();
  }
}

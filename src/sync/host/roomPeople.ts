// The people of a room on its host: the links by which they come, what they may do, and how they go.
import { Emitter } from '../../base/emitter.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Clock } from '../../base/clock.ts';
import { LIMITS, TIMES } from '../../protocol/limits.ts';
import type { Role } from '../../protocol/role.ts';
import type { Scope } from '../../protocol/state.ts';
import type { ControlLease } from '../../session/control/controlLease.ts';
import type { RoomJournal } from '../../session/roomJournal.ts';
import type { Roster } from '../../session/roster.ts';
import type { Attendance } from './attendance.ts';
import { tooManyInvites } from '../errors.ts';
import type { HostBeats } from './hostBeats.ts';
import type { HostChannels } from './hostChannels.ts';
import type { InviteOptions } from './hostRoomOptions.ts';
import { type MadeInvite, makeInvite } from './invites.ts';
import type { RoomEpochs } from './roomEpochs.ts';
import type { RoomRelays } from './roomRelays.ts';

/** What people need. */
export interface RoomPeopleOptions {
  readonly room: string;
  readonly journal: Pick<RoomJournal, 'saveInvite' | 'removeInvite'>;
  readonly roster: Roster;
  readonly relays: RoomRelays;
  readonly epochs: RoomEpochs;
  readonly controlLease: ControlLease;
  readonly channels: HostChannels;
  readonly attendance: Attendance;
  readonly beats: HostBeats;
  readonly clock: Clock;
}

/** Lets people in and out: roster, relay tokens, channels and control follow one another. */
export class RoomPeople implements Disposable {
  private readonly options: RoomPeopleOptions;
  private readonly changed = new Emitter<void>();
  private gone: Disposable | undefined;

  /** Who is there, or what somebody may do, is another. */
  readonly onDidChange = this.changed.event;

  constructor(options: RoomPeopleOptions) {
    this.options = options;
  }

  /** Makes a link. Resolves when its relay admits it; rejects with AppError relay-* or 'too-many', and there is no link. */
  async createInvite(invite: InviteOptions): Promise<MadeInvite> {
    const { room, roster, relays, epochs } = this.options;
    // The owner's own link is this computer's business: nobody sees it in the state.
    const given = roster.invites.filter(({ role }) => role !== 'owner');
    if (invite.role !== 'owner' && given.length >= LIMITS.invites) {
      throw tooManyInvites(LIMITS.invites);
    }
    const made = await makeInvite(room, invite, { ...this.options, epoch: epochs.currentSecret });
    try {
      await relays.claim(invite.relay);
    } catch (error) {
      this.revokeInvite(made.inviteId);
      throw error;
    }
    // [J7] A link that has no place from the beginning is told as that.
    if (roster.fullLinks.includes(made.inviteId)) this.changed.fire();
    return made;
  }

  revokeInvite(inviteId: string): void {
    this.options.journal.removeInvite(inviteId);
    this.options.relays.claimSoon();
  }

  /** Sets what a member may do; false if there is none. */
  admit(member: string, role: Role, scopes?: readonly Scope[]): boolean {
    if (!this.options.roster.setRole(member, role, scopes)) return false;
    if (role === 'viewer') this.options.controlLease.drop(member);
    // [I5] What a member may write at a relay follows from its rights.
    this.options.relays.claimSoon();
    this.changed.fire();
    return true;
  }

  /** Cuts a member off; the link it came by stops working. */
  remove(member: string): boolean {
    if (!this.options.roster.remove(member)) return false;
    this.cutOff([member]);
    return true;
  }

  /** Somebody goes by itself; its link stays, others may come by it. */
  leave(member: string): void {
    if (this.options.roster.leave(member)) this.cutOff([member]);
  }

  /** [J7] Somebody who is gone gave its place up: it comes back by the link it came by. */
  gaveWay(member: string): void {
    this.cutOff([member]);
  }

  /** Cuts every guest off and ends their links, at the relays a moment later. */
  removeGuests(): void {
    this.cutOff(this.options.roster.removeGuests());
  }

  /** Somebody was admitted, or said its name or token anew. */
  async welcome(): Promise<void> {
    const { relays, roster, channels, attendance, beats } = this.options;
    // Tokens first: a member that finds itself in the roster enters its channel at once.
    await relays.claimAll();
    for (const { member } of roster.members) channels.open(member);
    attendance.refresh();
    beats.send();
    this.changed.fire();
  }

  /** Windows came or went. */
  attend(): void {
    // [J7] By then who went may give way: a link that is full is so no more.
    this.gone?.dispose();
    if (this.options.roster.fullLinks.length > 0) {
      this.gone = this.options.clock.after(TIMES.goneMs, () => this.changed.fire());
    }
    for (const { member } of this.options.attendance.windows) this.options.channels.open(member);
    this.changed.fire();
  }

  dispose(): void {
    this.gone?.dispose();
    this.changed.dispose();
  }

  private cutOff(members: readonly string[]): void {
    const { controlLease, channels, relays } = this.options;
    // The relay first: passing control on can fail with the journal, cutting off must not.
    relays.claimSoon();
    for (const member of members) channels.close(member);
    this.changed.fire();
    for (const member of members) controlLease.drop(member);
  }
}

// The durable memory of one room, in tables of the journal.
import type { DatabaseSync } from 'node:sqlite';
import type { Ack } from '../../protocol/command.ts';
import type {
  AcceptedRow,
  RoomJournal,
  StoredInvite,
  StoredMember,
  StoredRecord,
} from '../../session/roomJournal.ts';
import { type BlobPartBytes, BodyTable } from './bodyTable.ts';
import { CommandTables } from './commandTables.ts';
import { LogTable } from './logTable.ts';
import { PeopleTables } from './peopleTables.ts';
import { sqlNumber, type SqlRow, type Statements, statementsOf } from './sqlite.ts';

const REVISION_STEP = 1000;

/** RoomJournal over SQLite, and the long bodies that its log names. */
export class RoomTables implements RoomJournal {
  readonly room: string;
  private readonly database: DatabaseSync;
  /** The log, row by row. */
  readonly log: LogTable;
  /** Members and invites. */
  readonly people: PeopleTables;
  private readonly prepare: Statements;
  private readonly bodies: BodyTable;
  private readonly commands: CommandTables;
  private reservedRev: number;

  constructor(database: DatabaseSync, room: string) {
    this.database = database;
    this.prepare = statementsOf(database);
    this.room = room;
    this.log = new LogTable(database, room);
    this.people = new PeopleTables(database, room);
    this.bodies = new BodyTable(database, room);
    this.commands = new CommandTables(database, room);
    this.reservedRev = this.revision();
  }

  logEnd(): { readonly nextIndex: number; readonly lastHash: string } {
    return this.log.end();
  }

  appendLog(records: readonly StoredRecord[]): void {
    this.log.append(records);
  }

  readLog(from: number, to: number): readonly StoredRecord[] {
    return this.log.read(from, to);
  }

  /** The same rows as they stand, sound or not. */
  readRows(from: number, to: number): readonly StoredRecord[] {
    return this.log.readRows(from, to);
  }

  /** Whether the log has an entry with this id. */
  hasEntry(id: string): boolean {
    return this.log.hasEntry(id);
  }

  /** Whether the log has the prompt of this command. */
  hasPrompt(promptId: string): boolean {
    return this.log.hasPrompt(promptId);
  }

  /** Entries that ask for a person and have no decision: index and exact text, oldest first. */
  openRequests(): readonly { readonly index: number; readonly text: string }[] {
    return this.log.openRequests();
  }

  /** Takes over the long bodies of another room. */
  takeBodies(room: string): void {
    this.bodies.take(room);
  }

  highWater(member: string, boot: string): number {
    return this.commands.highWater(member, boot);
  }

  acceptCommand(row: AcceptedRow): void {
    this.commands.save(row, undefined);
  }

  settleCommand(row: AcceptedRow, ack: Ack): void {
    this.commands.save(row, ack);
  }

  findResult(member: string, id: string): Ack | 'accepted' | undefined {
    return this.commands.findResult(member, id);
  }

  unsettled(): readonly AcceptedRow[] {
    return this.commands.unsettled();
  }

  forgetResults(before: number): void {
    this.commands.forgetResults(before);
  }

  fence(): number {
    return this.numberOfRoom('fence') ?? 0;
  }

  saveFence(fence: number): void {
    this.prepare('UPDATE rooms SET fence = ? WHERE room = ?').run(fence, this.room);
  }

  /** Revision of the state that no published one is above. */
  revision(): number {
    return this.numberOfRoom('rev') ?? 0;
  }

  /** Whether the numbers that only rise are there: without them the room would fall back behind what others have seen. */
  get hasNumbers(): boolean {
    return this.numberOfRoom('fence') !== undefined && this.numberOfRoom('rev') !== undefined;
  }

  /** Keeps revisions in steps: a write per state would cost a disk flush four times a second. */
  saveRevision(rev: number): void {
    if (rev <= this.reservedRev) return;
    this.reservedRev = rev + REVISION_STEP;
    this.prepare('UPDATE rooms SET rev = ? WHERE room = ?').run(this.reservedRev, this.room);
  }

  members(): readonly StoredMember[] {
    return this.people.members();
  }

  saveMember(member: StoredMember): void {
    this.people.saveMember(member);
  }

  removeMember(member: string): void {
    this.people.removeMember(member);
  }

  invites(): readonly StoredInvite[] {
    return this.people.invites();
  }

  saveInvite(invite: StoredInvite): void {
    this.people.saveInvite(invite);
  }

  removeInvite(inviteId: string): void {
    this.people.removeInvite(inviteId);
  }

  /** A secret that is no text is none. */
  epochs(): readonly { readonly epoch: number; readonly secret: string }[] {
    return this.all(
      `SELECT ${sqlNumber('epoch')}, secret FROM epochs WHERE room = ? ORDER BY epoch`,
    ).map(({ epoch, secret }) => ({
      epoch: typeof epoch === 'number' ? epoch : 0,
      secret: typeof secret === 'string' ? secret : '',
    }));
  }

  addEpoch(epoch: number, secret: string): void {
    this.run('INSERT INTO epochs (room, epoch, secret) VALUES (?, ?, ?)', epoch, secret);
  }

  saveBlob(blob: string, bytes: Uint8Array): void {
    this.bodies.save(blob, bytes);
  }

  saveOwnerBlob(blob: string, bytes: Uint8Array): void {
    this.bodies.saveForOwners(blob, bytes);
  }

  readBlob(blob: string, offset: number, maxBytes: number): BlobPartBytes | undefined {
    return this.bodies.read(blob, offset, maxBytes);
  }

  private numberOfRoom(column: 'fence' | 'rev'): number | undefined {
    const value = this.get(`SELECT ${sqlNumber(column)} FROM rooms WHERE room = ?`)?.[column];
    return typeof value === 'number' && value >= 0 ? value : undefined;
  }

  private get(sql: string, ...values: readonly (string | number)[]): SqlRow | undefined {
    return this.prepare(sql).get(this.room, ...values);
  }

  private all(sql: string, ...values: readonly (string | number)[]): SqlRow[] {
    return this.prepare(sql).all(this.room, ...values);
  }

  private run(sql: string, ...values: readonly (string | number | null | Uint8Array)[]): void {
    this.prepare(sql).run(this.room, ...values);
  }
}

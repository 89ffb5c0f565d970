// The durable memory of one room, in tables of the journal.
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Ack } from '../../protocol/command.ts';
import type {
  AcceptedRow,
  RoomJournal,
  StoredInvite,
  StoredMember,
  StoredRecord,
} from '../../session/roomJournal.ts';
import { logRowDamaged } from './errors.ts';
import { type BlobPartBytes, BodyTable } from './bodyTable.ts';
import { CommandTables } from './commandTables.ts';
import { PeopleTables } from './peopleTables.ts';
import {
  numberOf,
  sqlNumber,
  type SqlRow,
  type Statements,
  statementsOf,
  textOf,
  transact,
} from './sqlite.ts';

const REVISION_STEP = 1000;
/** No log is that long: what stands beyond, or is no number, is no index. */
const LAST_INDEX = Number.MAX_SAFE_INTEGER;

/** Where the journal notes that the log of a room has a damaged row. */
export function suspectKey(room: string): string {
  return `suspect.${room}`;
}

/** [L1] Whether a row is what was written, and follows the one before it where that is given. */
export function isSound(record: StoredRecord, before?: StoredRecord): boolean {
  const { index, hash, text } = record;
  const isOwn = createHash('sha256').update(text).digest('base64url') === hash;
  const prev = before === undefined ? '' : `"${before.hash}"`;
  // As the log writes it: the place and what it follows come first.
  return isOwn && text.startsWith(`{"index":${index},"prev":${prev}`);
}

/** RoomJournal over SQLite, and the long bodies that its log names. */
export class RoomTables implements RoomJournal {
  readonly room: string;
  private readonly database: DatabaseSync;
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
    this.people = new PeopleTables(database, room);
    this.bodies = new BodyTable(database, room);
    this.commands = new CommandTables(database, room);
    this.reservedRev = this.revision();
  }

  logEnd(): { readonly nextIndex: number; readonly lastHash: string } {
    const sql = 'SELECT idx, hash FROM log WHERE room = ? AND idx <= ? ORDER BY idx DESC LIMIT 1';
    const row = this.get(sql, LAST_INDEX);
    if (row === undefined) return { nextIndex: 0, lastHash: '' };
    return { nextIndex: numberOf(row, 'idx') + 1, lastHash: textOr(row, 'hash') };
  }

  appendLog(records: readonly StoredRecord[]): void {
    transact(this.database, () => {
      for (const { index, hash, text } of records) {
        this.run('INSERT INTO log (room, idx, hash, text) VALUES (?, ?, ?, ?)', index, hash, text);
      }
    });
  }

  /**
   * Rows from `from` to before `to`, each as it was written: what stands before a damaged one is left
   * out. Throws AppError 'journal-damaged' if the last of them is damaged.
   */
  readLog(from: number, to: number): readonly StoredRecord[] {
    const records = this.readRows(from, to);
    const bad = records.findLastIndex((record, at) => !isSound(record, records[at - 1]));
    if (bad < 0) return records;
    this.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, 'damaged')").run(
      suspectKey(this.room),
    );
    if (bad === records.length - 1) throw logRowDamaged(records[bad]?.index ?? to - 1);
    return records.slice(bad + 1);
  }

  /** The same rows as they stand, sound or not. */
  readRows(from: number, to: number): readonly StoredRecord[] {
    const sql =
      'SELECT idx, hash, text FROM log WHERE room = ? AND idx >= ? AND idx < ? ORDER BY idx';
    return this.all(sql, from, Math.min(to, LAST_INDEX)).map((row) => ({
      index: numberOf(row, 'idx'),
      hash: textOr(row, 'hash'),
      text: textOr(row, 'text'),
    }));
  }

  /** Takes over the long bodies of another room. */
  takeBodies(room: string): void {
    this.bodies.take(room);
  }

  /** Whether the log has an entry with this id. */
  hasEntry(id: string): boolean {
    const sql = "SELECT 1 FROM log WHERE room = ? AND json_extract(text, '$.entry.id') = ? LIMIT 1";
    return this.get(sql, id) !== undefined;
  }

  /** Whether the log has the prompt of this command. */
  hasPrompt(promptId: string): boolean {
    const sql = `SELECT 1 FROM log WHERE room = ? AND json_valid(text)
      AND json_extract(text, '$.entry.kind') = 'prompt' AND json_extract(text, '$.entry.promptId') = ? LIMIT 1`;
    return this.hasEntry(promptId) || this.get(sql, promptId) !== undefined;
  }

  /** Entries that ask for a person and have no decision: index and exact text, oldest first. */
  openRequests(): readonly { readonly index: number; readonly text: string }[] {
    const sql = `SELECT idx, text FROM log AS asked WHERE room = ?1
      AND json_valid(text) AND json_extract(text, '$.entry.kind') = 'request' AND NOT EXISTS (
        SELECT 1 FROM log WHERE room = ?1 AND idx > asked.idx
        AND json_valid(text) AND json_extract(text, '$.entry.kind') = 'decision'
        AND json_extract(text, '$.entry.requestId') = json_extract(asked.text, '$.entry.requestId')
      ) ORDER BY idx`;
    return this.all(sql).map((row) => ({ index: numberOf(row, 'idx'), text: textOf(row, 'text') }));
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

/** Text that has changed to something else is none: it fits no hash. */
function textOr(row: SqlRow, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}

// The durable memory of one room, in tables of the journal.
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { type Ack, ackSchema } from '../../protocol/command.ts';
import { isCommandKind } from '../../protocol/commandTable.ts';
import { parseJson } from '../../protocol/json.ts';
import { openEnum } from '../../protocol/openEnum.ts';
import { roleSchema, scopeSchema } from '../../protocol/state.ts';
import type {
  AcceptedRow,
  RoomJournal,
  StoredInvite,
  StoredMember,
  StoredRecord,
} from '../../session/roomJournal.ts';
import { logRowDamaged } from '../errors.ts';
import {
  bytesOf,
  numberOf,
  optionalTextOf,
  type SqlRow,
  type Statements,
  statementsOf,
  textOf,
  transact,
} from './sqlite.ts';

const REVISION_STEP = 1000;

// What a newer version has written stays in a row when this one saves it again.
const memberSchema: z.ZodMiniType<StoredMember> = z.looseObject({
  member: z.string(),
  key: z.string(),
  exchangeKey: z.exactOptional(z.string()),
  name: z.string(),
  device: z.string(),
  role: openEnum(roleSchema),
  scopes: z.array(openEnum(scopeSchema)),
  asksControl: z.boolean(),
  inviteId: z.string(),
  tokenHash: z.string(),
  since: z.number(),
  notAfter: z.exactOptional(z.number()),
});

const inviteSchema: z.ZodMiniType<StoredInvite> = z.looseObject({
  inviteId: z.string(),
  secret: z.string(),
  role: openEnum(roleSchema),
  scopes: z.array(openEnum(scopeSchema)),
  allowControl: z.boolean(),
  loopbackOnly: z.boolean(),
  notAfter: z.number(),
  relay: z.exactOptional(z.string()),
  createdAt: z.number(),
});

/** A part of a long text or image. */
export interface BlobPartBytes {
  readonly totalBytes: number;
  readonly bytes: Uint8Array;
  /** [R18] Nobody but owners may have it. */
  readonly ownerOnly?: boolean;
}

function ownersRoomOf(room: string): string {
  return `${room}/owners`;
}

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
  private readonly prepare: Statements;
  private reservedRev: number;

  constructor(database: DatabaseSync, room: string) {
    this.database = database;
    this.prepare = statementsOf(database);
    this.room = room;
    this.reservedRev = this.revision();
  }

  logEnd(): { readonly nextIndex: number; readonly lastHash: string } {
    const row = this.get('SELECT idx, hash FROM log WHERE room = ? ORDER BY idx DESC LIMIT 1');
    return row === undefined
      ? { nextIndex: 0, lastHash: '' }
      : { nextIndex: numberOf(row, 'idx') + 1, lastHash: textOf(row, 'hash') };
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
    return this.all(sql, from, to).map((row) => ({
      index: numberOf(row, 'idx'),
      hash: textOf(row, 'hash'),
      text: textOf(row, 'text'),
    }));
  }

  /** Takes over the long bodies of another room. */
  takeBodies(room: string): void {
    const move = this.prepare('UPDATE OR IGNORE blobs SET room = ? WHERE room = ?');
    move.run(this.room, room);
    move.run(this.ownersRoom, ownersRoomOf(room));
  }

  /** Whether the log has an entry with this id. */
  hasEntry(id: string): boolean {
    const sql = "SELECT 1 FROM log WHERE room = ? AND json_extract(text, '$.entry.id') = ? LIMIT 1";
    return this.get(sql, id) !== undefined;
  }

  /** Whether the log has the prompt of this command. */
  hasPrompt(promptId: string): boolean {
    const sql = `SELECT 1 FROM log WHERE room = ? AND json_extract(text, '$.entry.kind') = 'prompt'
      AND json_extract(text, '$.entry.promptId') = ? LIMIT 1`;
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
    const sql = 'SELECT cseq FROM counters WHERE room = ? AND member = ? AND boot = ?';
    const row = this.get(sql, member, boot);
    return row === undefined ? 0 : numberOf(row, 'cseq');
  }

  acceptCommand(row: AcceptedRow): void {
    this.saveCommand(row, null);
  }

  settleCommand(row: AcceptedRow, ack: Ack): void {
    this.saveCommand(row, JSON.stringify(ack));
  }

  private saveCommand(row: AcceptedRow, ack: string | null): void {
    const { member, id, boot, kind, at } = row;
    const cseq = row.cseq ?? null;
    transact(this.database, () => {
      const sql = `INSERT INTO commands (room, member, id, boot, kind, cseq, at, ack)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (room, member, id) DO UPDATE SET ack = excluded.ack`;
      this.run(sql, member, id, boot, kind, cseq, at, ack);
      if (cseq === null) return;
      const raise = `INSERT INTO counters (room, member, boot, cseq) VALUES (?, ?, ?, ?)
        ON CONFLICT (room, member, boot) DO UPDATE SET cseq = max(cseq, excluded.cseq)`;
      this.run(raise, member, boot, cseq);
    });
  }

  findResult(member: string, id: string): Ack | 'accepted' | undefined {
    const row = this.get(
      'SELECT ack FROM commands WHERE room = ? AND member = ? AND id = ?',
      member,
      id,
    );
    if (row === undefined) return undefined;
    const ack = optionalTextOf(row, 'ack');
    return ack === undefined ? 'accepted' : ackSchema.parse(parseJson(ack));
  }

  unsettled(): readonly AcceptedRow[] {
    const sql = 'SELECT * FROM commands WHERE room = ? AND ack IS NULL ORDER BY at';
    return this.all(sql).flatMap((row) => {
      const kind = textOf(row, 'kind');
      if (!isCommandKind(kind)) return [];
      const cseq = row['cseq'] === null ? {} : { cseq: numberOf(row, 'cseq') };
      return [
        {
          member: textOf(row, 'member'),
          boot: textOf(row, 'boot'),
          id: textOf(row, 'id'),
          kind,
          at: numberOf(row, 'at'),
          ...cseq,
        },
      ];
    });
  }

  forgetResults(before: number): void {
    this.run('DELETE FROM commands WHERE room = ? AND at < ? AND ack IS NOT NULL', before);
  }

  fence(): number {
    const row = this.get('SELECT fence FROM rooms WHERE room = ?');
    return row === undefined ? 0 : numberOf(row, 'fence');
  }

  saveFence(fence: number): void {
    this.prepare('UPDATE rooms SET fence = ? WHERE room = ?').run(fence, this.room);
  }

  /** Revision of the state that no published one is above. */
  revision(): number {
    const row = this.get('SELECT rev FROM rooms WHERE room = ?');
    return row === undefined ? 0 : numberOf(row, 'rev');
  }

  /** Keeps revisions in steps: a write per state would cost a disk flush four times a second. */
  saveRevision(rev: number): void {
    if (rev <= this.reservedRev) return;
    this.reservedRev = rev + REVISION_STEP;
    this.prepare('UPDATE rooms SET rev = ? WHERE room = ?').run(this.reservedRev, this.room);
  }

  members(): readonly StoredMember[] {
    const rows = this.all('SELECT json FROM members WHERE room = ? ORDER BY member');
    return rows.map((row) => memberSchema.parse(parseJson(textOf(row, 'json'))));
  }

  saveMember(member: StoredMember): void {
    const sql = 'INSERT OR REPLACE INTO members (room, member, json) VALUES (?, ?, ?)';
    this.run(sql, member.member, JSON.stringify(member));
  }

  removeMember(member: string): void {
    transact(this.database, () => {
      this.run('DELETE FROM members WHERE room = ? AND member = ?', member);
    });
  }

  invites(): readonly StoredInvite[] {
    const rows = this.all('SELECT json FROM invites WHERE room = ? ORDER BY invite');
    return rows.map((row) => inviteSchema.parse(parseJson(textOf(row, 'json'))));
  }

  saveInvite(invite: StoredInvite): void {
    const sql = 'INSERT OR REPLACE INTO invites (room, invite, json) VALUES (?, ?, ?)';
    this.run(sql, invite.inviteId, JSON.stringify(invite));
  }

  removeInvite(inviteId: string): void {
    this.run('DELETE FROM invites WHERE room = ? AND invite = ?', inviteId);
  }

  epochs(): readonly { readonly epoch: number; readonly secret: string }[] {
    return this.all('SELECT epoch, secret FROM epochs WHERE room = ? ORDER BY epoch').map(
      (row) => ({
        epoch: numberOf(row, 'epoch'),
        secret: textOf(row, 'secret'),
      }),
    );
  }

  addEpoch(epoch: number, secret: string): void {
    this.run('INSERT INTO epochs (room, epoch, secret) VALUES (?, ?, ?)', epoch, secret);
  }

  /** Keeps a long body whole. The id is its hash, so saving it again changes nothing. */
  saveBlob(blob: string, bytes: Uint8Array): void {
    this.run('INSERT OR IGNORE INTO blobs (room, blob, bytes) VALUES (?, ?, ?)', blob, bytes);
  }

  /** [R18] Keeps a body that is for owners alone, in place of one of this id that no entry names yet. */
  saveOwnerBlob(blob: string, bytes: Uint8Array): void {
    this.prepare('INSERT OR REPLACE INTO blobs (room, blob, bytes) VALUES (?, ?, ?)').run(
      this.ownersRoom,
      blob,
      bytes,
    );
  }

  /** Up to `maxBytes` of a kept body from `offset`; undefined if there is no such body. */
  readBlob(blob: string, offset: number, maxBytes: number): BlobPartBytes | undefined {
    const open = this.readPart(this.room, blob, offset, maxBytes);
    if (open !== undefined) return open;
    const own = this.readPart(this.ownersRoom, blob, offset, maxBytes);
    return own && { ...own, ownerOnly: true };
  }

  /** No room has this name: a host that knows nothing of such bodies does not find them, and gives them to nobody. */
  private get ownersRoom(): string {
    return ownersRoomOf(this.room);
  }

  private readPart(
    room: string,
    blob: string,
    offset: number,
    maxBytes: number,
  ): BlobPartBytes | undefined {
    const sql = `SELECT length(bytes) AS total, substr(bytes, ?, ?) AS part
      FROM blobs WHERE room = ? AND blob = ?`;
    const row = this.prepare(sql).get(offset + 1, maxBytes, room, blob);
    if (row === undefined) return undefined;
    return { totalBytes: numberOf(row, 'total'), bytes: bytesOf(row, 'part') };
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

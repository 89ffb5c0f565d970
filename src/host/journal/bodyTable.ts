// Long bodies that the log of a room names: texts and images, whole.
import type { DatabaseSync } from 'node:sqlite';
import { type Statements, statementsOf } from './sqlite.ts';

/** A part of a long text or image. */
export interface BlobPartBytes {
  readonly totalBytes: number;
  readonly bytes: Uint8Array;
  /** [R18] Nobody but owners may have it. */
  readonly ownerOnly?: boolean;
}

/** Bodies of one room. */
export class BodyTable {
  private readonly room: string;
  private readonly prepare: Statements;

  constructor(database: DatabaseSync, room: string) {
    this.room = room;
    this.prepare = statementsOf(database);
  }

  /** Keeps a long body whole. The id is its hash, so saving it again changes nothing. */
  save(blob: string, bytes: Uint8Array): void {
    const sql = 'INSERT OR IGNORE INTO blobs (room, blob, bytes) VALUES (?, ?, ?)';
    this.prepare(sql).run(this.room, blob, bytes);
  }

  /** [R18] Keeps a body that is for owners alone, in place of one of this id that no entry names yet. */
  saveForOwners(blob: string, bytes: Uint8Array): void {
    const sql = 'INSERT OR REPLACE INTO blobs (room, blob, bytes) VALUES (?, ?, ?)';
    this.prepare(sql).run(ownersRoomOf(this.room), blob, bytes);
  }

  /** Up to `maxBytes` of a kept body from `offset`; undefined if there is no such body. */
  read(blob: string, offset: number, maxBytes: number): BlobPartBytes | undefined {
    const open = this.readPart(this.room, blob, offset, maxBytes);
    if (open !== undefined) return open;
    const own = this.readPart(ownersRoomOf(this.room), blob, offset, maxBytes);
    return own && { ...own, ownerOnly: true };
  }

  /** Takes over the bodies of another room. */
  take(room: string): void {
    const move = this.prepare('UPDATE OR IGNORE blobs SET room = ? WHERE room = ?');
    move.run(this.room, room);
    move.run(ownersRoomOf(this.room), ownersRoomOf(room));
  }

  private readPart(
    room: string,
    blob: string,
    offset: number,
    maxBytes: number,
  ): BlobPartBytes | undefined {
    const sql = `SELECT length(bytes) AS total, substr(bytes, ?, ?) AS part
      FROM blobs WHERE room = ? AND blob = ?`;
    const { total, part } = this.prepare(sql).get(offset + 1, maxBytes, room, blob) ?? {};
    const isBody = typeof total === 'number' && part instanceof Uint8Array;
    return isBody ? { totalBytes: total, bytes: part } : undefined;
  }
}

/** No room has this name: a host that knows nothing of such bodies does not find them, and gives them to nobody. */
function ownersRoomOf(room: string): string {
  return `${room}/owners`;
}

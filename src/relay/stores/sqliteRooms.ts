// When each room of a SQLite store was last used, how large it is, and how it is forgotten.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Tables that this needs beside `updates` and `claims`. */
export const ROOMS_SCHEMA = `
  CREATE TABLE IF NOT EXISTS rooms(room TEXT PRIMARY KEY, used INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS rooms_by_use ON rooms(used);
`;

/** Rooms forgotten in one go: each may take some ms. */
const MAX_FORGOTTEN = 200;
/** The time of a room's last use is kept this exactly. */
const USED_STEP_MS = 3_600_000;
/** A room's documents are the room itself and all that begin with it and a dot. */
const OF_ROOM = "(document = ?1 OR (document > ?1 || '.' AND document < ?1 || '/'))";

/** The rooms of a database. Everything here is done when it returns, and throws what SQLite throws. */
export class SqliteRooms {
  private readonly database: DatabaseSync;
  private readonly maxBytes: number;
  private readonly touch: StatementSync;
  private readonly size: StatementSync;

  constructor(database: DatabaseSync, maxBytes: number) {
    this.database = database;
    this.maxBytes = maxBytes;
    database.exec(
      `PRAGMA max_page_count = ${Math.ceil((2 * maxBytes) / this.pragma('page_size'))}`,
    );
    this.touch = database.prepare(
      `INSERT INTO rooms(room, used) VALUES(?, ?) ON CONFLICT(room) DO UPDATE SET used = excluded.used
       WHERE abs(excluded.used - rooms.used) > ${USED_STEP_MS}`,
    );
    this.size = database.prepare(`SELECT sum(length(data)) AS bytes FROM updates WHERE ${OF_ROOM}`);
  }

  /** Notes that a room is used at `now`, wall time in ms. */
  noteUse(room: string, now: number): void {
    this.touch.run(room, now);
  }

  /** Bytes of the room's documents. */
  private bytesOf(room: string): number {
    return Number(this.size.get(room)?.['bytes'] ?? 0);
  }

  /**
   * Rooms to forget, those not used for longest first: unused since `unusedSince`, or enough to come
   * under the size.
   */
  unused(keep: ReadonlySet<string>, unusedSince: number): readonly string[] {
    let over = this.usedBytes() - this.maxBytes;
    const unused: string[] = [];
    for (const row of this.database
      .prepare('SELECT room, used FROM rooms ORDER BY used')
      .iterate()) {
      const room = String(row['room']);
      if (unused.length >= MAX_FORGOTTEN) break;
      if (Number(row['used']) >= unusedSince && over <= 0) break;
      if (keep.has(room)) continue;
      if (over > 0) over -= this.bytesOf(room);
      unused.push(room);
    }
    return unused;
  }

  /** Deletes a room's documents and claim. */
  forget(room: string): void {
    this.database.prepare(`DELETE FROM updates WHERE ${OF_ROOM}`).run(room);
    this.database.prepare('DELETE FROM claims WHERE room = ?').run(room);
    this.database.prepare('DELETE FROM rooms WHERE room = ?').run(room);
  }

  /** Bytes of the database without the space it can use again. */
  private usedBytes(): number {
    const pages = this.pragma('page_count') - this.pragma('freelist_count');
    return pages * this.pragma('page_size');
  }

  private pragma(name: string): number {
    return Number(this.database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
  }
}

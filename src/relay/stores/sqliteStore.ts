// The durable store: one SQLite file, group commit, and a disk that nobody waits for.
import { type FileHandle, open } from 'node:fs/promises';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import * as z from 'zod/mini';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { type Logger, errorText } from '../../base/log.ts';
import { relayTokenSchema } from '../../protocol/claim.ts';
import { parseJson } from '../../protocol/json.ts';
import { roomOfDocument } from '../../protocol/documentNames.ts';
import { storeRefused } from '../errors.ts';
import { openDatabase, storeProblem } from './sqliteDatabase.ts';
import { SqliteRooms } from './sqliteRooms.ts';
import {
  type ClaimVersion,
  type RoomStore,
  type StoredClaim,
  isClaimVersion,
} from './roomStore.ts';

/** What the store is made of. */
export interface SqliteStoreOptions {
  /** Path of the database; its folder is made if missing. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Updates are gathered this long before they are committed, ms. */
  readonly groupCommitMs?: number;
  /** Above this, `prune` forgets rooms that are not in use; twice this is like a full disk. */
  readonly maxBytes?: number;
}

const GROUP_COMMIT_MS = 10;
/** After a failed commit the next try comes this much later. */
const RETRY_MS = 1000;
/** Updates waiting for a disk that refuses them; hosts fill in what is dropped beyond. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** Claims that wait for such a disk. */
const MAX_WAITING_CLAIMS = 1000;
const MAX_BYTES = 8 * 1024 ** 3;

const storedClaimSchema = z.object({
  term: z.number(),
  boot: z.string(),
  rev: z.number(),
  tokens: z.array(relayTokenSchema),
});

interface Write {
  readonly kind: 'append' | 'replace';
  readonly document: string;
  readonly update: Uint8Array;
}

/**
 * Opens (or makes) a store; rejects with AppError `journal-locked`, `journal-damaged` or
 * `host-runtime`. One process at a time has it.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<RoomStore> {
  const database = openDatabase(options.file);
  try {
    return new SqliteStore(database, await open(`${options.file}-wal`, 'r+'), options);
  } catch (error) {
    database.close();
    throw storeProblem(options.file, error);
  }
}

class SqliteStore implements RoomStore {
  private readonly database: DatabaseSync;
  private readonly wal: FileHandle;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly groupCommitMs: number;
  private readonly insert: StatementSync;
  private readonly remove: StatementSync;
  private readonly select: StatementSync;
  private readonly selectClaim: StatementSync;
  private readonly upsertClaim: StatementSync;
  private readonly rooms: SqliteRooms;
  private readonly waitingClaims = new Map<string, StoredClaim>();
  private waiting: Write[] = [];
  private waitingBytes = 0;
  private timer: Disposable | undefined;
  private syncing: Promise<void> = Promise.resolve();
  private closing: Promise<void> | undefined;

  constructor(database: DatabaseSync, wal: FileHandle, options: SqliteStoreOptions) {
    this.database = database;
    this.wal = wal;
    this.clock = options.clock;
    this.log = options.log;
    this.groupCommitMs = options.groupCommitMs ?? GROUP_COMMIT_MS;
    this.insert = database.prepare('INSERT INTO updates(document, data) VALUES(?, ?)');
    this.remove = database.prepare('DELETE FROM updates WHERE document = ?');
    this.select = database.prepare('SELECT data FROM updates WHERE document = ? ORDER BY seq');
    this.selectClaim = database.prepare('SELECT claim FROM claims WHERE room = ?');
    this.upsertClaim = database.prepare(
      'INSERT INTO claims(room, claim) VALUES(?, ?) ON CONFLICT(room) DO UPDATE SET claim = excluded.claim',
    );
    this.rooms = new SqliteRooms(database, options.maxBytes ?? MAX_BYTES);
  }

  async load(document: string): Promise<readonly Uint8Array[]> {
    const stored = this.select.all(document).flatMap((row) => {
      return row['data'] instanceof Uint8Array ? [row['data']] : [];
    });
    if (stored.length > 0) this.noteUse(roomOfDocument(document));
    let updates: Uint8Array[] = stored;
    for (const write of this.waiting) {
      if (write.document !== document) continue;
      if (write.kind === 'replace') updates = [];
      updates.push(write.update);
    }
    return updates;
  }

  append(document: string, update: Uint8Array): void {
    this.enqueue({ kind: 'append', document, update });
  }

  replace(document: string, compacted: Uint8Array): void {
    this.enqueue({ kind: 'replace', document, update: compacted });
  }

  async loadClaim(room: string): Promise<StoredClaim | undefined> {
    return this.readClaim(room);
  }

  async compareAndSetClaim(
    room: string,
    expected: ClaimVersion,
    next: StoredClaim,
  ): Promise<boolean> {
    if (!isClaimVersion(this.readClaim(room), expected)) return false;
    try {
      this.upsertClaim.run(room, JSON.stringify(next));
      this.rooms.noteUse(room, this.clock.now());
    } catch (error) {
      if (this.waitingClaims.size < MAX_WAITING_CLAIMS) this.waitingClaims.set(room, next);
      this.schedule(RETRY_MS);
      throw storeRefused(error);
    }
    this.waitingClaims.delete(room);
    await this.sync();
    return true;
  }

  async prune(keep: ReadonlySet<string>, unusedSince: number): Promise<number> {
    // Not after a commit: on a full disk there is none before something was forgotten.
    const waiting = this.waiting.map((write) => roomOfDocument(write.document));
    const kept = new Set([...keep, ...waiting, ...this.waitingClaims.keys()]);
    const unused = this.rooms.unused(kept, unusedSince);
    this.inTransaction(() => unused.forEach((room) => this.rooms.forget(room)));
    return unused.length;
  }

  async flush(): Promise<void> {
    this.commit();
    await this.sync();
  }

  close(): Promise<void> {
    this.closing ??= this.release();
    return this.closing;
  }

  private readClaim(room: string): StoredClaim | undefined {
    const waiting = this.waitingClaims.get(room);
    if (waiting) return waiting;
    const text = this.selectClaim.get(room)?.['claim'];
    if (typeof text !== 'string') return undefined;
    return storedClaimSchema.safeParse(parseJson(text)).data;
  }

  private async release(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.timer?.dispose();
      await this.syncing.catch(() => undefined);
      await this.wal.close();
      this.database.close();
    }
  }

  private enqueue(write: Write): void {
    if (this.waitingBytes + write.update.length > MAX_WAITING_BYTES) {
      this.log.error('the disk takes nothing: updates are dropped until it does', {
        updates: this.waiting.length,
      });
      this.waiting = [];
      this.waitingBytes = 0;
    }
    this.waiting.push(write);
    this.waitingBytes += write.update.length;
    this.schedule(this.groupCommitMs);
  }

  private schedule(delayMs: number): void {
    this.timer ??= this.clock.after(delayMs, () => {
      this.timer = undefined;
      try {
        this.commit();
        this.sync().catch((error: unknown) => this.complain(error));
      } catch (error) {
        this.complain(error);
        this.schedule(RETRY_MS);
      }
    });
  }

  private complain(error: unknown): void {
    this.log.error('the store cannot write', { error: errorText(error) });
  }

  /** Hands everything waiting to SQLite in one transaction; nothing is forgotten if it fails. */
  private commit(): void {
    if (this.waiting.length === 0 && this.waitingClaims.size === 0) return;
    this.inTransaction(() => {
      const rooms = new Set<string>(this.waitingClaims.keys());
      for (const write of this.waiting) {
        if (write.kind === 'replace') this.remove.run(write.document);
        this.insert.run(write.document, write.update);
        rooms.add(roomOfDocument(write.document));
      }
      for (const [room, claim] of this.waitingClaims) {
        this.upsertClaim.run(room, JSON.stringify(claim));
      }
      for (const room of rooms) this.rooms.noteUse(room, this.clock.now());
    });
    this.waiting = [];
    this.waitingBytes = 0;
    this.waitingClaims.clear();
  }

  private inTransaction(work: () => void): void {
    this.database.exec('BEGIN');
    try {
      work();
      this.database.exec('COMMIT');
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  private noteUse(room: string): void {
    try {
      this.rooms.noteUse(room, this.clock.now());
    } catch (error) {
      // A full disk: reading goes on.
      this.complain(error);
    }
  }

  /** Makes what was committed survive a loss of power; one at a time, off the event loop. */
  private sync(): Promise<void> {
    const next = this.syncing.catch(() => undefined).then(() => this.wal.datasync());
    this.syncing = next;
    return next;
  }
}

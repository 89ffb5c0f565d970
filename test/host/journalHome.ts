// A journal with three sessions that can be damaged, and a start on it as the host does it.
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { toBase64Url } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { roomIdOfKey } from '../../src/crypto/admissionToken.ts';
import { exportSigningPair, generateSigningPair } from '../../src/crypto/keys.ts';
import { hostPaths } from '../../src/host/find/paths.ts';
import { Journal } from '../../src/host/journal/journal.ts';
import { isSound } from '../../src/host/journal/logTable.ts';
import { repairRooms } from '../../src/host/machine/repairRooms.ts';
import { parseJson } from '../../src/protocol/json.ts';
import { logSchema } from '../../src/protocol/room.ts';
import { type Entry, parseEntry } from '../../src/protocol/transcript.ts';
import { RoomLog } from '../../src/session/roomLog.ts';
import { temporaryFolder } from './folders.ts';

/** Bytes of a page. */
export const PAGE = 4096;
/** Sessions of the journal. */
export const SESSIONS = 3;
/** Entries of each. */
export const ENTRIES = 40;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Opens the journal of a home. */
export function open(home: string): Journal {
  return Journal.open({ paths: hostPaths(home), clock: systemClock, log: silentLogger });
}

async function newRoom(journal: Journal, kind: 'session' | 'machine'): Promise<string> {
  const pair = await generateSigningPair();
  const room = await roomIdOfKey(pair.publicBytes);
  const privateKey = await exportSigningPair(pair);
  journal.addRoom({ room, kind, privateKey }, toBase64Url(randomBytes(32)));
  return room;
}

function textEntry(session: number, at: number): Entry {
  const text = `${session}/${at} ${'word '.repeat(60 + ((at * 7) % 50))}`;
  return { kind: 'text', id: `${session}-${at}`, at, messageId: 'm', text };
}

/** Makes a home with a whole journal. */
export async function wholeHome(): Promise<string> {
  const whole = temporaryFolder();
  const journal = open(whole);
  await newRoom(journal, 'machine');
  for (let session = 0; session < SESSIONS; session += 1) {
    const room = await newRoom(journal, 'session');
    const id = `session${session}`.padEnd(26, 'a');
    const facts = { cwd: '/p', title: `Session ${session}`, startedAt: 1, lastActivityAt: 1 };
    journal.sessions.saveSession({ id, room, source: 'hosted', ended: false, ...facts });
  }
  // Turn about, as sessions that run together write.
  const logs = journal.sessions.sessions().map(({ room }) => ({
    log: new RoomLog({ journal: journal.room(room), sha256 }),
    room,
  }));
  for (let at = 0; at < ENTRIES; at += 1) {
    for (const [session, { log, room }] of logs.entries()) {
      log.append([textEntry(session, at)]);
      if (at % 10 === 0) journal.room(room).saveBlob(`b${at}`, randomBytes(3000));
      const line = { uuid: `u${at}`, text: 'x'.repeat(300) };
      journal.sessions.appendRawLines(`s${session}`, [{ file: 'main', line }]);
    }
  }
  journal.close();
  return whole;
}

/** Fills a page, from 0, with what no page is. */
export function overwrite(file: string, page: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0xff, page * PAGE, (page + 1) * PAGE);
  writeFileSync(file, bytes);
}

/** The page, from 0, from which the rows of the log are found. */
export function rootOfLog(whole: string): number {
  const database = new DatabaseSync(hostPaths(whole).journal, { readOnly: true });
  const row = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'log'").get();
  database.close();
  return Number(row?.['rootpage']) - 1;
}

/** A copy of the whole home, to be damaged. */
export function copyOf(whole: string): string {
  const home = join(temporaryFolder(), 'home');
  cpSync(whole, home, { recursive: true });
  return home;
}

/** What a start has found. */
export interface Found {
  readonly isNew: boolean;
  /** Entries that are the session's own, by session. */
  readonly kept: number;
  readonly sessions: number;
  readonly isSalvaged: boolean;
}

/** Starts on a home as the host does, and looks at all that it has. */
export async function start(home: string): Promise<Found> {
  const journal = open(home);
  try {
    const rooms = { create: (kind: 'session' | 'machine') => newRoom(journal, kind) };
    const common = { clock: systemClock, log: silentLogger };
    const repaired = await repairRooms({
      journal,
      rooms,
      outputs: join(home, 'outputs'),
      ...common,
    });
    let kept = 0;
    const sessions = journal.sessions.sessions();
    for (const { room, title } of sessions) {
      const tables = journal.room(room);
      expect(tables.epochs()).not.toEqual([]);
      const records = tables.readRows(0, 1e6);
      // A log without gaps, each row what was written.
      expect(records.every((one, at) => one.index === at && isSound(one, records[at - 1]))).toBe(
        true,
      );
      const entries = records.map(({ text }) => parseEntry(logSchema.parse(parseJson(text)).entry));
      const own = entries.filter(({ kind }) => kind === 'text');
      const missing = entries.flatMap((entry) =>
        entry.kind === 'notice' ? Number(/^(\d+) entr/.exec(entry.text)?.[1] ?? 0) : 0,
      );
      const isSaid = missing.reduce((sum, count) => sum + count, 0) + own.length >= ENTRIES;
      const mayEnd = entries.some((one) => one.kind === 'notice' && /said last may/.test(one.text));
      expect([title, isSaid || mayEnd]).toEqual([title, true]);
      const order = own.map(({ at }) => at);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      kept += own.length;
    }
    expect(repaired).toBeLessThanOrEqual(Math.max(sessions.length, SESSIONS));
    const isSalvaged = journal.salvage !== undefined;
    if (isSalvaged) expect(existsSync(journal.salvage?.keptAs ?? '')).toBe(true);
    journal.forgetSalvage();
    return { isNew: sessions.length === 0, kept, sessions: sessions.length, isSalvaged };
  } finally {
    journal.close();
  }
}

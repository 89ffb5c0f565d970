// Every single page of a journal is damaged in turn: the host's journal opens, what is intact stays, and what is lost is said.
import { createHash, randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import { toBase64Url } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { roomIdOfKey } from '../../src/crypto/admissionToken.ts';
import { exportSigningPair, generateSigningPair } from '../../src/crypto/keys.ts';
import { hostPaths } from '../../src/host/find/paths.ts';
import { Journal } from '../../src/host/journal/journal.ts';
import { isSound } from '../../src/host/journal/roomTables.ts';
import { repairRooms } from '../../src/host/machine/repairRooms.ts';
import { parseJson } from '../../src/protocol/json.ts';
import { logSchema } from '../../src/protocol/room.ts';
import { type Entry, parseEntry } from '../../src/protocol/transcript.ts';
import { RoomLog } from '../../src/session/roomLog.ts';
import { temporaryFolder } from './folders.ts';

const PAGE = 4096;
const SESSIONS = 3;
const ENTRIES = 40;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

let whole: string;
let pages: number;

function open(home: string): Journal {
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

beforeAll(async () => {
  whole = temporaryFolder();
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
  pages = readFileSync(hostPaths(whole).journal).length / PAGE;
});

function overwrite(file: string, page: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0xff, page * PAGE, (page + 1) * PAGE);
  writeFileSync(file, bytes);
}

/** The page, from 0, from which the rows of the log are found. */
function rootOfLog(): number {
  const database = new DatabaseSync(hostPaths(whole).journal, { readOnly: true });
  const row = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'log'").get();
  database.close();
  return Number(row?.['rootpage']) - 1;
}

/** A copy of the whole home, to be damaged. */
function copyOfHome(): string {
  const home = join(temporaryFolder(), 'home');
  cpSync(whole, home, { recursive: true });
  return home;
}

interface Found {
  readonly isNew: boolean;
  /** Entries that are the session's own, by session. */
  readonly kept: number;
  readonly sessions: number;
  readonly isSalvaged: boolean;
}

/** Starts on a home as the host does, and looks at all that it has. */
async function start(home: string): Promise<Found> {
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
    return { isNew: sessions.length === 0, kept, sessions: sessions.length, isSalvaged };
  } finally {
    journal.close();
  }
}

describe('a damaged journal', () => {
  it('opens with every single page damaged in turn: all sessions are there, and most of what they hold', async () => {
    expect(pages).toBeGreaterThan(40);
    const root = rootOfLog();
    const results: Found[] = [];
    for (let page = 1; page < pages; page += 1) {
      const home = copyOfHome();
      const file = hostPaths(home).journal;
      overwrite(file, page);
      const found = await start(home);
      results.push(found);
      expect([page, found.sessions]).toEqual([page, SESSIONS]);
      // A page holds a dozen entries. Only the one from which all others of the log are found costs all.
      const least = page === root ? 0 : SESSIONS * ENTRIES - 24;
      expect([page, found.kept >= least]).toEqual([page, true]);
      // And the next start is an ordinary one.
      expect((await start(home)).isSalvaged).toBe(false);
    }
    const worst = results
      .map(({ kept }) => kept)
      .toSorted((a, b) => a - b)
      .slice(0, 3);
    console.info(
      `${results.length} of ${pages - 1} pages: opened; salvaged ${results.filter(({ isSalvaged }) => isSalvaged).length}, kept at least ${worst.join(', ')} of ${SESSIONS * ENTRIES} entries`,
    );
  });

  it.each([
    ['its first page', (file: string) => overwrite(file, 0)],
    ['garbage', (file: string) => writeFileSync(file, 'no database '.repeat(9000))],
    [
      'a folder',
      (file: string) => (rmSync(file), mkdirSync(join(file, 'inner'), { recursive: true })),
    ],
    ['nothing', (file: string) => truncateSync(file, 0)],
  ])('in whose place is %s is set aside, and a new one begins', async (_what, spoil) => {
    const home = copyOfHome();
    // A home that was used: an empty journal there is no first start.
    mkdirSync(hostPaths(home).relayData);
    spoil(hostPaths(home).journal);
    expect(await start(home)).toMatchObject({ isNew: true, isSalvaged: true });
    expect((await start(home)).isSalvaged).toBe(false);
  });

  it.each([0.95, 0.5])('cut to %d of its length gives what stands before the cut', async (part) => {
    const home = copyOfHome();
    truncateSync(hostPaths(home).journal, Math.floor(pages * part) * PAGE);
    const found = await start(home);
    expect(found.isSalvaged).toBe(true);
    expect(found.kept).toBeGreaterThan(0);
  });

  it('[L1] a row that was changed on the disk is never read as if it were true', async () => {
    const home = copyOfHome();
    const database = new DatabaseSync(hostPaths(home).journal);
    const [row] = database.prepare('SELECT room FROM log WHERE idx = 20 LIMIT 1').all();
    const room = String(row?.['room']);
    database
      .prepare("UPDATE log SET text = replace(text, 'word', 'lies') WHERE room = ? AND idx = 20")
      .run(room);
    database.close();
    const journal = open(home);
    const tables = journal.room(room);
    expect(tables.readLog(0, 40).map(({ index }) => index)).toEqual(
      Array.from({ length: 19 }, (_, at) => 21 + at),
    );
    expect(() => tables.readLog(0, 21)).toThrow(/Entry 20 of this session was damaged/);
    expect(tables.readLog(0, 20)).toHaveLength(20);
    expect([...journal.suspectRooms()]).toEqual([room]);
    journal.close();
    // The next start takes the rest over into a new log, and says so.
    expect(await start(home)).toMatchObject({ kept: SESSIONS * ENTRIES - 1, isSalvaged: false });
    const again = open(home);
    expect([...again.suspectRooms()]).toEqual([]);
    expect(again.sessions.sessions().some((one) => one.room === room)).toBe(false);
    again.close();
  });
});

// Every single page of a journal is damaged in turn: the host's journal opens, what is intact stays, and what is lost is said.
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import { hostPaths } from '../../src/host/find/paths.ts';
import {
  copyOf,
  ENTRIES,
  type Found,
  open,
  overwrite,
  PAGE,
  rootOfLog,
  SESSIONS,
  start,
  wholeHome,
} from './journalHome.ts';

let whole: string;
let pages: number;

beforeAll(async () => {
  whole = await wholeHome();
  pages = readFileSync(hostPaths(whole).journal).length / PAGE;
});

describe('a damaged journal', () => {
  it('opens with every single page damaged in turn: all sessions are there, and most of what they hold', async () => {
    expect(pages).toBeGreaterThan(40);
    const root = rootOfLog(whole);
    const results: Found[] = [];
    for (let page = 1; page < pages; page += 1) {
      const home = copyOf(whole);
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
    const home = copyOf(whole);
    // A home that was used: an empty journal there is no first start.
    mkdirSync(hostPaths(home).relayData);
    spoil(hostPaths(home).journal);
    expect(await start(home)).toMatchObject({ isNew: true, isSalvaged: true });
    expect((await start(home)).isSalvaged).toBe(false);
  });

  it.each([0.95, 0.5])('cut to %d of its length gives what stands before the cut', async (part) => {
    const home = copyOf(whole);
    truncateSync(hostPaths(home).journal, Math.floor(pages * part) * PAGE);
    const found = await start(home);
    expect(found.isSalvaged).toBe(true);
    expect(found.kept).toBeGreaterThan(0);
  });

  it('[L1] a row that was changed on the disk is never read as if it were true', async () => {
    const home = copyOf(whole);
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

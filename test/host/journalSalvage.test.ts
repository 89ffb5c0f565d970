// A damaged journal is read into a new one whatever else goes wrong: no room, a rotten header, an end in the middle.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import { hostPaths } from '../../src/host/find/paths.ts';
import { spawnGroup } from '../../tools/run/processes.ts';
import { bundleProgram } from '../../tools/run/programBundle.ts';
import {
  copyOf,
  ENTRIES,
  open,
  overwrite,
  PAGE,
  SESSIONS,
  start,
  wholeHome,
} from './journalHome.ts';

const RACER = await bundleProgram(new URL('./lockRacer.ts', import.meta.url));
const ALL = SESSIONS * ENTRIES;

let whole: string;

beforeAll(async () => {
  whole = await wholeHome();
  // Packed as no journal is that grows: what is made anew is larger.
  inJournal(whole, (database) => database.exec('VACUUM'));
});

function inJournal<T>(home: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(hostPaths(home).journal);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** The page, from 0, from which a table or index is found. */
function rootOf(name: string): number {
  const sql = 'SELECT rootpage FROM sqlite_schema WHERE name = ?';
  return inJournal(whole, (database) => Number(database.prepare(sql).get(name)?.['rootpage'])) - 1;
}

/** The pages, from 0, in which the rows of a table or index stand. */
function leavesOf(name: string): readonly number[] {
  const sql =
    "SELECT pageno AS page FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno";
  const rows = inJournal(whole, (database) => database.prepare(sql).all(name));
  return rows.map(({ page }) => Number(page) - 1);
}

function put(home: string, at: number, ...bytes: number[]): void {
  const file = hostPaths(home).journal;
  const all = readFileSync(file);
  all.set(bytes, at);
  writeFileSync(file, all);
}

describe.skipIf(process.platform === 'win32')('a disk without room for what can be read', () => {
  /** A damaged file, and beside it as much again that a killed host has written last: the new one needs room for both. */
  function damagedInTwoFiles(): string {
    const home = copyOf(whole);
    const file = hostPaths(home).journal;
    const journal = open(home);
    const [session] = journal.sessions.sessions();
    const tables = journal.room(session?.room ?? '');
    const { size } = statSync(file);
    journal.transact(() => {
      for (let at = 0; at * 3000 < size * 0.8; at += 1) {
        tables.saveBlob(`more${at}`, randomBytes(3000));
      }
    });
    const crashed = copyOf(whole);
    for (const suffix of ['', '-wal']) {
      copyFileSync(file + suffix, hostPaths(crashed).journal + suffix);
    }
    journal.close();
    overwrite(hostPaths(crashed).journal, rootOf('commands_at'));
    return crashed;
  }

  it.each([
    ['not even for a copy', 0],
    ['for the copy, not for the new one', 1.05],
  ])(
    '%s: the host does not start, the damaged file stays, and the next start reads it',
    async (_what, part) => {
      const home = damagedInTwoFiles();
      const file = hostPaths(home).journal;
      const most = Math.max(...[file, `${file}-wal`].map((path) => statSync(path).size));
      const blocks = Math.max(16, Math.ceil((most * part) / 512));
      const script = `ulimit -f ${blocks} && exec "$0" "$1" "$2" tell`;
      const racer = spawnGroup('sh', ['-c', script, process.execPath, RACER, home]);
      const said = await racer.line((line) => line);
      await racer.end('SIGKILL');
      expect(said).toMatch(
        /^journal-locked .* is damaged, and what can be read of it could not be written/,
      );
      expect(said).toMatch(/left where it is.*start again: it is read then/);
      const names = readdirSync(home).filter((name) => /damaged|salvaged|reading/.test(name));
      expect([existsSync(file), names]).toEqual([true, []]);
      expect(await start(home)).toMatchObject({ isSalvaged: true, kept: ALL });
    },
  );
});

describe('a rotten byte of the header', () => {
  it.each([
    ['of the magic', 3, 0],
    ['of the page size', 16, 0],
    ['of the page size, another that could be', 16, 0x20],
    ['of the version to write', 18, 7],
    ['of the version to read', 19, 7],
    ['of the space that is kept free', 20, 9],
    ['of the parts of a page', 21, 0],
    ['of the number of pages', 29, 9],
    ['of the format of the schema', 47, 9],
    ['of the encoding', 59, 2],
    ['of the encoding, one that is none', 59, 77],
    ['of the layout: none', 63, 0],
    ['of the layout: none that could be', 60, 9],
  ])('%s costs nothing', async (_what, at, byte) => {
    const home = copyOf(whole);
    put(home, at, byte);
    expect(await start(home)).toMatchObject({ kept: ALL, sessions: SESSIONS });
    expect(await start(home)).toMatchObject({ kept: ALL, sessions: SESSIONS, isSalvaged: false });
  });

  it('and a lost layout is found in its row, and becomes no other', async () => {
    const home = copyOf(whole);
    inJournal(home, (database) => database.exec('PRAGMA user_version = 0'));
    open(home).close();
    const read = (database: DatabaseSync): unknown => database.prepare('PRAGMA user_version').get();
    expect(inJournal(home, read)).toEqual({ user_version: 1 });
  });

  it('with a newer layout is refused untouched', () => {
    const home = copyOf(whole);
    put(home, 60, 0, 0, 0, 7);
    put(home, 18, 7);
    const before = readFileSync(hostPaths(home).journal);
    expect(() => open(home)).toThrow(/newer Twinhelm \(layout 7\)/);
    expect(readFileSync(hostPaths(home).journal).equals(before)).toBe(true);
  });
});

it.each([
  ['no table of a name', (database: DatabaseSync) => database.exec('DROP TABLE counters')],
  [
    'no column of a name',
    (database: DatabaseSync) => database.exec('ALTER TABLE counters RENAME COLUMN cseq TO other'),
  ],
])('a whole database with %s is none of ours', async (_what, spoil) => {
  const home = copyOf(whole);
  inJournal(home, spoil);
  expect(await start(home)).toMatchObject({ isSalvaged: true, kept: ALL });
  expect(await start(home)).toMatchObject({ isSalvaged: false, kept: ALL });
});

it('damage that the pages do not show is found as it is met, and read around by the next start', async () => {
  const home = copyOf(whole);
  const file = hostPaths(home).journal;
  const bytes = readFileSync(file);
  // Entries of the index that no row has.
  for (const page of leavesOf('sqlite_autoindex_blobs_1')) {
    const leaf = bytes.subarray(page * PAGE, (page + 1) * PAGE);
    for (let at = leaf.indexOf('b30'); at >= 0; at = leaf.indexOf('b30', at)) leaf.write('~', at);
  }
  writeFileSync(file, bytes);
  const journal = open(home);
  expect(journal.salvage).toBeUndefined();
  const room = journal.sessions.sessions().find(({ title }) => title === 'Session 2')?.room ?? '';
  expect(() => journal.room('other').takeBodies(room)).toThrow(/malformed/);
  journal.close();
  expect(await start(home)).toMatchObject({ isSalvaged: true, kept: ALL, sessions: SESSIONS });
  expect(await start(home)).toMatchObject({ isSalvaged: false, kept: ALL });
});

it.each(['-journal', '.salvaged', '.reading'])(
  'a folder in the place of %s is no hindrance',
  async (suffix) => {
    const home = copyOf(whole);
    mkdirSync(join(`${hostPaths(home).journal}${suffix}`, 'inner'), { recursive: true });
    expect(await start(home)).toMatchObject({ kept: ALL });
    expect(await start(home)).toMatchObject({ kept: ALL, isSalvaged: false });
  },
);

describe('a host that ends in the middle', () => {
  it('after the salvage and before the repair forgets nothing of what was lost', async () => {
    const home = copyOf(whole);
    overwrite(hostPaths(home).journal, leavesOf('log').at(-1) ?? 0);
    const first = open(home);
    const said = first.salvage;
    const rooms = first.sessions.sessions().map(({ room }) => room);
    first.close();
    expect(said?.rooms).not.toEqual([]);
    const second = open(home);
    expect(second.salvage).toEqual(said);
    second.close();
    // Whoever may miss its end goes on in a new room, and says so.
    expect(await start(home)).toMatchObject({ isSalvaged: true, sessions: SESSIONS });
    const after = open(home);
    const left = after.sessions.sessions().filter(({ room }) => rooms.includes(room));
    expect(left).toHaveLength(SESSIONS - (said?.rooms.length ?? 0));
    expect(after.salvage).toBeUndefined();
    after.close();
  });

  it('of an empty one tells that it begins anew', async () => {
    const home = copyOf(whole);
    writeFileSync(hostPaths(home).journal, 'garbage '.repeat(5000));
    open(home).close();
    expect(await start(home)).toMatchObject({ isSalvaged: true, isNew: true });
  });

  /** As it is when the new one is finished and nothing was moved yet. */
  function finished(): { readonly home: string; readonly file: string; readonly keptAs: string } {
    const home = copyOf(whole);
    const file = hostPaths(home).journal;
    overwrite(file, rootOf('raw_lines'));
    const damaged = readFileSync(file);
    const journal = open(home);
    const keptAs = journal.salvage?.keptAs ?? '';
    journal.close();
    renameSync(file, `${file}.salvaged`);
    rmSync(keptAs);
    writeFileSync(file, damaged);
    writeFileSync(`${file}-wal`, 'what was written last');
    return { home, file, keptAs };
  }

  it.each([
    ['before anything is moved', (_file: string, _keptAs: string) => undefined],
    [
      'when the log is moved',
      (file: string, keptAs: string) => renameSync(`${file}-wal`, `${keptAs}-wal`),
    ],
    [
      'when both are moved',
      (file: string, keptAs: string) => {
        renameSync(`${file}-wal`, `${keptAs}-wal`);
        renameSync(file, keptAs);
      },
    ],
  ])('%s: the next one goes on there', async (_what, move) => {
    const { home, file, keptAs } = finished();
    move(file, keptAs);
    expect(await start(home)).toMatchObject({ isSalvaged: true, kept: ALL });
    expect(readFileSync(`${keptAs}-wal`, 'utf8')).toBe('what was written last');
    expect(existsSync(`${file}.salvaged`)).toBe(false);
    expect(await start(home)).toMatchObject({ isSalvaged: false, kept: ALL });
  });

  it('while the new one is being written: it is thrown away, and made again', async () => {
    const home = copyOf(whole);
    const file = hostPaths(home).journal;
    overwrite(file, rootOf('raw_lines'));
    // Whole, but it does not say of what it was made.
    copyFileSync(hostPaths(whole).journal, `${file}.salvaged`);
    writeFileSync(`${file}.reading`, 'half');
    expect(await start(home)).toMatchObject({ isSalvaged: true, kept: ALL });
    expect(readdirSync(home).filter((name) => /salvaged|reading/.test(name))).toEqual([]);
  });
});

describe('what a killed host has written last', () => {
  /** A home as after kill -9: the last writes stand in the log beside the file. */
  function killed(): string {
    const home = copyOf(whole);
    const file = hostPaths(home).journal;
    const journal = open(home);
    for (const { room } of journal.sessions.sessions()) {
      const tables = journal.room(room);
      tables.saveFence(7);
      tables.saveFence(8);
    }
    const crashed = copyOf(whole);
    for (const suffix of ['', '-wal']) {
      copyFileSync(file + suffix, hostPaths(crashed).journal + suffix);
    }
    journal.close();
    return crashed;
  }

  function fences(home: string): readonly number[] {
    const journal = open(home);
    const found = journal.sessions.sessions().map(({ room }) => journal.room(room).fence());
    journal.close();
    return found;
  }

  it('is there', () => {
    expect(fences(killed())).toEqual([8, 8, 8]);
  });

  it.each([
    ['garbage', (bytes: Buffer) => bytes.fill('garbage ')],
    ['a rotten header', (bytes: Buffer) => bytes.fill(9, 12, 13)],
    ['a rotten page in its middle', (bytes: Buffer) => bytes.fill(0xff, 5000, 5100)],
  ])('%s: nobody goes on in a room that others have seen further', async (_what, spoil) => {
    const home = killed();
    const wal = `${hostPaths(home).journal}-wal`;
    const bytes = readFileSync(wal);
    spoil(bytes);
    writeFileSync(wal, bytes);
    const before = open(home);
    const rooms = before.sessions.sessions().map(({ room }) => room);
    // No term of before: that of the log is lost.
    expect(before.term).toBeGreaterThan(1_700_000_000);
    before.close();
    expect(await start(home)).toMatchObject({ isSalvaged: true, sessions: SESSIONS, kept: ALL });
    const after = open(home);
    expect(after.sessions.sessions().filter(({ room }) => rooms.includes(room))).toEqual([]);
    after.close();
  });

  it('and that was cut in its last transaction by a loss of power is no damage', () => {
    const home = killed();
    const wal = `${hostPaths(home).journal}-wal`;
    const bytes = readFileSync(wal);
    bytes.fill(0xff, bytes.length - PAGE, bytes.length - PAGE + 100);
    writeFileSync(wal, bytes);
    const journal = open(home);
    expect(journal.salvage).toBeUndefined();
    journal.close();
  });

  it('a folder in its place is set aside with the journal', async () => {
    const home = copyOf(whole);
    mkdirSync(`${hostPaths(home).journal}-wal`);
    expect(await start(home)).toMatchObject({ isSalvaged: true, kept: ALL });
    expect(statSync(hostPaths(home).journal).size).toBeGreaterThan(PAGE);
  });
});

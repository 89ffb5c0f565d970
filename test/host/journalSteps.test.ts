// A journal of an older layout is lifted whole or not at all; one of a newer layout is left alone.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { hostPaths } from '../../src/host/find/paths.ts';
import { Journal } from '../../src/host/journal/journal.ts';
import { JOURNAL_LAYOUT } from '../../src/host/journal/journalSchema.ts';
import { JOURNAL_STEPS, type JournalStep } from '../../src/host/journal/journalSteps.ts';
import { isSound } from '../../src/host/journal/logTable.ts';
import { temporaryFolder } from './folders.ts';

/** What was accepted long ago is forgotten at the start: here it is the day on which the old journal was written. */
const CLOCK = { ...systemClock, now: () => 1_795_730_900_000 };
const OLD = join(import.meta.dirname, '../fixtures/journal/journal-0.1.0.sqlite');

/** A home with the journal of 0.1.0. */
function oldHome(): string {
  const home = join(temporaryFolder(), 'home');
  mkdirSync(home, { mode: 0o700 });
  copyFileSync(OLD, hostPaths(home).journal);
  return home;
}

function open(home: string, steps?: readonly JournalStep[]): Journal {
  const paths = hostPaths(home);
  const given = steps === undefined ? {} : { steps };
  return Journal.open({ paths, clock: CLOCK, log: silentLogger, ...given });
}

/** Every row of every table but `meta`, which counts starts. */
function contents(file: string): Readonly<Record<string, unknown>> {
  const database = new DatabaseSync(file, { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const rows = tables.map(({ name }) => [
    name,
    database.prepare(`SELECT * FROM ${String(name)}`).all(),
  ]);
  database.close();
  const { meta: _, ...all } = Object.fromEntries(rows);
  return all;
}

function layoutOf(file: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true });
  const row = database.prepare('PRAGMA user_version').get();
  database.close();
  return row?.['user_version'];
}

const TO_2: JournalStep = {
  to: 2,
  run: (database) => database.exec('ALTER TABLE sessions ADD COLUMN colour TEXT'),
};
const TO_3: JournalStep = {
  to: 3,
  run: (database) => database.exec("UPDATE sessions SET colour = 'blue'"),
};

describe('a journal of 0.1.0', () => {
  it('is opened with its contents whole, and its logs are sound', () => {
    const home = oldHome();
    const before = contents(hostPaths(home).journal);
    expect(Object.values(before).flat()).toHaveLength(63);
    const journal = open(home);
    expect(journal.salvage).toBeUndefined();
    for (const { room } of journal.sessions.sessions()) {
      const records = journal.room(room).readLog(0, 1000);
      expect(records.length).toBeGreaterThan(2);
      expect(records.every((record, at) => isSound(record, records[at - 1]))).toBe(true);
    }
    expect(journal.sessions.sessions().map(({ title }) => title)).toEqual([
      'Another one',
      'Fix the parser',
    ]);
    journal.close();
    expect(contents(hostPaths(home).journal)).toEqual(before);
    expect(layoutOf(hostPaths(home).journal)).toBe(JOURNAL_LAYOUT);
  });

  it('is lifted over every step in order, after a copy that only its owner can read', () => {
    const home = oldHome();
    const file = hostPaths(home).journal;
    const before = contents(file);
    open(home, [TO_2, TO_3]).close();
    expect(layoutOf(file)).toBe(3);
    const { sessions, ...others } = contents(file);
    const { sessions: old, ...same } = before;
    expect(others).toEqual(same);
    // Every row is there, with what the steps have added.
    expect(sessions).toEqual((old as object[]).map((row) => ({ ...row, colour: 'blue' })));
    const copy = `${file}.layout-1`;
    expect(contents(copy)).toEqual(before);
    expect(layoutOf(copy)).toBe(1);
    if (process.platform !== 'win32') expect(statSync(copy).mode & 0o777).toBe(0o600);
    // Only what is missing is done, and only the newest copies are kept.
    open(home, [TO_2, TO_3]).close();
    for (const to of [4, 5, 6]) {
      const run = (): void => undefined;
      open(home, [
        TO_2,
        TO_3,
        ...[4, 5, 6].filter((n) => n <= to).map((n) => ({ to: n, run })),
      ]).close();
    }
    const copies = readdirSync(home).filter((name) => name.includes('.layout-'));
    expect(copies.toSorted()).toEqual(['journal.sqlite.layout-4', 'journal.sqlite.layout-5']);
  });

  it.each([
    ['in the middle', [TO_2, { to: 3, run: () => void JSON.parse('{') }]],
    [
      'of the database',
      [{ to: 2, run: (database: DatabaseSync) => database.exec('DROP TABLE x') }],
    ],
  ])('stays as it was when a step fails: %s', (_where, steps) => {
    const home = oldHome();
    const file = hostPaths(home).journal;
    const before = contents(file);
    expect(() => open(home, steps)).toThrow(/could not be brought from layout 1 to \d/);
    expect(contents(file)).toEqual(before);
    expect(layoutOf(file)).toBe(1);
    // The version before goes on with it.
    const journal = open(home);
    expect(journal.sessions.sessions()).toHaveLength(2);
    journal.close();
  });
});

describe('a journal of a newer layout', () => {
  it('is refused with a clear text, byte by byte as it was', () => {
    const home = oldHome();
    const file = hostPaths(home).journal;
    open(home, [TO_2]).close();
    const before = [readFileSync(file), statSync(file).mtimeMs, readdirSync(home).toSorted()];
    for (let round = 0; round < 2; round += 1) {
      const refused = (): unknown => open(home);
      expect(refused).toThrow(/newer Twinhelm \(layout 2\)\. It was not changed\. Update/);
    }
    const after = [readFileSync(file), statSync(file).mtimeMs, readdirSync(home).toSorted()];
    expect(after).toEqual(before);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it('is refused too while its last writes stand beside it, as after a crash', () => {
    const home = oldHome();
    const file = hostPaths(home).journal;
    const other = new DatabaseSync(file);
    other.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = 7');
    const crashed = join(temporaryFolder(), 'crashed');
    mkdirSync(crashed, { mode: 0o700 });
    for (const suffix of ['', '-wal'])
      copyFileSync(file + suffix, hostPaths(crashed).journal + suffix);
    other.close();
    const rows = contents(file);
    for (let round = 0; round < 2; round += 1) {
      const refused = (): unknown => open(crashed);
      expect(refused).toThrow(expect.objectContaining({ code: 'host-runtime' }));
      expect(refused).toThrow(/newer Twinhelm \(layout 7\)\. It was not changed/);
    }
    expect(contents(hostPaths(crashed).journal)).toEqual(rows);
    expect(layoutOf(hostPaths(crashed).journal)).toBe(7);
  });
});

it('the layout of this build is the last step’s', () => {
  const numbers = JOURNAL_STEPS.map(({ to }) => to);
  expect(numbers).toEqual(numbers.map((_, at) => at + 2));
  expect(numbers.at(-1) ?? 1).toBe(JOURNAL_LAYOUT);
});

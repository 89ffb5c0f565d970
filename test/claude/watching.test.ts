// What watching sessions of terminals costs in looks at files, and that a watch is believed only while it tells.
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Logger } from '../../src/base/log.ts';
import { silentLogger } from '../../src/base/log.ts';
import { FolderWatches } from '../../src/claude/files/folderWatches.ts';
import { FoundSessions } from '../../src/claude/files/foundSessions.ts';
import { Projects } from '../../src/claude/files/projects.ts';
import { Registry } from '../../src/claude/files/registry.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { createFakeClock, type FakeClock } from '../probes/fakeClock.ts';
import { MemoryFiles } from './memoryFiles.ts';

const SESSIONS = 200;
/** Looks at all files while a watch tells: every 5 s. */
const NETS_A_MINUTE = 12;

let files: MemoryFiles;
let clock: FakeClock;
let found: FoundSessions;
let living: Set<number>;
let asked: { life: number; start: number };
let changes: number;
let said: string[];

beforeEach(() => {
  files = new MemoryFiles();
  clock = createFakeClock();
  living = new Set(Array.from({ length: SESSIONS }, (_, at) => at + 1));
  asked = { life: 0, start: 0 };
  changes = 0;
  said = [];
  for (const pid of living) write(pid);
});

function write(pid: number, more: object = {}): void {
  const sessionId = `${String(pid).padStart(8, '0')}-1111-4111-8111-111111111111`;
  const record = { pid, sessionId, cwd: '/p', procStart: '1', status: 'idle', startedAt: 1 };
  files.write(`/c/sessions/${pid}.json`, JSON.stringify({ ...record, ...more }));
}

/** Listens, and gets over the first looks. */
async function start(): Promise<void> {
  const warn = (message: string, fields?: object): void =>
    void said.push(`${message} ${JSON.stringify(fields)}`);
  const log: Logger = { ...silentLogger, warn };
  found = new FoundSessions({
    registry: new Registry({
      configDir: '/c',
      files,
      platform: 'linux',
      processStart: async (pid) => (living.has(pid) ? '1' : undefined),
      isStillRunning: (pid, begun) => {
        asked[begun === undefined ? 'life' : 'start'] += 1;
        return living.has(pid);
      },
    }),
    projects: new Projects('/c', files),
    watches: new FolderWatches({ clock, log, files, open: files.open }),
    ownPids: () => new Set(),
    ownConversations: () => new Set(),
    clock,
  });
  found.onDidChange(() => (changes += 1));
  await waitUntil('the first look', () => changes > 0);
  await pass(1000);
  changes = 0;
  files.take();
  asked = { life: 0, start: 0 };
}

/** Lets time pass in steps of the poll, and what is asked of files be answered. */
async function pass(ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 500) {
    clock.advance(500);
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await turnOfLoop();
}

async function statusOf(pid: number): Promise<string | undefined> {
  return (await found.list()).find((one) => one.pid === pid)?.status;
}

describe('200 sessions that stand still', () => {
  it('cost no read, twelve looks a minute at each file, and signs of life', async () => {
    await start();
    await pass(60_000);
    const { names, facts, text } = files.take();
    expect(text).toBe(0);
    expect(facts).toBeLessThanOrEqual(NETS_A_MINUTE * (SESSIONS + 5));
    expect(facts).toBeGreaterThanOrEqual((NETS_A_MINUTE - 1) * SESSIONS);
    expect(names).toBeLessThanOrEqual(NETS_A_MINUTE * 3);
    // Each process twice a second, and once in two seconds which one it is.
    expect(asked.life + asked.start).toBe(120 * SESSIONS);
    expect(asked.start).toBe(30 * SESSIONS);
    expect([changes, said]).toEqual([0, []]);
    found.dispose();
  });

  it('of which one changes cost the read of that one, at once', async () => {
    await start();
    write(7, { status: 'busy' });
    await waitUntil('it is told', () => changes === 1);
    expect(files.take()).toMatchObject({ text: 1 });
    expect(await statusOf(7)).toBe('working');
    await pass(4000);
    // A second list reads no file, and looks at no other session's.
    files.take();
    await found.list();
    expect(files.take()).toMatchObject({ text: 0, names: 1 });
    found.dispose();
  });
});

describe('what is told', () => {
  it('a session that comes, goes, or is killed: by no more than one poll', async () => {
    await start();
    living.add(900);
    write(900, { status: 'waiting' });
    await waitUntil('it has come', () => changes === 1);
    expect(await statusOf(900)).toBe('waiting');
    files.remove('/c/sessions/900.json');
    await waitUntil('it has gone', () => changes === 2);
    expect(await statusOf(900)).toBeUndefined();
    living.delete(5);
    await pass(500);
    expect(changes).toBe(3);
    expect(await statusOf(5)).toBeUndefined();
    found.dispose();
  });

  it('also what a list has seen before the watch told it', async () => {
    await start();
    files.isDeaf = true;
    living.add(900);
    write(900);
    // A new file is seen by its name, whoever tells.
    expect(await statusOf(900)).toBe('idle');
    await pass(500);
    expect(changes).toBe(1);
    found.dispose();
  });

  it('a file that is written twice within the grain of its time', async () => {
    await start();
    const registry = new Registry({ configDir: '/c', files });
    write(7);
    const path = '/c/sessions/7.json';
    const fresh = { ...(await files.facts(path)), mtimeMs: Date.now() };
    files.facts = async () => fresh as Awaited<ReturnType<MemoryFiles['facts']>>; // the same facts for ever
    expect(await registry.record(7)).toMatchObject({ status: 'idle' });
    write(7, { status: 'busy' });
    expect(await registry.record(7)).toMatchObject({ status: 'busy' });
    found.dispose();
  });

  it('two hundred changes at once, and a watch that told them is not doubted', async () => {
    await start();
    for (let round = 0; round < 20; round += 1) {
      for (const pid of living) write(pid, { status: round % 2 === 0 ? 'busy' : 'idle' });
      await pass(500);
    }
    await pass(10_000);
    expect(said).toEqual([]);
    files.take();
    await pass(5000);
    expect(files.take().facts).toBeLessThanOrEqual(SESSIONS + 5);
    found.dispose();
  });
});

describe('a watch', () => {
  it('that tells of a file just before it is looked at anyway is not doubted', async () => {
    await start();
    files.onLook = (path) => {
      files.onLook = () => undefined;
      if (path.endsWith('sessions')) files.onLook = () => changeOne();
    };
    const changeOne = (): void => {
      files.onLook = () => undefined;
      write(7, { status: 'busy' });
    };
    await pass(10_000);
    expect(await statusOf(7)).toBe('working');
    expect([changes, said]).toEqual([1, []]);
    found.dispose();
  });
});

describe('where no watch is to be had', () => {
  it.each(['ENOSPC', 'EMFILE'])('%s: the clock does it, and the log says so once', async (code) => {
    files.refusal = code;
    await start();
    expect(said).toEqual([expect.stringMatching(new RegExp(`looked at by the clock.*${code}`))]);
    write(7, { status: 'busy' });
    await pass(500);
    expect(changes).toBe(1);
    expect(await statusOf(7)).toBe('working');
    await pass(60_000);
    expect(said).toHaveLength(1);
    found.dispose();
  });

  it('it is tried again, and believed once it can be had', async () => {
    files.refusal = 'ENOSPC';
    await start();
    files.refusal = undefined;
    await pass(10_000);
    files.take();
    await pass(60_000);
    expect(files.take().facts).toBeLessThanOrEqual(NETS_A_MINUTE * (SESSIONS + 5));
    found.dispose();
  });

  it('one that tells nothing is found out by the first change, within 5 s, and believed no more', async () => {
    await start();
    files.isDeaf = true;
    write(7, { status: 'busy' });
    await pass(5000);
    expect(changes).toBe(1);
    expect(await statusOf(7)).toBe('working');
    await pass(1500);
    expect(said).toEqual([expect.stringContaining('tells nothing')]);
    changes = 0;
    write(7, { status: 'waiting' });
    await pass(500);
    expect(changes).toBe(1);
    expect(await statusOf(7)).toBe('waiting');
    found.dispose();
  });
});

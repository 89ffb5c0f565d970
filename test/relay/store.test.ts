// The stores: the contract for all, and what only the durable one promises.
import { fork } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { isAppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { storeProblem } from '../../src/relay/stores/sqliteDatabase.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { type SqliteStoreOptions, openSqliteStore } from '../../src/relay/stores/sqliteStore.ts';
import type { RoomStore } from '../../src/relay/stores/roomStore.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { spawnGroup } from '../../tools/run/processes.ts';
import { bundleProgram } from '../../tools/run/programBundle.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { storeContract } from './storeContract.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function openFile(
  file: string,
  clock = systemClock,
  more: Partial<SqliteStoreOptions> = {},
): Promise<RoomStore> {
  const store = await openSqliteStore({ file, clock, log: silentLogger, ...more });
  onTestFinished(() => store.close());
  return store;
}

function put(file: string, at: number, ...bytes: number[]): void {
  const all = readFileSync(file);
  all.set(bytes, at);
  writeFileSync(file, all);
}

storeContract('memory', async () => createMemoryStore());
storeContract('SQLite', () => openFile(join(temporaryFolder(), 'relay.db')));

for (const [name, open] of Object.entries({
  memory: async (options: { clock: Clock; maxBytes: number }) => createMemoryStore(options),
  SQLite: (options: { clock: Clock; maxBytes: number }) =>
    openFile(join(temporaryFolder(), 'relay.db'), options.clock, options),
})) {
  it(`a ${name} store that is too large forgets what was not used for longest`, async () => {
    const clock = createFakeClock();
    const store = await open({ clock, maxBytes: 500_000 });
    const data = new Uint8Array(100_000);
    for (const room of ['a', 'b', 'c', 'd', 'e', 'f']) {
      store.append(room, data);
      await store.flush();
      clock.advance(2 * 3_600_000);
    }
    // Reading is use, too.
    await store.load('a');
    const pruned = await store.prune(new Set(['b']), 0);
    expect(pruned).toBeGreaterThan(0);
    const left = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map(async (room) => (await store.load(room)).length),
    );
    expect(left.slice(0, 3)).toEqual([1, 1, 0]);
    expect(left.at(-1)).toBe(1);
    expect(await store.prune(new Set(), 0)).toBe(0);
  });
}

describe('a disk that is full', () => {
  it('[Y13] loses no claim and no update while the relay lives, and gets them when there is space', async () => {
    const file = join(temporaryFolder(), 'relay.db');
    const store = await openFile(file, systemClock, { maxBytes: 100_000 });
    const first = { term: 1, boot: 'a', rev: 1, tokens: [] };
    await store.compareAndSetClaim('r', undefined, first);
    store.append('unused', new Uint8Array(120_000));
    await store.flush();
    for (let i = 0; i < 4; i += 1) store.append('r', new Uint8Array(20_000));
    await expect(store.flush()).rejects.toThrow('full');
    const second = { ...first, rev: 2, boot: 'b'.repeat(80_000) };
    const refused = store.compareAndSetClaim('r', first, second);
    await expect(refused).rejects.toThrow('cannot write to its disk');
    expect([(await store.load('r')).length, await store.loadClaim('r')]).toEqual([4, second]);
    expect(await store.prune(new Set(), 0)).toBe(1);
    await store.close();
    const again = await openFile(file);
    expect([(await again.load('r')).length, await again.loadClaim('r')]).toEqual([4, second]);
  });
});

describe('the SQLite store', () => {
  it('has everything again after it was closed and opened', async () => {
    const file = join(temporaryFolder(), 'deep/er/relay.db');
    const store = await openFile(file);
    store.append('a', utf8Bytes('1'));
    const claim = { term: 1, boot: 'a', rev: 1, tokens: [] };
    await store.compareAndSetClaim('r', undefined, claim);
    await store.close();
    const again = await openFile(file);
    expect((await again.load('a')).map((update) => utf8Text(update))).toEqual(['1']);
    expect(await again.loadClaim('r')).toEqual(claim);
  });

  it('is readable by its owner only', async () => {
    const file = join(temporaryFolder(), 'relay.db');
    await openFile(file);
    // Windows has no such bits; there the user's profile folder protects the file.
    const others = process.platform === 'win32' ? 0 : 0o077;
    expect([file, `${file}-wal`].map((each) => statSync(each).mode & others)).toEqual([0, 0]);
  });

  it('commits a group after 10 ms, not each update', async () => {
    const file = join(temporaryFolder(), 'relay.db');
    const clock = createFakeClock();
    const store = await openFile(file, clock);
    const before = statSync(`${file}-wal`).size;
    store.append('a', utf8Bytes('1'));
    store.append('a', utf8Bytes('2'));
    expect(clock.timers).toBe(1);
    clock.advance(9);
    expect(statSync(`${file}-wal`).size).toBe(before);
    clock.advance(1);
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(before);
    expect(clock.timers).toBe(0);
  });

  it('refuses a second process by name while the first has it', async () => {
    const file = join(temporaryFolder(), 'relay.db');
    await openFile(file);
    const second = openSqliteStore({ file, clock: systemClock, log: silentLogger });
    await expect(second).rejects.toSatisfy((error) => isAppError(error, 'journal-locked'));
  });

  it('says that a damaged file cannot be opened and leaves it', async () => {
    const file = join(temporaryFolder(), 'relay.db');
    writeFileSync(file, 'this is no database, but long enough to look at '.repeat(200));
    const opening = openSqliteStore({ file, clock: systemClock, log: silentLogger });
    await expect(opening).rejects.toSatisfy((error) => isAppError(error, 'journal-damaged'));
    expect(statSync(file).size).toBe(9600);
  });

  it.skipIf(process.platform === 'win32')(
    'on a full disk is said and kept: the relay does not begin anew',
    async () => {
      const folder = temporaryFolder();
      const file = join(folder, 'relay.db');
      const store = await openFile(file);
      store.append('a', utf8Bytes('1'));
      await store.close();
      const program = await bundleProgram(new URL('./relayProcess.ts', import.meta.url));
      // No file may grow: what a full disk does.
      const script = 'ulimit -f 0 && exec "$0" "$1" --json --port 0 --data "$2"';
      const relay = spawnGroup('sh', ['-c', script, process.execPath, program, folder]);
      const line = await relay.line((said) => said);
      await relay.end('SIGKILL');
      expect(JSON.parse(line)).toMatchObject({ ready: false, code: 'journal-locked' });
      expect(line).toMatch(/cannot be (opened or )?written: .*left as it is/);
      expect(readdirSync(folder).filter((name) => name.includes('damaged'))).toEqual([]);
      const again = await openFile(file);
      expect(await again.load('a')).toHaveLength(1);
    },
  );

  it.each([
    ['no room', { errcode: 13 }, 'journal-locked', /the disk is full/],
    ['no room for a file', { code: 'ENOSPC' }, 'journal-locked', /the disk is full/],
    ['an error of the disk', { errcode: 778 }, 'journal-locked', /left as it is/],
    ['no right', { code: 'EACCES' }, 'journal-locked', /who may write/],
    ['no right to write', { errcode: 8 }, 'journal-locked', /who may write/],
    ['another that has it', { errcode: 5 }, 'journal-locked', /in use by another/],
    ['a malformed page', { errcode: 11 }, 'journal-damaged', /left as it is/],
    ['no database', { errcode: 26 }, 'journal-damaged', /left as it is/],
    ['a folder in its place', { code: 'EISDIR' }, 'journal-damaged', /left as it is/],
  ])('with %s is damaged only if it is', (_what, error, code, text) => {
    const problem = storeProblem('relay.db', Object.assign(new Error('it'), error));
    expect(problem.code).toBe(code);
    expect(problem.message).toMatch(text);
  });

  it.each([
    ['a version to write that is none', (file: string) => put(file, 18, 9)],
    ['a folder in the place of its log', (file: string) => mkdirSync(`${file}-wal`)],
    ['a page of something else', (file: string) => put(file, 4096, ...Buffer.alloc(4096, 0xff))],
  ])('with %s is damaged', async (_what, spoil) => {
    const file = join(temporaryFolder(), 'relay.db');
    await (await openFile(file)).close();
    spoil(file);
    const opening = openSqliteStore({ file, clock: systemClock, log: silentLogger });
    await expect(opening).rejects.toSatisfy((error) => isAppError(error, 'journal-damaged'));
  });

  it('takes a claim that is none any more for none', async () => {
    const file = join(temporaryFolder(), 'relay.db');
    const store = await openFile(file);
    const claim = { term: 1, boot: 'a', rev: 1, tokens: [] };
    await store.compareAndSetClaim('r', undefined, claim);
    await store.close();
    const database = new DatabaseSync(file);
    database.exec("UPDATE claims SET claim = '{' || claim");
    database.close();
    const again = await openFile(file);
    expect(await again.loadClaim('r')).toBeUndefined();
    expect(await again.compareAndSetClaim('r', undefined, claim)).toBe(true);
    expect(await again.loadClaim('r')).toEqual(claim);
  });

  it('loses nothing flushed, and opens, after kill -9 at any moment', async () => {
    const file = join(temporaryFolder(), 'relay.db');
    const program = await bundleProgram(new URL('./storeWriter.ts', import.meta.url));
    for (let round = 0; round < 4; round += 1) {
      const child = fork(program, [file], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      let flushed = -1;
      // The child sends numbers only.
      child.on('message', (message) => (flushed = message as number));
      const exited = new Promise((resolve) => child.once('exit', resolve));
      const target = 200 + round * 137;
      await waitUntil('enough is flushed', () => flushed > target);
      child.kill('SIGKILL');
      await exited;
      const store = await openFile(file);
      const numbers = (await store.load('a')).map((update) => Number(utf8Text(update)));
      expect(numbers).toEqual(numbers.map((_, index) => index));
      expect(numbers.length).toBeGreaterThan(flushed);
      await store.close();
    }
  });
});

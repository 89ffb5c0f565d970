// The stores: the contract for all, and what only the durable one promises.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { isAppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { type SqliteStoreOptions, openSqliteStore } from '../../src/relay/stores/sqliteStore.ts';
import type { RoomStore } from '../../src/relay/stores/roomStore.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
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

// What a window keeps: drafts, secret lists, its identity, memories of rooms.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Drafts } from '../../src/client/prompts/drafts.ts';
import { identitySecret, IdentityStore } from '../../src/client/rooms/identityStore.ts';
import { joinedSessions } from '../../src/client/rooms/joinedSessions.ts';
import { RoomMemories, roomMemoryRecord } from '../../src/client/rooms/roomMemories.ts';
import type { KeyValueStorage, SecretStorage } from '../../src/client/storage.ts';
import { createIdentity, exportIdentity } from '../../src/crypto/identity.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { MemoryStorage, MemorySecrets } from './samples.ts';

describe('drafts', () => {
  test('each session has its own, and the oldest of more than 50 goes', () => {
    let now = 0;
    const drafts = new Drafts({ storage: new MemoryStorage(), now: () => (now += 1) });
    for (let i = 0; i < 60; i += 1) drafts.set({ kind: 'own', session: `${i}` }, `text ${i}`);
    expect(drafts.get({ kind: 'own', session: '59' })).toBe('text 59');
    expect(drafts.get({ kind: 'own', session: '10' })).toBe('text 10');
    expect(drafts.get({ kind: 'own', session: '9' })).toBe('');
  });

  test('an emptied draft leaves nothing behind', () => {
    const storage = new MemoryStorage();
    const drafts = new Drafts({ storage, now: () => 0 });
    drafts.set({ kind: 'joined', room: 'r' }, 'x');
    drafts.set({ kind: 'joined', room: 'r' }, '');
    expect(storage.keys()).toEqual([]);
  });
});

describe('joined sessions', () => {
  const item = (room: string) => ({
    room,
    link: `link ${room}`,
    title: '',
    computer: '',
    joinedAt: 0,
  });

  test('another window sees what this one joined and left', async () => {
    const secrets = new MemorySecrets();
    const one = joinedSessions(secrets, silentLogger);
    const two = joinedSessions(secrets, silentLogger);
    await one.put(item('a'), ({ room }) => room === 'a');
    await one.put(item('b'), ({ room }) => room === 'b');
    await waitUntil('both seen', () => two.items.length === 2);
    expect(two.items.map(({ room }) => room)).toEqual(['b', 'a']);
    await two.remove(({ room }) => room === 'b');
    await waitUntil('gone', () => one.items.length === 1);
  });

  test('what is put before the list was read does not take the place of what is stored', async () => {
    const secrets = new MemorySecrets();
    await joinedSessions(secrets, silentLogger).put(item('a'), () => false);
    const list = joinedSessions(secrets, silentLogger);
    expect(list.isLoaded).toBe(false);
    await list.put(item('b'), () => false);
    const later = joinedSessions(secrets, silentLogger);
    await later.load();
    expect(later.items.map(({ room }) => room)).toEqual(['b', 'a']);
  });

  test('two windows that join at the same time keep both sessions', async () => {
    const secrets = new MemorySecrets();
    const one = joinedSessions(secrets, silentLogger);
    const two = joinedSessions(secrets, silentLogger);
    await Promise.all([one.load(), two.load()]);
    await one.put(item('a'), () => false);
    // The other window has not heard of it yet.
    await Promise.all([two.put(item('b'), () => false), one.remove(({ room }) => room === 'c')]);
    await waitUntil('both have both', () => one.items.length === 2 && two.items.length === 2);
  });

  test('a storage that cannot be read is not overwritten', async () => {
    const secrets = new MemorySecrets();
    await joinedSessions(secrets, silentLogger).put(item('a'), () => false);
    const list = joinedSessions(secrets, silentLogger);
    const get = secrets.get.bind(secrets);
    secrets.get = () => Promise.reject(new Error('locked'));
    await list.load();
    expect(list.isLoaded).toBe(true);
    await list.put(item('b'), () => false);
    expect(list.items.map(({ room }) => room)).toEqual(['b']);
    secrets.get = get;
    const later = joinedSessions(secrets, silentLogger);
    await later.load();
    expect(later.items.map(({ room }) => room)).toEqual(['a']);
  });

  test('what was put or removed meanwhile is not undone by a read that began before', async () => {
    const secrets = new MemorySecrets();
    const list = joinedSessions(secrets, silentLogger);
    await list.put(item('a'), () => false);
    const reads: (() => void)[] = [];
    const get = secrets.get.bind(secrets);
    secrets.get = async (key) => {
      const text = await get(key);
      await new Promise<void>((resolve) => reads.push(resolve));
      return text;
    };
    const loading = list.load();
    await waitUntil('the read has begun', () => reads.length > 0);
    const removing = list.remove(() => true);
    secrets.get = get;
    for (const resume of reads) resume();
    await loading;
    expect(list.items).toEqual([]);
    await removing;
    expect(list.items).toEqual([]);
  });

  test('a garbled store is an empty list, a garbled item is left out', async () => {
    const secrets = new MemorySecrets();
    const list = joinedSessions(secrets, silentLogger);
    secrets.values.set('joined', '{nonsense');
    await list.load();
    expect(list.items).toEqual([]);
    secrets.values.set('joined', JSON.stringify([{ room: 1 }, item('a')]));
    await list.load();
    expect(list.items).toMatchObject([{ room: 'a' }]);
  });
});

describe('identity', () => {
  const troubles: string[] = [];
  beforeEach(() => void troubles.splice(0));
  const identityIn = (secrets: SecretStorage): IdentityStore =>
    new IdentityStore({
      storage: identitySecret(secrets),
      onTrouble: ({ kind }) => troubles.push(kind),
    });

  test('every window of a device has the same, also after a restart', async () => {
    const secrets = new MemorySecrets();
    const [one, two] = await Promise.all([identityIn(secrets).get(), identityIn(secrets).get()]);
    const later = await identityIn(secrets).get();
    expect([one.member, two.member]).toContain(later.member);
  });

  test('of two that are made at the same time both windows take the one that stayed', async () => {
    const other = await createIdentity();
    const kept = await exportIdentity(other);
    const store = new IdentityStore({
      storage: { read: () => Promise.resolve(undefined), keep: () => Promise.resolve(kept) },
      onTrouble: ({ kind }) => troubles.push(kind),
    });
    expect((await store.get()).member).toBe(other.member);
    expect(troubles).toEqual([]);
  });

  test('an identity that cannot be read now is still there later', async () => {
    const secrets = new MemorySecrets();
    const first = await identityIn(secrets).get();
    const get = secrets.get.bind(secrets);
    secrets.get = () => Promise.reject(new Error('locked'));
    const without = await identityIn(secrets).get();
    expect(without.member).not.toBe(first.member);
    expect(troubles).toEqual(['unreadable']);
    secrets.get = get;
    const later = await identityIn(secrets).get();
    expect(later.member).toBe(first.member);
  });

  test('a storage that fails gives an identity for this window', async () => {
    const secrets = new MemorySecrets();
    secrets.get = () => Promise.reject(new Error('locked'));
    secrets.store = () => Promise.reject(new Error('locked'));
    const store = identityIn(secrets);
    expect(await store.get()).toBe(await store.get());
  });

  test('a damaged one is replaced, and one that cannot be kept lasts as long as its window', async () => {
    const secrets = new MemorySecrets();
    secrets.values.set('identity', '1:garbled');
    const made = await identityIn(secrets).get();
    expect((await identityIn(secrets).get()).member).toBe(made.member);
    secrets.values.clear();
    secrets.store = () => Promise.reject(new Error('locked'));
    const store = identityIn(secrets);
    expect(await store.get()).toBe(await store.get());
    expect(troubles).toEqual(['damaged', 'not-kept']);
  });

  test('where trouble is thrown, there is no identity and nothing is replaced', async () => {
    const secrets = new MemorySecrets();
    secrets.values.set('identity', '1:garbled');
    const store = new IdentityStore({
      storage: identitySecret(secrets),
      onTrouble: () => {
        throw new Error('damaged');
      },
    });
    await expect(store.get()).rejects.toThrow('damaged');
    expect(secrets.values.get('identity')).toBe('1:garbled');
  });
});

describe('room memory', () => {
  const memory = (rev: number, term = 1) => ({ term, rev, index: rev, hash: 'h' });
  const memoriesIn = (storage: KeyValueStorage, clock: Clock = createFakeClock()): RoomMemories =>
    new RoomMemories({ storage: roomMemoryRecord(storage), clock });

  test('[P1] what was seen is known after a restart, and a newer picture of another window stays', async () => {
    const storage = new MemoryStorage();
    const one = memoriesIn(storage);
    const two = memoriesIn(storage);
    one.save('r', memory(5));
    two.save('r', memory(9));
    await two.close();
    await one.close();
    const later = memoriesIn(storage);
    expect(later.load('r')).toEqual(memory(9));
    expect(later.load('unknown')).toBeUndefined();
  });

  test('it is written while it goes on, not only at the end', () => {
    const storage = new MemoryStorage();
    const clock = createFakeClock();
    const memories = memoriesIn(storage, clock);
    memories.save('r', memory(5));
    expect(memories.load('r')).toEqual(memory(5));
    expect(memoriesIn(storage).load('r')).toBeUndefined();
    clock.advance(5_000);
    expect(memoriesIn(storage).load('r')).toEqual(memory(5));
  });

  test('of more than 200 rooms those that were not seen for longest are forgotten', async () => {
    const storage = new MemoryStorage();
    const first = memoriesIn(storage);
    for (let i = 0; i < 150; i += 1) first.save(`room${i}`, memory(i));
    first.save('room0', memory(500));
    await first.close();
    const second = memoriesIn(storage);
    for (let i = 150; i < 201; i += 1) second.save(`room${i}`, memory(i));
    await second.close();
    const later = memoriesIn(storage);
    expect([later.load('room0'), later.load('room1')]).toEqual([memory(500), undefined]);
    expect(later.load('room200')).toEqual(memory(200));
  });

  test('a garbled store counts as empty', () => {
    const storage = new MemoryStorage();
    storage.values.set('rooms', { r: { term: 'one' } });
    expect(memoriesIn(storage).load('r')).toBeUndefined();
  });
});

// What the editor keeps: drafts, secret lists, memories of rooms.
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { Drafts } from '../../src/client/prompts/drafts.ts';
import { IdentityStore } from '../../src/client/rooms/identityStore.ts';
import { joinedSessions } from '../../src/client/rooms/joinedSessions.ts';
import { StoredRoomMemory } from '../../src/client/rooms/storedRoomMemory.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../probes/waitUntil.ts';
import { FakeMemento, FakeSecrets } from './samples.ts';

describe('drafts', () => {
  test('each session has its own, and the oldest of more than 50 goes', () => {
    let now = 0;
    const drafts = new Drafts({ memento: new FakeMemento(), now: () => (now += 1) });
    for (let i = 0; i < 60; i += 1) drafts.set({ kind: 'own', session: `${i}` }, `text ${i}`);
    expect(drafts.get({ kind: 'own', session: '59' })).toBe('text 59');
    expect(drafts.get({ kind: 'own', session: '10' })).toBe('text 10');
    expect(drafts.get({ kind: 'own', session: '9' })).toBe('');
  });

  test('an emptied draft leaves nothing behind', () => {
    const memento = new FakeMemento();
    const drafts = new Drafts({ memento, now: () => 0 });
    drafts.set({ kind: 'joined', room: 'r' }, 'x');
    drafts.set({ kind: 'joined', room: 'r' }, '');
    expect(memento.keys()).toEqual([]);
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
    const secrets = new FakeSecrets();
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
    const secrets = new FakeSecrets();
    await joinedSessions(secrets, silentLogger).put(item('a'), () => false);
    const list = joinedSessions(secrets, silentLogger);
    expect(list.isLoaded).toBe(false);
    await list.put(item('b'), () => false);
    const later = joinedSessions(secrets, silentLogger);
    await later.load();
    expect(later.items.map(({ room }) => room)).toEqual(['b', 'a']);
  });

  test('two windows that join at the same time keep both sessions', async () => {
    const secrets = new FakeSecrets();
    const one = joinedSessions(secrets, silentLogger);
    const two = joinedSessions(secrets, silentLogger);
    await Promise.all([one.load(), two.load()]);
    await one.put(item('a'), () => false);
    // The other window has not heard of it yet.
    await Promise.all([two.put(item('b'), () => false), one.remove(({ room }) => room === 'c')]);
    await waitUntil('both have both', () => one.items.length === 2 && two.items.length === 2);
  });

  test('a storage that cannot be read is not overwritten', async () => {
    const secrets = new FakeSecrets();
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
    const secrets = new FakeSecrets();
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
    const secrets = new FakeSecrets();
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
  test('every window of a device has the same, also after a restart', async () => {
    const secrets = new FakeSecrets();
    const [one, two] = await Promise.all([
      new IdentityStore({ secrets, log: silentLogger }).get(),
      new IdentityStore({ secrets, log: silentLogger }).get(),
    ]);
    const later = await new IdentityStore({ secrets, log: silentLogger }).get();
    expect([one.member, two.member]).toContain(later.member);
  });

  test('an identity that cannot be read now is still there later', async () => {
    const secrets = new FakeSecrets();
    const first = await new IdentityStore({ secrets, log: silentLogger }).get();
    const get = secrets.get.bind(secrets);
    secrets.get = () => Promise.reject(new Error('locked'));
    const without = await new IdentityStore({ secrets, log: silentLogger }).get();
    expect(without.member).not.toBe(first.member);
    secrets.get = get;
    const later = await new IdentityStore({ secrets, log: silentLogger }).get();
    expect(later.member).toBe(first.member);
  });

  test('a storage that fails gives an identity for this window', async () => {
    const secrets = new FakeSecrets();
    secrets.get = () => Promise.reject(new Error('locked'));
    secrets.store = () => Promise.reject(new Error('locked'));
    const store = new IdentityStore({ secrets, log: silentLogger });
    expect(await store.get()).toBe(await store.get());
  });
});

describe('room memory', () => {
  const memory = (rev: number, term = 1) => ({ term, rev, index: rev, hash: 'h' });

  test('what was seen is known after a restart, and a newer picture of another window stays', async () => {
    const memento = new FakeMemento();
    const clock = createFakeClock();
    const one = new StoredRoomMemory({ memento, clock });
    const two = new StoredRoomMemory({ memento, clock });
    one.save('r', memory(5));
    two.save('r', memory(9));
    await two.close();
    await one.close();
    const later = new StoredRoomMemory({ memento, clock });
    expect(later.load('r')).toEqual(memory(9));
    expect(later.load('unknown')).toBeUndefined();
  });
});

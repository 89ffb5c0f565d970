// What a replica shows, and which alarms it raises, while the document moves under it.
import { expect, test } from 'vitest';
import { randomBytes, textHash } from '../../src/crypto/keys.ts';
import { makeReplicaRig } from './replicaRig.ts';
import { tomorrow } from '../protocol/tomorrow.ts';

const AUTHOR = { member: 'ada', name: 'Ada' };
const QUEUED = { text: 'next', author: AUTHOR, since: 5 };
const PENDING = { index: 0, request: 'permission', tool: 'Bash', since: 5 };

const indexes = (replica: { entries: readonly { index: number }[] }): number[] =>
  replica.entries.map(({ index }) => index);

test('[H1] [L1] a page of history that arrives after the tail has moved on is no fork', async () => {
  const { replica, doc, tail, log, make, write } = await makeReplicaRig();
  await make(10);
  await write(log.slice(8));
  expect(indexes(replica)).toEqual([8, 9]);
  // Asked for what is before 8; meanwhile this device has slept, and the tail begins at 20.
  const page = log.slice(4, 8).map(({ text }) => text);
  await make(12);
  tail.rebuild([], []);
  await write(log.slice(20));
  expect(indexes(replica)).toEqual([20, 21]);
  expect(await replica.insertOlder(page)).toBe(true);
  expect(replica.alarms).toEqual([]);
  expect(await replica.insertOlder(log.slice(10, 20).map(({ text }) => text))).toBe(true);
  expect(replica.entries[0]?.index).toBe(10);
  doc.destroy();
});

test('[O10] text that a host streamed before it died stays, broken off at its place, until the whole comes', async () => {
  const { replica, changes, restart, stream, make, makeOf, write } = await makeReplicaRig();
  await write(await make(2));
  await stream('answer', 0, 'Hel');
  expect(replica.live).toMatchObject([{ text: 'Hel' }]);
  expect(replica.live[0]).not.toHaveProperty('brokenAt');
  changes.length = 0;
  await restart();
  expect(replica.live).toMatchObject([{ messageId: 'answer', text: 'Hel', brokenAt: 2 }]);
  expect(changes).toContain('live');
  // Entries of others take nothing away, nor do the next host's own texts.
  await write(await make(1));
  await stream('next', 0, 'more');
  expect(replica.live.map(({ text }) => text)).toEqual(['Hel', 'more']);
  changes.length = 0;
  const seen: string[] = [];
  replica.onDidChange(() => {
    const isWhole = replica.entries.some(({ entry }) => entry.id === 'whole');
    seen.push(`${isWhole} ${replica.live.map(({ text }) => text).join()}`);
  });
  await write(await makeText('whole', 'answer', 'Hello'));
  expect(replica.live.map(({ text }) => text)).toEqual(['more']);
  expect(seen).toEqual(['true more']);

  function makeText(id: string, messageId: string, text: string) {
    return makeOf([{ kind: 'text', id, at: 1, messageId, text }]);
  }
});

test('[O10] text that streams anew is not shown as broken off beside it', async () => {
  const { replica, restart, stream } = await makeReplicaRig();
  await stream('m', 0, 'Hel');
  await restart();
  await stream('m', 0, 'Hello');
  expect(replica.live.map(({ text, brokenAt }) => [text, brokenAt])).toEqual([
    ['Hello', undefined],
  ]);
  await restart();
  await restart();
  expect(replica.live).toMatchObject([{ text: 'Hello', brokenAt: 0 }]);
});

test('[D1] whoever looks while a step is read finds a text once: streaming, or as its entry', async () => {
  const { replica, make, stream, supersede } = await makeReplicaRig();
  await stream('m', 0, 'text');
  const [record] = await make(1);
  if (!record) throw new Error('no record');
  const seen = new Set<string>();
  const look = (): void => {
    const live = replica.live.map(({ messageId }) => messageId);
    seen.add(`live ${live.join(' ')}, entries ${indexes(replica).join(' ')}`);
  };
  const decrypt = globalThis.crypto.subtle.decrypt.bind(globalThis.crypto.subtle);
  globalThis.crypto.subtle.decrypt = async (algorithm, key, data) => {
    look();
    return decrypt(algorithm, key, data);
  };
  try {
    await supersede(record, 'm', 'next');
  } finally {
    Reflect.deleteProperty(globalThis.crypto.subtle, 'decrypt');
  }
  look();
  expect([...seen]).toEqual(['live m, entries ', 'live next, entries 0']);
});

test('[L1] a beat that names another history is an alarm that is told at once', async () => {
  const { replica, changes, make, write, beat } = await makeReplicaRig();
  await write(await make(3));
  await beat();
  expect(replica.alarms).toEqual([]);
  changes.length = 0;
  await beat({ index: 1, hash: await textHash('another') });
  expect(replica.alarms.map(({ kind }) => kind)).toEqual(['fork']);
  expect(changes).toEqual(['alarms']);
});

test('[P3] a beat is heard once, however often it is played, and each host counts its own', async () => {
  const { replica, restart, write, make, beat, sealBeat } = await makeReplicaRig();
  await write(await make(1));
  expect(await beat()).toBeDefined();
  const last = await sealBeat();
  expect(await replica.acceptBeat(last)).toBeDefined();
  expect(await replica.acceptBeat(last)).toBeUndefined();
  for (let n = 0; n < 20; n += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await beat()).toBeDefined();
  }
  // The next host has sealed less than the one before.
  await restart();
  expect(await beat()).toBeDefined();
  expect(await replica.acceptBeat(last)).toBeUndefined();
});

test('entries of an epoch whose secret is not known yet are shown when it comes', async () => {
  const { replica, make, write, nextEpoch } = await makeReplicaRig();
  await write(await make(1));
  const { tell } = nextEpoch();
  await write(await make(2));
  expect(indexes(replica)).toEqual([0]);
  tell();
  replica.refresh();
  await replica.settled();
  expect(indexes(replica)).toEqual([0, 1, 2]);
});

test('a replica does not read the whole tail again for each piece of streamed text', async () => {
  const { replica, make, write, stream } = await makeReplicaRig();
  await write(await make(400, 'x'.repeat(300)));
  const digest = globalThis.crypto.subtle.digest.bind(globalThis.crypto.subtle);
  let hashed = 0;
  globalThis.crypto.subtle.digest = async (algorithm, data) => {
    hashed += 1;
    return digest(algorithm, data);
  };
  try {
    for (let n = 0; n < 20; n += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one piece after the other, as it streams
      await stream('m', n, randomBytes(4).join(' '));
    }
  } finally {
    Reflect.deleteProperty(globalThis.crypto.subtle, 'digest');
  }
  expect(replica.entries).toHaveLength(400);
  expect(replica.live[0]?.text.length).toBeGreaterThan(20);
  expect(hashed).toBeLessThan(20);
});

test('[D1] a prompt that has begun and a request that was decided wait no more, however old the state', async () => {
  const { replica, changes, makeOf, write, publish } = await makeReplicaRig();
  const state = {
    ...tomorrow.state,
    asOf: { index: 0, hash: 'h' },
    queue: ['p1', 'p2'].map((promptId) => ({ ...QUEUED, promptId })),
    pending: ['r1', 'r2'].map((requestId) => ({ ...PENDING, requestId })),
  };
  const waiting = (): readonly string[] => {
    if (replica.state?.kind !== 'session') return [];
    const { queue, pending } = replica.state;
    return [...queue.map((one) => one.promptId), ...pending.map((one) => one.requestId)];
  };
  await write(
    await makeOf([
      { kind: 'prompt', id: 'p2', at: 1, promptId: 'p2', text: 'before', origin: 'person' },
      { kind: 'prompt', id: 'p1', at: 1, promptId: 'p1', text: 'go', origin: 'person' },
    ]),
  );
  await publish(state);
  expect(waiting()).toEqual(['p2', 'r1', 'r2']);
  changes.length = 0;
  await write(
    await makeOf([{ kind: 'decision', id: 'd', at: 1, requestId: 'r1', outcome: 'allowed' }]),
  );
  expect(waiting()).toEqual(['p2', 'r2']);
  expect(changes).toContain('state');
});

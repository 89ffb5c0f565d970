// Signs of life are no picture: a relay that passes beats and holds back, alters or delays the rest is seen.
import { createDecoder, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding';
import {
  createEncoder,
  toUint8Array,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding';
import { afterEach, expect, test } from 'vitest';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import { playedSession } from '../session/playedHandlers.ts';
import { TIMES } from '../../src/protocol/limits.ts';
import { type Evil, flipped, standBetween } from './evilRelay.ts';
import { carryAll } from './memoryNet.ts';
import { PairRig } from './pairRig.ts';
import { sessionApp, textEntry } from './syncRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

const withholdDocument: Evil = ({ document, direction, isDocument }) =>
  document === 'main' && direction === 'toClient' && isDocument ? [] : undefined;

async function joined(options: { readonly role?: 'controller' } = {}) {
  const relay = await rig.relay();
  const host = await rig.host(relay);
  const link = await rig.invite(host, relay, options);
  const middle = standBetween(rig, link);
  const guest = await rig.join(link);
  await rig.until('the guest is live', () => guest.truth.kind === 'live');
  return { relay, host, link, middle, guest };
}

/** Everything that the guest's picture was called, from now on, with the time it took. */
function kinds(guest: Attachment): { readonly kind: string; readonly atMs: number }[] {
  const start = rig.clock.monotonic();
  const said: { kind: string; atMs: number }[] = [];
  const note = (): void => {
    const { kind } = guest.truth;
    if (said.at(-1)?.kind !== kind) said.push({ kind, atMs: rig.clock.monotonic() - start });
  };
  guest.onDidChange(note);
  note();
  return said;
}

test.each([
  ['an entry', 1],
  ['three entries', 3],
])(
  '[P4] %s held back while beats pass is said within 5 s, and heals when it comes',
  async (_, n) => {
    const { host, middle, guest } = await joined();
    middle.evil = withholdDocument;
    const said = kinds(guest);
    for (let i = 0; i < n; i += 1) host.append([textEntry(`hidden-${i}`, 'hidden')]);
    await rig.pass(5_000);
    expect(guest.truth).toMatchObject({ kind: 'behind', missing: n });
    await rig.pass(60_000);
    // It is never called live on the way, whatever sockets are tried.
    expect(said.map(({ kind }) => kind)).toEqual(['live', 'behind']);
    expect(guest.alarms.map(({ kind }) => kind)).toEqual(['withheld']);
    middle.evil = () => undefined;
    await rig.pass(TIMES.freshDocumentMs);
    expect(guest.truth.kind).toBe('live');
    expect(guest.entries).toHaveLength(n);
    expect(guest.alarms).toEqual([]);
  },
);

test('[P4] a state held back is said within 5 s', async () => {
  const { host, middle, guest } = await joined();
  middle.evil = withholdDocument;
  host.setState(sessionApp({ title: 'hidden' }));
  await rig.pass(5_000);
  expect(guest.truth.kind).toBe('behind');
  middle.evil = () => undefined;
  await rig.pass(TIMES.freshDocumentMs);
  expect(guest.truth.kind).toBe('live');
  expect(guest.state).toMatchObject({ session: { title: 'hidden' } });
});

test('[P4] an update whose bits were flipped is read again from a fresh document', async () => {
  const { host, middle, guest } = await joined();
  let flips = 0;
  middle.evil = ({ document, direction, isDocument, data }) => {
    if (document !== 'main' || direction !== 'toClient' || !isDocument || flips > 0)
      return undefined;
    flips += 1;
    return flipped(data, (data.length - 40) * 8 + 2);
  };
  host.append([textEntry('a', 'first')]);
  await rig.pass(100);
  host.append([textEntry('b', 'second')]);
  await rig.pass(15_000);
  expect(flips).toBe(1);
  expect(guest.entries.map(({ index }) => index)).toEqual([0, 1]);
  expect(guest.truth.kind).toBe('live');
});

test('[P5] an entry left out in the middle is fetched by itself before the picture is live', async () => {
  const { host, middle, guest } = await joined();
  host.append([textEntry('a', 'first')]);
  await rig.pass(3_000);
  let lost = 0;
  middle.evil = ({ document, direction, isDocument, data }) => {
    if (document !== 'main' || direction !== 'toClient' || !isDocument || lost > 0)
      return undefined;
    lost += 1;
    return flipped(data, (data.length - 200) * 8);
  };
  host.append([textEntry('b', 'second')]);
  await rig.pass(50);
  for (const id of ['c', 'd']) host.append([textEntry(id, id)]);
  await rig.pass(20_000);
  expect(guest.entries.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  expect(guest.truth.kind).toBe('live');
  expect(guest.alarms).toEqual([]);
});

test.each([70 * 60_000, 40_000])(
  '[P3] a relay that has lagged from the start by %i ms is never live',
  async (laterMs) => {
    const relay = await rig.relay();
    const host = await rig.host(relay);
    const link = await rig.invite(host, relay);
    const middle = standBetween(rig, link);
    middle.evil = ({ direction, data }) =>
      direction === 'toClient' ? [{ data, laterMs }] : undefined;
    const guest = await rig.join(link);
    const said = kinds(guest);
    await rig.pass(laterMs + 120_000);
    expect(said.map(({ kind }) => kind)).not.toContain('live');
  },
);

test('[P3] a relay that begins to lag is not live after 25 s, and says by how much it is late', async () => {
  const { middle, guest } = await joined();
  const startMs = rig.clock.monotonic();
  // What it keeps grows by a second each second, up to five minutes.
  middle.evil = ({ direction, data }) => {
    const laterMs = Math.min(300_000, rig.clock.monotonic() - startMs);
    return direction === 'toClient' ? [{ data, laterMs }] : undefined;
  };
  await rig.pass(60_000);
  expect(guest.truth.kind).not.toBe('live');
  await rig.pass(600_000);
  expect(guest.truth.kind).not.toBe('live');
  middle.evil = () => undefined;
  await rig.pass(TIMES.beatMs + 1_000);
  expect(guest.truth.kind).toBe('live');
});

test('[P3] a host whose clock is set goes on being live', async () => {
  const { guest, host } = await joined();
  const said = kinds(guest);
  for (const jumpMs of [4_000, -20_000, 5_000]) {
    rig.clock.jumpWall(jumpMs);
    host.append([textEntry(`after ${jumpMs}`, 'x')]);
    await rig.pass(40_000);
  }
  expect(said.map(({ kind }) => kind)).toEqual(['live']);
  // A clock that is put forward looks like a sleep: for a moment nothing is sure.
  rig.clock.jumpWall(25_000);
  await rig.pass(3_000);
  expect(said.map(({ kind }) => kind)).toEqual(['live', 'unconfirmed', 'live']);
});

test('[P7] a dead socket is said after 12 s, a new one is opened, and the host is not blamed', async () => {
  const { relay, guest } = await joined();
  const said = kinds(guest);
  for (const pair of rig.net.pairsTo(relay.url.slice(5))) {
    if (pair.url.includes(guest.room) && pair.protocols[1] !== undefined) pair.isSilent = true;
  }
  await rig.pass(16_000);
  const lost = said.find(({ kind }) => kind === 'relay-offline');
  expect(lost?.atMs).toBeLessThanOrEqual(12_500);
  expect(said.map(({ kind }) => kind)).not.toContain('host-offline');
});

test('[P7] a host that is away is not taken for a dead socket', async () => {
  const { guest, host } = await joined();
  const said = kinds(guest);
  host.dispose();
  await rig.pass(60_000);
  expect(said.map(({ kind }) => kind)).toEqual(['live', 'host-offline']);
  expect(said.at(-1)?.atMs).toBeLessThan(27_000);
});

test('[P4] an honest busy session raises no alarm, and the host beats at most once a second', async () => {
  const { host, guest, middle } = await joined();
  let beats = 0;
  middle.evil = ({ document, direction, isDocument }) => {
    if (document === 'main' && direction === 'toClient' && !isDocument) beats += 1;
    return undefined;
  };
  const said = kinds(guest);
  for (let n = 0; n < 300; n += 1) {
    host.delta({ messageId: `m${n >> 4}`, block: 0, type: 'text', text: 'word '.repeat(8) });
    if (n % 16 === 15) host.append([textEntry(`m${n >> 4}`, 'word '.repeat(120))]);
    if (n % 7 === 0) host.setState(sessionApp({ title: `t${n}` }));
    await rig.pass(100);
  }
  expect(said.map(({ kind }) => kind)).toEqual(['live']);
  expect(guest.alarms).toEqual([]);
  expect(beats).toBeLessThanOrEqual(30 + 3 + 3);
});

test('[P4] what is held back is asked for on the same socket first, then on others, in growing steps', async () => {
  const { host, middle, guest } = await joined();
  await rig.pass(2_000);
  const asked: number[] = [];
  const startMs = rig.clock.monotonic();
  middle.evil = (passing) => {
    const { document, direction, isDocument, data } = passing;
    // The message type and the step of Yjs' own protocol: what is asked for.
    const asks = document === 'main' && direction === 'toRelay' && isDocument && data[1] === 0;
    if (asks) asked.push(Math.round((rig.clock.monotonic() - startMs) / 1000));
    return withholdDocument(passing);
  };
  host.append([textEntry('hidden', 'hidden')]);
  await rig.pass(16_500);
  // The beat comes after 1 s: it asks 1 s later, takes a new socket at 3 s, asks each 5 s, reads another document at 10 s.
  expect(asked).toEqual([2, 4, 6, 11, 11, 16]);
  expect(guest.truth.kind).toBe('behind');
});

test('[P4] a channel that is held back is seen by the host, and no prompt stays sent for ever', async () => {
  const ran: string[] = [];
  const relay = await rig.relay();
  const host = await rig.host(relay, {
    commands: playedSession(({ kind }) => {
      ran.push(kind);
      return undefined;
    }),
  });
  const link = await rig.invite(host, relay, { role: 'owner' });
  const middle = standBetween(rig, link);
  const guest = await rig.join(link);
  await rig.until('the guest is live', () => guest.truth.kind === 'live');
  let isHeld = true;
  middle.evil = ({ document, direction, isDocument }) =>
    isHeld && document === 'channel' && direction === 'toRelay' && isDocument ? [] : undefined;
  const lost = guest.send('prompt', { text: 'lost' });
  await rig.pass(95_000);
  // The host has said after its time that it has not come: it has surely not run.
  expect(guest.outbox.find(({ id }) => id === lost.id)?.status).toBe('expired');
  const late = guest.send('prompt', { text: 'late' });
  await rig.pass(20_000);
  isHeld = false;
  await rig.pass(20_000);
  expect(guest.outbox.find(({ id }) => id === late.id)?.status).toBe('done');
  expect(ran).toEqual(['prompt']);
});

test('[C15] answers that are held back leave it open whether it ran', async () => {
  const relay = await rig.relay();
  const host = await rig.host(relay);
  const link = await rig.invite(host, relay, { role: 'owner' });
  const middle = standBetween(rig, link);
  const guest = await rig.join(link);
  await rig.until('the guest is live', () => guest.truth.kind === 'live');
  await rig.run(guest.request('interrupt', {}));
  middle.evil = ({ document, direction, isDocument }) =>
    document === 'channel' && direction === 'toClient' && isDocument ? [] : undefined;
  const { id } = guest.send('prompt', { text: 'it ran' });
  await rig.pass(100_000);
  expect(guest.outbox.find((item) => item.id === id)?.status).toBe('unknown');
});

test('[P7] a count of the host that was altered on the way keeps its later beats out for less than a minute', async () => {
  const { middle, guest } = await joined();
  let isAltered = false;
  middle.evil = ({ document, direction, isDocument, data }) => {
    if (isAltered || document !== 'main' || direction !== 'toClient' || isDocument)
      return undefined;
    const altered = withClock(data, 2 ** 40);
    if (!altered) return undefined;
    isAltered = true;
    return carryAll(altered);
  };
  await rig.until('it is altered', () => isAltered);
  await rig.pass(60_000);
  expect(guest.truth.kind).toBe('live');
});

/** A message of awareness about one client with another clock; undefined if it is about more. */
function withClock(data: Buffer, clock: number): Buffer | undefined {
  const decoder = createDecoder(data);
  readVarUint(decoder);
  const inner = createDecoder(readVarUint8Array(decoder));
  if (readVarUint(inner) !== 1) return undefined;
  const client = readVarUint(inner);
  readVarUint(inner);
  const state = readVarString(inner);
  if (!state.includes('"b"')) return undefined;
  const payload = createEncoder();
  writeVarUint(payload, 1);
  writeVarUint(payload, client);
  writeVarUint(payload, clock);
  writeVarString(payload, state);
  const out = createEncoder();
  writeVarUint(out, 1);
  writeVarUint8Array(out, toUint8Array(payload));
  return Buffer.from(toUint8Array(out));
}

// Connections that die without a word, and devices that sleep: what is said, and how soon it is right again.
import { afterEach, expect, test } from 'vitest';
import { Emitter } from '../../src/base/emitter.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import type { Wake } from '../../src/sync/member/joinOptions.ts';
import type { Truth } from '../../src/session/view.ts';
import { PairRig } from './pairRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

/** A guest whose sockets can be swallowed: the one it has, and those that it opens. */
async function joined() {
  const relay = await rig.relay();
  const host = await rig.host(relay);
  const link = await rig.invite(host, relay);
  const wakes = new Emitter<Wake>();
  const way = { opened: 0, swallows: false };
  const mine = new Set<string>();
  const webSocket = new Proxy(rig.net.webSocket, {
    construct(target, [url, protocols]: [string, string[]]) {
      const socket = new target(url, protocols);
      way.opened += 1;
      mine.add(protocols[1] ?? '');
      const pair = rig.net.pairsTo().at(-1);
      if (pair) pair.isSilent = way.swallows;
      return socket;
    },
  });
  const guest = await rig.join(link, 'Ada', undefined, { wakes: wakes.event, webSocket });
  await rig.until('the guest is live', () => guest.truth.kind === 'live');
  const swallow = (isSwallowed = true): void => {
    way.swallows = isSwallowed;
    for (const pair of rig.net.pairsTo()) {
      if (mine.has(pair.protocols[1] ?? '')) pair.isSilent = isSwallowed;
    }
  };
  /** The sockets of now die, those that come are good. */
  const kill = (): void => {
    swallow();
    way.swallows = false;
  };
  return { relay, host, guest, wakes, way, swallow, kill };
}

/** Everything that the guest's picture was called, from now on. */
function said(guest: Attachment): { readonly kind: Truth['kind']; readonly atMs: number }[] {
  const start = rig.clock.monotonic();
  const kinds: { kind: Truth['kind']; atMs: number }[] = [];
  const note = (): void => {
    const { kind } = guest.truth;
    if (kinds.at(-1)?.kind !== kind) kinds.push({ kind, atMs: rig.clock.monotonic() - start });
  };
  guest.onDidChange(note);
  note();
  return kinds;
}

const kindsOf = (all: ReturnType<typeof said>): Truth['kind'][] => all.map(({ kind }) => kind);

test.each(['woke', 'online'] as const)(
  '[P7] a device that %s doubts what it heard, and is live again within two seconds on another socket',
  async (how) => {
    const { guest, wakes, kill } = await joined();
    kill();
    const all = said(guest);
    wakes.fire(how);
    await rig.pass(2_000);
    expect(all.at(1)?.kind).toBe('unconfirmed');
    expect(guest.truth.kind).toBe('live');
    // The relay notices the dead socket long after: its goodbye takes nothing away.
    await rig.pass(60_000);
    expect(kindsOf(all).at(-1)).toBe('live');
    expect(kindsOf(all).filter((kind) => kind === 'unconfirmed')).toHaveLength(
      how === 'woke' ? 2 : 1,
    );
  },
);

test('[P7] who looks again at a picture that is live sees it live, and a dead socket is found at once', async () => {
  const { guest, wakes, way, kill } = await joined();
  const all = said(guest);
  wakes.fire('seen');
  await rig.pass(5_000);
  expect(kindsOf(all)).toEqual(['live']);
  const { opened } = way;
  kill();
  wakes.fire('seen');
  await rig.pass(2_500);
  expect(way.opened).toBeGreaterThan(opened);
  expect(all.find(({ kind }) => kind === 'relay-offline')?.atMs).toBeLessThanOrEqual(7_000);
});

test('[P7] a sleep of 20 s by the wall clock alone is doubted within a second', async () => {
  const { guest, swallow } = await joined();
  swallow();
  rig.clock.jumpWall(20_000);
  const all = said(guest);
  await rig.pass(1_000);
  expect(guest.truth.kind).not.toBe('live');
  swallow(false);
  await rig.pass(3_000);
  expect(guest.truth.kind).toBe('live');
  expect(kindsOf(all)).not.toContain('host-offline');
});

test('[P7] where nobody answers, the connection is blamed within 13 s, never the host', async () => {
  const { guest, wakes, way, swallow } = await joined();
  swallow();
  const { opened } = way;
  wakes.fire('online');
  const all = said(guest);
  await rig.pass(90_000);
  expect(all.find(({ kind }) => kind === 'relay-offline')?.atMs).toBeLessThanOrEqual(13_000);
  expect(kindsOf(all)).toEqual(['unconfirmed', 'relay-offline']);
  // One for each document every 12 s, and no storm.
  expect(way.opened - opened).toBeLessThanOrEqual(2 * 9);
  swallow(false);
  await rig.pass(15_000);
  expect(guest.truth.kind).toBe('live');
});

test('[P7] a lost socket is replaced once, and the picture does not flicker after it', async () => {
  const { guest, kill } = await joined();
  kill();
  const all = said(guest);
  await rig.pass(60_000);
  const from = all.findIndex(({ kind }) => kind === 'relay-offline');
  expect(kindsOf(all).slice(from)).toEqual(['relay-offline', 'unconfirmed', 'live']);
});

// A room on its host: closed and served again, links and people that come and go, relays that fail for a while.
import { afterEach, expect, test } from 'vitest';
import { channelToken, createIdentity } from '../../src/crypto/identity.ts';
import { generateSigningPair, newBootOf } from '../../src/crypto/keys.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { PairRig } from './pairRig.ts';
import { textEntry } from './syncRig.ts';
import { playedSession } from '../session/playedHandlers.ts';

const rig = new PairRig();
afterEach(() => rig.close());

const texts = (view: Attachment): string[] =>
  view.entries.map(({ entry }) => (entry.kind === 'text' ? entry.text : entry.kind));
const isLive = (view: Attachment): boolean => view.truth.kind === 'live';

/** A fetch that answers as it is told. */
function fetchBy(answer: (url: string, init?: RequestInit) => Promise<Response>): typeof fetch {
  // The type of fetch has properties that nothing here uses.
  return (async (url: string, init?: RequestInit) => answer(url, init)) as typeof fetch;
}

/** A fetch whose claims fail while `isDown` says so. */
function unsteadyFetch(isDown: () => boolean): { readonly fetch: typeof fetch; failed: number } {
  const made = {
    failed: 0,
    fetch: fetchBy(async (url, init) => {
      if (!isDown()) return rig.net.fetch(url, init);
      made.failed += 1;
      return new Response('bad gateway', { status: 502 });
    }),
  };
  return made;
}

test('[S7] a room that is closed and served again by the same process goes on for who stayed', async () => {
  const relay = await rig.relay();
  const keys = await rig.roomKeys();
  const journal = rig.journal(keys);
  const host = { term: 1, pair: await generateSigningPair(), boot: newBootOf(1) };
  const first = await rig.host(relay, { room: keys, journal, host });
  const guest = await rig.join(await rig.invite(first, relay, { role: 'owner' }));
  first.append([textEntry('a', 'before')]);
  await rig.until('the guest is live', () => isLive(guest) && texts(guest).includes('before'));
  for (let n = 0; n < 16; n += 1) await rig.invite(first, relay);
  const firstRev = first.revision;
  await rig.run(first.close());
  const second = await rig.host(relay, { room: keys, journal, host, firstRev });
  second.append([textEntry('b', 'after')]);
  await rig.until('the guest sees what came after', () => texts(guest).includes('after'));
  await rig.until('and a newer state', () => (guest.state?.rev ?? 0) > firstRev);
  expect(await rig.run(guest.request('focus-request', {}))).toEqual({ outcome: 'granted' });
  expect(guest.alarms).toEqual([]);
});

test('a room that cannot be opened leaves nothing running behind', async () => {
  const relay = await rig.relay();
  const clock = createFakeClock();
  const { fetch } = unsteadyFetch(() => true);
  await expect(rig.host(relay, { clock, fetch })).rejects.toMatchObject({ code: 'relay-refused' });
  expect(clock.timers).toBe(0);
});

test('[J6] a relay that did not hear of a removal at once is told until it has', async () => {
  const relay = await rig.relay();
  let isDown = false;
  const unsteady = unsteadyFetch(() => isDown);
  const room = await rig.host(relay, { fetch: unsteady.fetch });
  const identity = await createIdentity();
  const guest = await rig.join(await rig.invite(room, relay), 'Ada', identity);
  await rig.until('the guest is live', () => isLive(guest));
  const authorization = `Bearer ${await channelToken(identity, room.id)}`;
  const url = `${relay.url.replace(/^ws/, 'http')}/-/rooms/${room.id}`;
  const status = async (): Promise<number> =>
    (await rig.run(rig.net.fetch(url, { headers: { authorization } }))).status;
  expect(await status()).toBe(200);
  isDown = true;
  room.remove(guest.member);
  await rig.until('the claim has failed', () => unsteady.failed > 0);
  expect(await status()).toBe(200);
  isDown = false;
  await rig.until('the relay refuses the guest', async () => (await status()) === 403);
});

test('[J4] [J6] stop sharing ends well when no relay can be told, and they are told later', async () => {
  const relay = await rig.relay();
  let isDown = false;
  const unsteady = unsteadyFetch(() => isDown);
  const room = await rig.host(relay, { fetch: unsteady.fetch });
  const guest = await rig.join(await rig.invite(room, relay));
  await rig.until('the guest is live', () => isLive(guest));
  isDown = true;
  await rig.run(room.stopSharing());
  expect(room.people).toEqual([]);
  room.append([textEntry('after', 'not for guests')]);
  isDown = false;
  await rig.until('the guest is cut off', () => guest.truth.kind === 'over');
  expect(texts(guest)).not.toContain('not for guests');
});

test('a room follows its relay to another address also if its first claim there fails', async () => {
  const relay = await rig.relay();
  let isDown = false;
  const { fetch } = unsteadyFetch(() => isDown);
  const room = await rig.host(relay, { fetch });
  room.append([textEntry('a', 'one')]);
  await rig.run(relay.close());
  const again = await rig.relay();
  isDown = true;
  await expect(rig.run(room.moveRelay(relay.url, { url: again.url }))).rejects.toMatchObject({
    code: 'relay-refused',
  });
  isDown = false;
  const guest = await rig.until('a link for the new address works', async () =>
    rig.join(await rig.invite(room, again)).catch(() => undefined),
  );
  await rig.until('the guest is live', () => isLive(guest));
  expect(texts(guest)).toEqual(['one']);
});

test('[J6] a relay that does not answer does not keep guests of another one out', async () => {
  const [near, far] = [await rig.relay(), await rig.relay()];
  let isDown = false;
  const room = await rig.host(near, {
    fetch: fetchBy((url, init) =>
      isDown && url.includes(new URL(far.url).host)
        ? new Promise(() => undefined)
        : rig.net.fetch(url, init),
    ),
  });
  await rig.run(room.setRelays([{ url: near.url }, { url: far.url }]));
  isDown = true;
  const link = await rig.invite(room, near);
  const guest = await rig.join(link);
  await rig.until('the guest is let in', () => room.people.length > 0);
  // The other relay is waited for this long, and no longer.
  const before = rig.clock.monotonic();
  await rig.until('the guest is live', () => isLive(guest));
  expect(rig.clock.monotonic() - before).toBeLessThan(4_000);
  const stopped = rig.clock.monotonic();
  await expect(rig.run(room.stopSharing())).resolves.toBeUndefined();
  expect(rig.clock.monotonic() - stopped).toBeLessThan(4_000);
});

test('[J5] a guest stays when its link expires, and comes back by its own token', async () => {
  let laterMs = 0;
  const clock = { ...rig.clock, now: () => rig.clock.now() + laterMs };
  const relay = await rig.relay({ clock });
  const room = await rig.host(relay);
  const guest = await rig.join(await rig.invite(room, relay, { lifetimeMs: 3_600_000 }));
  await rig.until('the guest is live', () => isLive(guest));
  const truths: string[] = [];
  guest.onDidChange(() => truths.push(guest.truth.kind));
  laterMs = 2 * 3_600_000;
  await rig.until('the relay has cut the link off', () => truths.includes('relay-offline'));
  await rig.until('the guest is back', () => isLive(guest));
  room.append([textEntry('a', 'still here')]);
  await rig.until('it reads on', () => texts(guest).includes('still here'));
  expect(truths).not.toContain('over');
});

test('[J5] who leaves does not take the link from the others who have it', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const link = await rig.invite(room, relay);
  const first = await rig.join(link, 'Ada');
  await rig.until('the first is live', () => isLive(first));
  await rig.run(first.close({ leave: true }));
  await rig.until('it is gone', () => room.people.length === 0);
  const second = await rig.join(link, 'Bo');
  await rig.until('the second is live', () => isLive(second));
});

test('[J5] who is removed does not come back by the same link', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const link = await rig.invite(room, relay);
  const identity = await createIdentity();
  const first = await rig.join(link, 'Ada', identity);
  await rig.until('the first is live', () => isLive(first));
  room.remove(first.member);
  await rig.until('it is cut off', () => first.truth.kind === 'over');
  const again = await rig.join(link, 'Ada', identity);
  await rig.until('it is refused', () => again.truth.kind === 'over');
  expect(again.truth).toMatchObject({ error: { code: 'link-revoked' } });
});

test('[J6] who was removed has no channel on a relay that is added later, who stayed has one', async () => {
  const [near, far] = [await rig.relay(), await rig.relay()];
  const opened: string[] = [];
  const webSocket = new Proxy(rig.net.webSocket, {
    construct(target, [url, protocols]: [string, string[]]) {
      opened.push(url);
      return new target(url, protocols);
    },
  });
  const room = await rig.host(near, { webSocket });
  const goes = await rig.join(await rig.invite(room, near), 'Ada');
  const stays = await rig.join(await rig.invite(room, near), 'Bo');
  await rig.until('both are live', () => isLive(goes) && isLive(stays));
  room.remove(goes.member);
  await rig.until('one is cut off', () => goes.truth.kind === 'over');
  await rig.run(room.setRelays([{ url: near.url }, { url: far.url }]));
  const there = opened.filter((url) => url.startsWith(far.url));
  const hasChannel = ({ member }: Attachment): boolean =>
    there.some((url) => url.endsWith(`.g.${member}`));
  expect([hasChannel(goes), hasChannel(stays)]).toEqual([false, true]);
});

test('[X7] a host that has lost its room to another runs no command of it any more', async () => {
  const relay = await rig.relay({ open: true });
  const keys = await rig.roomKeys();
  const journal = rig.journal(keys);
  const ran: string[] = [];
  // A stock server answers every request alike, and keeps no claims.
  const fetch = fetchBy(async () => new Response('okay'));
  const first = await rig.host(relay, {
    room: keys,
    journal,
    fetch,
    commands: playedSession(({ kind }) => void ran.push(kind)),
  });
  const guest = await rig.join(await rig.invite(first, relay, { role: 'owner' }));
  await rig.until('the guest is live', () => isLive(guest));
  await rig.run(guest.request('rename', { title: 'first' }));
  let lost = 0;
  first.onDidLose(() => (lost += 1));
  // Of the same term: what members send is meant for both, as far as each of them can see.
  const commands = playedSession(() => new Promise(() => undefined));
  await rig.host(relay, { room: keys, journal, fetch, commands });
  await rig.until('the first has learned of the other', () => lost > 0);
  const given = new AbortController();
  rig.clock.after(1_000, () => given.abort());
  const { signal } = given;
  await expect(rig.run(guest.request('rename', { title: 'second' }, { signal }))).rejects.toThrow();
  expect(ran).toEqual(['rename']);
  expect(lost).toBe(1);
});

// Places of a link as guests meet them: who is kept out is told, and who was gone comes back.
import { afterEach, expect, test } from 'vitest';
import { createIdentity } from '../../src/crypto/identity.ts';
import { LIMITS, TIMES } from '../../src/protocol/limits.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import { PairRig } from './pairRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

async function full(places: number) {
  const relay = await rig.relay();
  const host = await rig.host(relay);
  const link = await rig.invite(host, relay, { places });
  const guests: Attachment[] = [];
  const identities = await Promise.all(Array.from({ length: places }, () => createIdentity()));
  for (const [n, identity] of identities.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    guests.push(await rig.join(link, `Guest ${n}`, identity));
  }
  await rig.until('all are in', () => guests.every(({ me, truth }) => me && truth.kind === 'live'));
  return { relay, host, link, guests, identities };
}

test('[J7] who finds no place by a link is told within two seconds, and the others are not disturbed', async () => {
  const { relay, host, link, guests } = await full(3);
  const start = rig.clock.monotonic();
  const late = await rig.join(link, 'Late');
  await rig.until('it is told', () => late.truth.kind === 'over');
  expect(rig.clock.monotonic() - start).toBeLessThanOrEqual(2_000);
  const error = late.truth.kind === 'over' ? late.truth.error : undefined;
  expect(error?.code).toBe('too-many');
  expect(error?.message).toMatch(/is for .* people.*link of your own/);
  // The owner sees which link it is.
  expect(guests[0]?.state?.fullLinks).toEqual([
    host.invites.find((one) => one.places === 3)?.inviteId,
  ]);
  const other = await rig.join(await rig.invite(host, relay), 'Other');
  await rig.until('another link lets in', () => other.truth.kind === 'live');
  expect(guests.map(({ truth }) => truth.kind)).toEqual(['live', 'live', 'live']);
});

test('[J7] twenty strangers by one viewer link leave room for others', async () => {
  const relay = await rig.relay();
  const host = await rig.host(relay);
  const link = await rig.invite(host, relay);
  const strangers: Attachment[] = [];
  for (let n = 0; n < 20; n += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    strangers.push(await rig.join(link, `Stranger ${n}`));
  }
  await rig.until('each is in or told', () =>
    strangers.every(({ me, truth }) => me !== undefined || truth.kind === 'over'),
  );
  expect(host.people).toHaveLength(LIMITS.placesOfLink);
  const friend = await rig.join(await rig.invite(host, relay), 'Friend');
  await rig.until('a friend is in', () => friend.me !== undefined);
});

test('[J7] the place of who is gone for a minute goes to somebody else, and who comes back finds the next one', async () => {
  const { host, link, guests, identities } = await full(2);
  const [first, second] = guests;
  await rig.run(first?.close() ?? Promise.resolve());
  await rig.pass(TIMES.goneMs - 5_000);
  const early = await rig.join(link, 'Early');
  await rig.until('it is too early', () => early.truth.kind === 'over');
  await rig.pass(6_000);
  const late = await rig.join(link, 'Late');
  await rig.until('late is in', () => late.me !== undefined && late.truth.kind === 'live');
  expect(host.people.map(({ name }) => name).toSorted()).toEqual(['Guest 1', 'Late']);
  // The link is full again: who gave way is told so, like everybody.
  const back = await rig.join(link, 'Guest 0', identities[0]);
  await rig.until('it is full', () => back.truth.kind === 'over');
  await rig.run(second?.close({ leave: true }) ?? Promise.resolve());
  const again = await rig.join(link, 'Guest 0', identities[0]);
  await rig.until('it is in again', () => again.me !== undefined && again.truth.kind === 'live');
});

test('[J7] a window that was away while its place was given up comes back by itself', async () => {
  const relay = await rig.relay();
  const host = await rig.host(relay);
  const link = await rig.invite(host, relay, { places: 1 });
  let isAway = false;
  const webSocket = new Proxy(rig.net.webSocket, {
    construct(target, [url, protocols]: [string, string[]]) {
      const socket = new target(url, protocols);
      const pair = rig.net.pairsTo().at(-1);
      if (pair) mine.add(pair);
      if (isAway) pair?.cut();
      return socket;
    },
  });
  const mine = new Set<ReturnType<typeof rig.net.pairsTo>[number]>();
  const guest = await rig.join(link, 'Away', undefined, { webSocket });
  await rig.until('it is in', () => guest.me !== undefined && guest.truth.kind === 'live');
  isAway = true;
  for (const pair of mine) pair.cut();
  await rig.pass(TIMES.goneMs + 5_000);
  const late = await rig.join(link, 'Late');
  await rig.until('late is in', () => late.me !== undefined);
  expect(host.people.map(({ name }) => name)).toEqual(['Late']);
  await rig.run(late.close({ leave: true }));
  await rig.until('late has left', () => host.people.length === 0);
  isAway = false;
  await rig.until('it is in again', () => guest.me !== undefined && guest.truth.kind === 'live');
  expect(host.people.map(({ name }) => name)).toEqual(['Away']);
});

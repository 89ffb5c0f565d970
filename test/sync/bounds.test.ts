// [B6] [B7] What does not fit a room is refused or counted, and everybody still sees it live.
import { afterEach, expect, test } from 'vitest';
import { jsonBytes, textBytes } from '../../src/base/jsonText.ts';
import { logPageSchema } from '../../src/protocol/command.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import type { Queued } from '../../src/protocol/state.ts';
import type { StoredMember } from '../../src/session/roomJournal.ts';
import { PairRig } from './pairRig.ts';
import { sessionApp, textEntry } from './syncRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

test('[B7] four thousand prompts that wait do not keep anybody from the state: the first are named, the others counted', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const guest = await rig.join(await rig.invite(room, relay));
  await rig.until('the guest is in', () => guest.me);
  const queue: Queued[] = Array.from({ length: 4_000 }, (_, n) => ({
    promptId: `prompt-${n}`,
    text: 'long '.repeat(1_000),
    author: { name: 'Ada' },
    since: 1,
  }));
  room.setState({ ...sessionApp(), queue });
  const state = await rig.until('the guest sees them', () => {
    const { state: newest } = guest;
    return newest?.kind === 'session' && newest.queue.length > 0 ? newest : undefined;
  });
  expect(state.queue).toHaveLength(32);
  expect(state.queueMore).toBe(3_968);
  expect(state.queue[0]?.text.endsWith('…')).toBe(true);
  expect(textBytes(state.queue[0]?.text ?? '')).toBeLessThanOrEqual(200);
  expect(guest.truth.kind).toBe('live');
});

test('[B7] what cannot be published whole is said in the log and in the state', async () => {
  const relay = await rig.relay();
  const logged: string[] = [];
  const log = (message: string): void => void logged.push(message);
  const room = await rig.host(relay, { log: { debug: log, info: log, warn: log, error: log } });
  const guest = await rig.join(await rig.invite(room, relay));
  await rig.until('the guest is in', () => guest.me);
  room.setState({ ...sessionApp(), ...{ later: 'x'.repeat(100_000) } });
  const problem = await rig.until(
    'the guest is told',
    () => guest.state?.kind === 'session' && guest.state.session.problem,
  );
  expect(problem).toMatchObject({ code: 'state-too-large' });
  expect(logged.filter((text) => text === 'the state is too large')).toHaveLength(1);
  room.setState(sessionApp());
  await rig.until(
    'it is over',
    () => guest.state?.kind === 'session' && guest.state.session.problem === undefined,
  );
});

test('[B6] sixteen links work at a time besides the owner’s own; one more is refused until one has ended', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  await rig.invite(room, relay, { role: 'owner' });
  for (let n = 0; n < 16; n += 1) await rig.invite(room, relay);
  const extra = rig.invite(room, relay);
  await expect(extra).rejects.toMatchObject({ code: 'too-many', message: /16 links/ });
  await rig.invite(room, relay, { role: 'owner' });
  room.revokeInvite(room.invites.find(({ role }) => role === 'viewer')?.inviteId ?? '');
  await rig.invite(room, relay);
  expect(room.invites.filter(({ role }) => role === 'viewer')).toHaveLength(16);
});

test('[B6] whoever comes to a full room is told so, and comes in by the same link once there is a place', async () => {
  const relay = await rig.relay();
  const keys = await rig.roomKeys();
  const journal = rig.journal(keys);
  for (let n = 0; n < LIMITS.members; n += 1) journal.saveMember(member(n));
  const room = await rig.host(relay, { room: keys, journal });
  const link = await rig.invite(room, relay);
  const late = await rig.join(link, 'Late');
  const error = await rig.until('it is told', () =>
    late.truth.kind === 'over' ? late.truth.error : undefined,
  );
  expect(error).toMatchObject({ code: 'too-many', message: /No place is left/ });
  expect(room.people).toHaveLength(64);
  // The last eight are for other links, the last four of them for owners.
  for (let n = 0; n <= LIMITS.placesOfOwners; n += 1) room.remove(`m${n}`);
  await rig.run(room.settled());
  const again = await rig.join(link, 'Again');
  await rig.until('there is a place', () => again.me);
});

test('[B6] a name that is too long is cut before it is sent', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const guest = await rig.join(await rig.invite(room, relay), '文'.repeat(300));
  await rig.until('the guest is in', () => guest.me);
  expect(guest.me?.name).toBe(`${'文'.repeat(20)}…`);
});

test('an answer to a fetch of history carries the newest part that fits, and what is before it comes next', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const entries = Array.from({ length: 60 }, (_, n) => textEntry(`e${n}`, '"x" '.repeat(1_500)));
  room.append(entries);
  const guest = await rig.join(await rig.invite(room, relay));
  await rig.until('the guest is in', () => guest.me);
  const pages: number[] = [];
  for (let to = 60; to > 0;) {
    const answer = await rig.run(guest.request('fetch', { what: 'log', from: 0, to }));
    const { from, records } = logPageSchema.parse(answer);
    expect(jsonBytes(answer)).toBeLessThanOrEqual(160 * 1024);
    expect(from + records.length).toBe(to);
    pages.push(records.length);
    to = from;
  }
  expect(pages.length).toBeGreaterThan(2);
  expect(Math.min(...pages.slice(0, -1))).toBeGreaterThan(4);
});

function member(n: number): StoredMember {
  return {
    member: `m${n}`,
    key: 'k',
    name: `Member ${n}`,
    device: 'd',
    role: 'viewer',
    scopes: [],
    asksControl: false,
    inviteId: 'gone',
    tokenHash: 'h',
    since: 1,
  };
}

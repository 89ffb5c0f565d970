// Rooms over a real relay: joining, streaming, control, revocation, takeover, history.
import { afterEach, expect, test } from 'vitest';
import { createIdentity } from '../../src/crypto/identity.ts';
import { unsupportedCommand } from '../../src/session/errors.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import { PairRig } from './pairRig.ts';
import { sessionApp, textEntry } from './syncRig.ts';
import { playedSession } from '../session/playedHandlers.ts';

const rig = new PairRig();
afterEach(() => rig.close());

const waitUntil = (check: () => boolean, why: () => string = () => ''): Promise<boolean> =>
  rig.until(check.toString(), check).catch((error: unknown) => {
    throw new Error(`${String(error)} ${why()}`);
  });

const texts = (view: Attachment): string[] =>
  view.entries.map(({ entry }) => (entry.kind === 'text' ? entry.text : entry.kind));

test('[J1] a guest joins by link, sees the history and is confirmed by the host', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  room.append([textEntry('a', 'one'), textEntry('b', 'two')]);
  const guest = await rig.join(await rig.invite(room, relay), 'Bo');
  await waitUntil(
    () => guest.truth.kind === 'live',
    () => JSON.stringify(guest.truth),
  );
  expect(texts(guest)).toEqual(['one', 'two']);
  await waitUntil(() => guest.me?.present === true);
  expect(guest.me).toMatchObject({ name: 'Bo', role: 'viewer' });
  expect(guest.alarms).toEqual([]);
});

test('[D1] streamed text arrives piece by piece and gives way to its entry', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const guest = await rig.join(await rig.invite(room, relay));
  await waitUntil(() => guest.me !== undefined);
  room.delta({ messageId: 'm', block: 0, type: 'text', text: 'Hel' });
  await waitUntil(() => guest.live[0]?.text === 'Hel');
  room.delta({ messageId: 'm', block: 0, type: 'text', text: 'lo' });
  await waitUntil(() => guest.live[0]?.text === 'Hello');
  room.append([textEntry('m0', 'Hello', 'm')], [{ messageId: 'm', block: 0 }]);
  await waitUntil(() => texts(guest).includes('Hello'));
  expect(guest.live).toEqual([]);
});

test('[J2] a controller asks for control, prompts, and every answer comes back', async () => {
  const relay = await rig.relay();
  const prompts: string[] = [];
  const room = await rig.host(relay, {
    commands: playedSession(async (accepted) => {
      if (accepted.kind !== 'prompt') throw unsupportedCommand();
      prompts.push(`${accepted.person.name}: ${accepted.args.text}`);
      return { ran: true };
    }),
  });
  const link = await rig.invite(room, relay, { role: 'controller', allowControl: true });
  const guest = await rig.join(link, 'Bo');
  await waitUntil(() => guest.truth.kind === 'live');
  expect(await rig.run(guest.request('focus-request', {}))).toEqual({ outcome: 'granted' });
  await waitUntil(
    () => guest.state?.focus.holder?.window === guest.window,
    () => JSON.stringify(guest.state?.focus),
  );
  expect(await rig.run(guest.request('prompt', { text: 'hi' }))).toEqual({ ran: true });
  expect(prompts).toEqual(['Bo: hi']);
});

test('[J3] a guest of a controller link watches until the owner allows control', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const guest = await rig.join(await rig.invite(room, relay, { role: 'controller' }));
  await waitUntil(() => guest.truth.kind === 'live');
  expect(guest.me).toMatchObject({ role: 'viewer', asksControl: true });
  await expect(rig.run(guest.request('focus-request', {}))).rejects.toMatchObject({
    code: 'command-rejected',
  });
  room.admit(guest.member, 'controller');
  await waitUntil(() => guest.me?.role === 'controller');
  expect(await rig.run(guest.request('focus-request', {}))).toEqual({ outcome: 'granted' });
});

test('[J3] a viewer who comes again with a controller link asks for control by it', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const identity = await createIdentity();
  const viewer = await rig.join(await rig.invite(room, relay), 'Bo', identity);
  await waitUntil(() => viewer.me?.role === 'viewer');
  await rig.run(viewer.close());
  const link = await rig.invite(room, relay, { role: 'controller' });
  const again = await rig.join(link, 'Bo', identity);
  await waitUntil(() => again.me?.asksControl === true);
  expect(room.people).toHaveLength(1);
});

test('[J4] stop sharing cuts guests off and keeps owners', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const owner = await rig.join(await rig.invite(room, relay, { role: 'owner' }), 'Owner');
  const guest = await rig.join(await rig.invite(room, relay), 'Guest');
  await waitUntil(() => guest.truth.kind === 'live' && owner.truth.kind === 'live');
  await rig.run(room.stopSharing());
  await waitUntil(() => guest.truth.kind === 'over');
  expect(guest.truth).toMatchObject({ error: { code: 'link-revoked' } });
  room.append([textEntry('after', 'secret of the new epoch')]);
  owner.addEpochs(room.epochs);
  await waitUntil(() => texts(owner).includes('secret of the new epoch'));
  await waitUntil(() => owner.truth.kind === 'live');
  expect(texts(guest)).not.toContain('secret of the new epoch');
  const late = await rig.join(await rig.invite(room, relay), 'New');
  await waitUntil(() => late.truth.kind === 'live');
});

test('[T1] a host of the next term takes over the same room and its guests follow', async () => {
  const relay = await rig.relay();
  const keys = await rig.roomKeys();
  const journal = rig.journal(keys);
  const first = await rig.host(relay, { room: keys, journal });
  const link = await rig.invite(first, relay, { role: 'owner' });
  const guest = await rig.join(link);
  first.append([textEntry('a', 'before')]);
  await waitUntil(() => texts(guest).includes('before'));
  const revision = first.revision;
  first.dispose();
  const second = await rig.host(relay, { term: 2, room: keys, journal, firstRev: revision });
  second.append([textEntry('b', 'after')]);
  await waitUntil(
    () => texts(guest).includes('after'),
    () => JSON.stringify(texts(guest)),
  );
  expect(texts(guest)).toEqual(['before', 'after']);
  expect(guest.alarms).toEqual([]);
  await waitUntil(() => guest.truth.kind === 'live');
  expect(await rig.run(guest.request('focus-request', {}))).toEqual({ outcome: 'granted' });
});

test('a request settles when its view is closed before the host answers', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay, {
    commands: playedSession(() => new Promise(() => undefined)),
  });
  const guest = await rig.join(await rig.invite(room, relay, { role: 'owner' }));
  await waitUntil(() => guest.truth.kind === 'live');
  const answer = guest.request('rename', { title: 'never' });
  guest.dispose();
  await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
});

test('[F8] who closes its view gives control back at once', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const link = await rig.invite(room, relay, { role: 'controller', allowControl: true });
  const [first, second] = [await rig.join(link, 'Ada'), await rig.join(link, 'Bo')];
  await waitUntil(() => first.truth.kind === 'live' && second.truth.kind === 'live');
  await rig.run(first.request('focus-request', {}));
  await waitUntil(() => first.state?.focus.holder?.window === first.window);
  await rig.run(first.close());
  expect(await rig.run(second.request('prompt', { text: 'mine now' }))).toBeUndefined();
});

test('[P1] state changes arrive as values, at the rate of the protocol', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const guest = await rig.join(await rig.invite(room, relay));
  await waitUntil(() => guest.state !== undefined);
  const before = guest.state?.rev ?? 0;
  for (let n = 0; n < 50; n += 1) room.setState(sessionApp({ title: `title ${n}` }));
  await waitUntil(
    () => guest.state?.kind === 'session' && guest.state.session.title === 'title 49',
  );
  expect((guest.state?.rev ?? 0) - before).toBeLessThan(10);
});

test('[H1] older entries than the document holds are fetched and verified', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const all = Array.from({ length: 1500 }, (_, n) => textEntry(`e${n}`, `text ${n}`));
  for (let n = 0; n < all.length; n += 50) {
    room.append(all.slice(n, n + 50));
    await rig.run(room.settled());
  }
  const guest = await rig.join(await rig.invite(room, relay));
  await waitUntil(() => guest.truth.kind === 'live' && guest.entries.length > 0);
  expect(guest.entries.length).toBeLessThan(1000);
  while (await rig.run(guest.fetchOlder()));
  expect(texts(guest)).toEqual(all.map((entry) => (entry.kind === 'text' ? entry.text : '')));
  expect(guest.alarms).toEqual([]);
});

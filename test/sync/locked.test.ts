// [P6] A device without the newest secret: what it says, what it sends, and how it goes on when the secret comes.
import { afterEach, expect, test } from 'vitest';
import { toBase64Url, utf8Bytes } from '../../src/base/bytes.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { generateSigningPair, newBootOf, randomBytes } from '../../src/crypto/keys.ts';
import { RecordOpener, RecordSealer } from '../../src/crypto/record.ts';
import { RECORD_TYPE } from '../../src/protocol/room.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import type { HostRoom } from '../../src/sync/host/hostRoom.ts';
import { playedSession } from '../session/playedHandlers.ts';
import { PairRig } from './pairRig.ts';
import { textEntry } from './syncRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

const texts = (view: Attachment): string[] =>
  view.entries.flatMap(({ entry }) => (entry.kind === 'text' ? [entry.text] : []));
const isLive = (view: Attachment): boolean => view.truth.kind === 'live';

interface Served {
  readonly room: HostRoom;
  readonly owner: Attachment;
  readonly prompts: string[];
}

/** A room with its owner, who is live. */
async function served(isOpen = false): Promise<Served & { readonly link: () => Promise<string> }> {
  const relay = await rig.relay(isOpen ? { open: true } : {});
  const prompts: string[] = [];
  const room = await rig.host(relay, {
    commands: playedSession((accepted) => {
      if (accepted.kind === 'prompt') prompts.push(accepted.args.text);
      return undefined;
    }),
  });
  const owner = await rig.join(await rig.invite(room, relay, { role: 'owner' }), 'Owner');
  await rig.until('the owner is live', () => isLive(owner));
  return { room, owner, prompts, link: () => rig.invite(room, relay) };
}

test('[P6] an owner without the newest key is told so after 2 s, and never that the host is offline', async () => {
  const { room, owner } = await served();
  await rig.run(room.stopSharing());
  await rig.until('the card has come', () => owner.missingEpoch === 2);
  expect(isLive(owner)).toBe(true);
  await rig.pass(2_000);
  expect(owner.truth).toMatchObject({ kind: 'unconfirmed', locked: true });
  const seen = new Set<string>();
  owner.onDidChange(() => seen.add(owner.truth.kind));
  await rig.pass(120_000);
  expect([...seen]).toEqual([]);
  expect(owner.truth).toMatchObject({ kind: 'unconfirmed', locked: true });
});

test('[P6] a host that is gone is offline also for who lacks its key', async () => {
  const { room, owner } = await served();
  await rig.run(room.stopSharing());
  await rig.pass(15_000);
  room.dispose();
  await rig.pass(26_000);
  expect(owner.truth.kind).toBe('host-offline');
});

test('[P6] what is sent without the newest key waits for it, is sealed under it, and runs once', async () => {
  const { room, owner, prompts } = await served();
  await rig.run(room.stopSharing());
  await rig.until('the card has come', () => owner.missingEpoch === 2);
  const { id } = owner.send('prompt', { text: 'typed too early' });
  const item = () => owner.outbox.find((one) => one.id === id);
  await rig.pass(5_000);
  expect([item()?.status, prompts]).toEqual(['sending', []]);
  owner.addEpochs(room.epochs);
  await rig.until('it is done', () => item()?.status === 'done');
  expect(prompts).toEqual(['typed too early']);
  await rig.until('live again', () => isLive(owner));
});

test('[P6] an answer under the newest key is read once that key is here', async () => {
  const { room, owner, prompts } = await served();
  const { id } = owner.send('prompt', { text: 'just before' });
  const item = () => owner.outbox.find((one) => one.id === id);
  await rig.until('it is on its way', () => item()?.status === 'sent');
  await rig.run(room.stopSharing());
  await rig.pass(30_000);
  owner.addEpochs(room.epochs);
  await rig.until('it is done', () => item()?.status === 'done');
  expect(prompts).toEqual(['just before']);
});

test('[P6] two new epochs in a row, told together or one by one, end live with all that was written', async () => {
  for (const isTogether of [true, false]) {
    const { room, owner } = await served();
    await rig.run(room.stopSharing());
    room.append([textEntry('a', 'between')]);
    if (!isTogether) owner.addEpochs(room.epochs);
    await rig.run(room.stopSharing());
    room.append([textEntry('b', 'after')]);
    await rig.pass(3_000);
    owner.addEpochs(room.epochs);
    await rig.until('all is there', () => texts(owner).includes('after'));
    await rig.until('live', () => isLive(owner));
    expect(texts(owner)).toEqual(['between', 'after']);
    expect([owner.missingEpoch, owner.alarms]).toEqual([undefined, []]);
  }
});

test('[P6] a guest whose relay does not cut it off is told within 10 s that sharing was stopped', async () => {
  const { room, link } = await served(true);
  const guest = await rig.join(await link(), 'Guest');
  await rig.until('the guest is live', () => isLive(guest));
  await rig.run(room.stopSharing());
  await rig.until('the card has come', () => guest.missingEpoch === 2);
  expect(guest.truth.kind).toBe('live');
  await rig.pass(10_000);
  expect(guest.truth).toMatchObject({ kind: 'over', error: { code: 'link-revoked' } });
});

test('[P6] an owner waits for the key as long as it takes', async () => {
  const { room, owner } = await served();
  await rig.run(room.stopSharing());
  await rig.pass(15 * 60_000);
  owner.addEpochs(room.epochs);
  await rig.until('live', () => isLive(owner));
});

test('[P6] a locked record counts only as one of its sender, at its place, in its room', async () => {
  const [pair, stranger] = [await generateSigningPair(), (await createIdentity()).signing];
  const room = randomBytes(16);
  const seal = async (by: typeof pair, type: number = RECORD_TYPE.beat) => {
    const options = { room, pair: by, boot: newBootOf(1), secretOf: () => new Uint8Array(32) };
    const sealer = await RecordSealer.create(options);
    const plaintext = utf8Bytes('{}');
    return sealer.seal({
      type: type === RECORD_TYPE.beat ? RECORD_TYPE.beat : RECORD_TYPE.log,
      place: 'beat',
      epoch: 9,
      plaintext,
    });
  };
  const open = (held: boolean, at = 'beat', of = room) => {
    const opener = new RecordOpener({
      room: of,
      secretOf: () => (held ? new Uint8Array(32) : undefined),
    });
    return (record: Uint8Array) =>
      opener.locked(record, { type: RECORD_TYPE.beat, place: at }, () => pair.publicKey);
  };
  const good = await seal(pair);
  expect((await open(false)(good))?.epoch).toBe(9);
  expect(await open(true)(good)).toBeUndefined();
  expect(await open(false, 'presence')(good)).toBeUndefined();
  expect(await open(false, 'beat', randomBytes(16))(good)).toBeUndefined();
  expect(await open(false)(await seal(stranger))).toBeUndefined();
  expect(await open(false)(await seal(pair, RECORD_TYPE.log))).toBeUndefined();
  const flipped = good.slice();
  flipped[100] = (flipped[100] ?? 0) ^ 1;
  expect(await open(false)(flipped), toBase64Url(flipped)).toBeUndefined();
});

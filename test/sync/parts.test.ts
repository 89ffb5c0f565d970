// [I] What goes with commands in parts, between real members, a real relay and a host: the honest way and the attacks.
import { createHash, randomFillSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { channelToken, createIdentity, type Identity } from '../../src/crypto/identity.ts';
import { RecordSealer } from '../../src/crypto/record.ts';
import { newBootOf } from '../../src/crypto/keys.ts';
import { fromBase32, fromBase64Url } from '../../src/base/bytes.ts';
import { partDocument } from '../../src/protocol/documentNames.ts';
import type { Attached } from '../../src/protocol/entryParts.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import type { RelayLimits } from '../../src/relay/relayLimits.ts';
import {
  attachedOf,
  partCount,
  partOf,
  putPart,
  sealPart,
} from '../../src/session/attached/parts.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import { exchangeDocument } from '../../src/sync/oneExchange.ts';
import type { HostRoom } from '../../src/sync/host/hostRoom.ts';
import { playedSession } from '../session/playedHandlers.ts';
import { sessionApp, SyncRig } from './syncRig.ts';
import { systemClock } from '../../src/base/clock.ts';

const rig = new SyncRig();
afterEach(() => rig.close());

const random = (bytes: number) => randomFillSync(new Uint8Array(bytes));
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');

/** A room whose host reads what prompts name; `read` has what came. */
async function readingRoom(limits: Partial<RelayLimits> = {}) {
  const relay = await rig.relay({ limits });
  const read: Uint8Array[] = [];
  const served: { room?: HostRoom } = {};
  const room = await rig.host(relay, {
    commands: playedSession(async (command) => {
      if (command.kind !== 'prompt' || !served.room) return;
      read.push(...(await served.room.readParts(command.member, command.args.attached ?? [])));
    }),
  });
  served.room = room;
  room.setState(sessionApp({ can: ['prompt', 'attach'] }));
  return { relay, room, read };
}

async function member(
  { relay, room }: Awaited<ReturnType<typeof readingRoom>>,
  role: 'owner' | 'viewer' = 'owner',
  identity?: Identity,
): Promise<Attachment> {
  const view = await rig.join(await rig.invite(room, relay, { role }), role, identity);
  await rig.until('it is in', () => view.me);
  await rig.until('it sees the session', () => view.state);
  return view;
}

/** How a prompt with these ended. */
async function ended(view: Attachment, id: string) {
  const find = () => view.outbox.find((item) => item.id === id);
  await rig.until(
    'it ended',
    () => !['sending', 'sent', 'received', 'running'].includes(find()?.status ?? ''),
  );
  return find();
}

describe('what goes with a prompt', () => {
  it('[I1] arrives whole and in its order, over several parts, and leaves nothing at the relay', async () => {
    const stage = await readingRoom();
    const ada = await member(stage);
    const before = stage.relay.counts.documents;
    const [large, small] = [random(LIMITS.partBytes * 2 + 7), random(10)];
    const { id } = ada.send('prompt', { text: 'look' }, [
      { use: 'picture', bytes: large },
      { use: 'file', name: 'a.bin', bytes: small },
    ]);
    expect((await ended(ada, id))?.status).toBe('done');
    expect(stage.read.map((bytes) => hash(bytes))).toEqual([hash(large), hash(small)]);
    await rig.until('the relay has none', () => stage.relay.counts.documents <= before);
  });

  it('[I1] a long text travels beside, the command names it; the item keeps it', async () => {
    const stage = await readingRoom();
    const ada = await member(stage);
    const text = 'é'.repeat(100_000);
    const { id } = ada.send('prompt', { text });
    expect((await ended(ada, id))?.args).toEqual({ text });
    expect(Buffer.from(stage.read[0] ?? []).toString()).toBe(text);
  });

  it('[I1] a prompt that follows waits for the one that is on its way', async () => {
    const order: string[] = [];
    const relay = await rig.relay();
    const room = await rig.host(relay, {
      commands: playedSession((command) => {
        if (command.kind === 'prompt') order.push(command.args.text);
      }),
    });
    room.setState(sessionApp({ can: ['prompt', 'attach'] }));
    const ada = await member({ relay, room, read: [] });
    ada.send('prompt', { text: 'first' }, [{ use: 'picture', bytes: random(LIMITS.partBytes) }]);
    const { id } = ada.send('prompt', { text: 'second' });
    await ended(ada, id);
    expect(order).toEqual(['first', 'second']);
  });

  it('[I1] what is cancelled on its way is not run, and its parts go', async () => {
    const stage = await readingRoom();
    const ada = await member(stage);
    const item = ada.send('prompt', { text: 'no' }, [{ use: 'picture', bytes: random(4_000_000) }]);
    await rig.until('it is on its way', () => ada.outbox[0]?.progress);
    expect(ada.cancel(item.id)).toBe(true);
    expect(await ended(ada, item.id)).toMatchObject({ status: 'expired', message: /cancelled/ });
    expect(stage.read).toEqual([]);
    expect(ada.cancel(item.id)).toBe(false);
  });

  it('[I2] a host that says nothing of it is sent nothing, and the text stays', async () => {
    const stage = await readingRoom();
    stage.room.setState(sessionApp({ can: ['prompt'] }));
    const ada = await member(stage);
    await rig.until(
      'the state is there',
      () => ada.state?.kind === 'session' && ada.state.session.can,
    );
    const bytes = random(10);
    expect(() => ada.send('prompt', { text: 'x' }, [{ use: 'picture', bytes }])).toThrow(/older/);
    expect(() => ada.send('prompt', { text: 'x'.repeat(50_000) })).toThrow(/over 46 KB/);
  });

  it.each([
    ['33 MB', [random(LIMITS.attachedBytes + 1)], /33(\.\d)? MB|32\.1 MB/],
    ['21 files', Array.from({ length: 21 }, () => random(1)), /More than 20/],
  ])('[I1] %s are refused before anything is sent', async (_what, all, why) => {
    const stage = await readingRoom();
    const ada = await member(stage);
    const files = all.map((bytes) => ({ use: 'file' as const, name: 'x', bytes }));
    expect(() => ada.send('prompt', { text: 'x' }, files)).toThrow(why);
    expect(() => ada.send('prompt', { text: 'x'.repeat(LIMITS.promptBytes + 1) })).toThrow(/2 MB/);
    expect(ada.outbox).toEqual([]);
  });
});

describe('attacks', () => {
  /** Puts parts where they are said to lie, sealed as `place` says. */
  async function plant(
    stage: Awaited<ReturnType<typeof readingRoom>>,
    identity: Identity,
    attached: Attached,
    whole: Uint8Array<ArrayBuffer>,
    order: (k: number) => number = (k) => k,
  ): Promise<void> {
    const { room, relay } = stage;
    const [epoch] = room.epochs;
    const secret = fromBase64Url(epoch?.secret ?? '');
    const sealer = await RecordSealer.create({
      room: fromBase32(room.id) ?? new Uint8Array(16),
      pair: identity.signing,
      boot: newBootOf(1),
      secretOf: () => secret,
    });
    for (let k = 0; k < partCount(whole.length); k += 1) {
      const part = { member: identity.member, blob: attached.id, k };
      const sealing = { sealer, epoch: epoch?.epoch ?? 0 };
      const record = await sealPart(sealing, part, partOf(whole, order(k)));
      const name = partDocument(room.id, part);
      const token = await channelToken(identity, room.id);
      const at = { url: relay.url, name, token, webSocket: WebSocket, clock: systemClock };
      await exchangeDocument(at, (doc) => putPart(doc, record));
    }
  }

  /** Sends a prompt that names these, whatever lies there. */
  async function name(view: Attachment, attached: readonly Attached[]) {
    const { id } = view.send('prompt', { text: 'x', attached: [...attached] });
    return ended(view, id);
  }

  const whole = random(LIMITS.partBytes + 100);

  it.each([
    ['another hash', (one: Attached) => ({ ...one, sha256: hash(random(1)) })],
    ['another size', (one: Attached) => ({ ...one, bytes: one.bytes - 1 })],
    ['more parts', (one: Attached) => ({ ...one, bytes: one.bytes + LIMITS.partBytes })],
    ['another id', (one: Attached) => ({ ...one, id: newId() })],
  ])('[I4] what is named with %s is refused whole', async (_what, change) => {
    const stage = await readingRoom();
    const identity = await createIdentity();
    const ada = await member(stage, 'owner', identity);
    const attached = await attachedOf({ use: 'picture', bytes: whole }, newId());
    await plant(stage, identity, attached, whole);
    const item = await name(ada, [change(attached)]);
    expect(item).toMatchObject({ status: 'rejected', code: 'not-found' });
    expect(stage.read).toEqual([]);
  });

  it('[I4] parts in another order are not what was named', async () => {
    const stage = await readingRoom();
    const identity = await createIdentity();
    const ada = await member(stage, 'owner', identity);
    const two = random(LIMITS.partBytes * 2);
    const attached = await attachedOf({ use: 'picture', bytes: two }, newId());
    await plant(stage, identity, attached, two, (k) => 1 - k);
    expect((await name(ada, [attached]))?.status).toBe('rejected');
  });

  it('[I3] another member’s parts are nobody else’s', async () => {
    const stage = await readingRoom();
    const [ada, bob] = [await createIdentity(), await createIdentity()];
    await member(stage, 'owner', ada);
    const bobs = await member(stage, 'owner', bob);
    const attached = await attachedOf({ use: 'picture', bytes: whole }, newId());
    await plant(stage, ada, attached, whole);
    expect((await name(bobs, [attached]))?.status).toBe('rejected');
    expect(stage.read).toEqual([]);
  });

  it('[I5] who only watches can write no part, and is told so by the relay', async () => {
    const stage = await readingRoom();
    const identity = await createIdentity();
    await member(stage, 'viewer', identity);
    const attached = await attachedOf({ use: 'picture', bytes: whole }, newId());
    await expect(plant(stage, identity, attached, whole)).rejects.toThrow(
      /only who may send prompts/,
    );
  });

  it('[I5] who may control from now on may attach, and no more when that is over', async () => {
    const stage = await readingRoom();
    const identity = await createIdentity();
    await member(stage, 'viewer', identity);
    const attached = await attachedOf({ use: 'picture', bytes: random(10) }, newId());
    stage.room.admit(identity.member, 'controller', ['prompt']);
    await plant(stage, identity, attached, random(10));
    stage.room.admit(identity.member, 'viewer');
    const isRefused = (): Promise<boolean> =>
      plant(stage, identity, attached, random(10)).then(
        () => false,
        () => true,
      );
    await rig.until('it is refused', isRefused);
  });

  it('[I5] more than a member’s share waits nowhere, and says so', async () => {
    const stage = await readingRoom({ waitingPartsBytes: 2 * LIMITS.partBytes });
    const ada = await member(stage);
    const bytes = random(3 * LIMITS.partBytes);
    const { id } = ada.send('prompt', { text: 'x' }, [{ use: 'file', name: 'x', bytes }]);
    expect(await ended(ada, id)).toMatchObject({ status: 'expired', message: /takes no more/ });
  });
});

describe('what the host publishes', () => {
  it('[I8] is read from the relay, and in a new epoch published anew', async () => {
    const body = random(LIMITS.partBytes + 5_000);
    const relay = await rig.relay();
    let reads = 0;
    const room = await rig.host(relay, {
      readBlob: (_blob, offset) => {
        reads += 1;
        return { totalBytes: body.length, bytes: body.slice(offset, offset + 100_000) };
      },
    });
    const ada = await member({ relay, room, read: [] });
    expect(hash(await ada.fetchBlob('b'))).toBe(hash(body));
    const first = reads;
    expect(hash(await ada.fetchBlob('b'))).toBe(hash(body));
    // One look at its size, nothing of its bytes.
    expect(reads).toBe(first + 1);
    await room.stopSharing();
    ada.addEpochs(room.epochs);
    expect(hash(await ada.fetchBlob('b'))).toBe(hash(body));
    expect(reads).toBeGreaterThan(first * 2 - 1);
  });

  it('[I8] is healed from the host’s store when the relay has lost it', async () => {
    const body = random(LIMITS.partBytes + 5_000);
    const relay = await rig.relay({ limits: { partsKeptMs: 0, sweepMs: 20 } });
    let reads = 0;
    const room = await rig.host(relay, {
      readBlob: (_blob, offset) => {
        reads += 1;
        return { totalBytes: body.length, bytes: body.slice(offset, offset + 100_000) };
      },
    });
    const ada = await member({ relay, room, read: [] });
    const before = relay.counts.documents;
    expect(hash(await ada.fetchBlob('b'))).toBe(hash(body));
    await rig.until('the relay has lost it', () => relay.counts.documents <= before);
    const first = reads;
    expect(hash(await ada.fetchBlob('b'))).toBe(hash(body));
    expect(reads).toBeGreaterThan(first + 2);
  });
});

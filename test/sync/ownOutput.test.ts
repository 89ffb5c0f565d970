// [R18] What is for owners alone, on a relay that hides nothing and with a guest who has the keys of the room.
import { afterEach, expect, test } from 'vitest';
import { fromBase32, fromBase64Url, utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { RecordOpener } from '../../src/crypto/record.ts';
import { channelDocument } from '../../src/protocol/documentNames.ts';
import { RECORD_TYPE } from '../../src/protocol/room.ts';
import { PairRig } from './pairRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

/** A relay without any check, a room on it with one text, and its owner. */
async function makeRoom(ownerOnly: boolean) {
  const relay = await rig.relay({ open: true });
  const bytes = utf8Bytes('a plan and a memory');
  const reads = { now: 0, most: 0 };
  const room = await rig.host(relay, {
    readBlob: async (_blob, offset) => {
      reads.now += 1;
      reads.most = Math.max(reads.most, reads.now);
      await new Promise<void>((resolve) => void rig.clock.after(20, resolve));
      reads.now -= 1;
      return { totalBytes: bytes.length, bytes: bytes.slice(offset), ownerOnly };
    },
  });
  const owner = await rig.join(await rig.invite(room, relay, { role: 'owner' }));
  await rig.until('the owner is in', () => owner.me !== undefined);
  return { relay, room, owner, reads };
}

/** Every answer in the owner's channel, as one reads it who has the room's secrets and gets the documents. */
async function answersRead({ relay, room, owner }: Awaited<ReturnType<typeof makeRoom>>) {
  const name = channelDocument(room.id, owner.member);
  const { doc } = await rig.connect(relay, name);
  const opener = new RecordOpener({
    room: fromBase32(room.id) ?? new Uint8Array(),
    secretOf: (epoch) => {
      const secret = room.epochs.find((one) => one.epoch === epoch)?.secret;
      return secret === undefined ? undefined : fromBase64Url(secret);
    },
  });
  const seen = new Set<string>();
  const read = async (id: string, record: Uint8Array): Promise<void> => {
    const place = `g.${owner.member}/in/${id}`;
    const plaintext = await opener.peek(record, { type: RECORD_TYPE.ack, place });
    if (plaintext) seen.add(utf8Text(plaintext));
  };
  const reading: Promise<void>[] = [];
  // At once: who asked takes its answers out.
  doc.getMap('in').observe(() => {
    for (const [id, record] of doc.getMap('in')) {
      if (record instanceof Uint8Array) reading.push(read(id, record));
    }
  });
  return async (): Promise<string> => {
    await Promise.all(reading);
    return [...seen].join('\n');
  };
}

test('a guest with the help of the relay reads what is for all, and nothing of what is not', async () => {
  const open = await makeRoom(false);
  const readOpen = await answersRead(open);
  expect(utf8Text(await rig.run(open.owner.fetchBlob('b')))).toBe('a plan and a memory');
  await rig.until('the answer was read', async () => (await readOpen()).includes('"bytes"'));
  const plain = Buffer.from('a plan and a memory').toString('base64url');
  // Answers in the channels of others can be opened by everybody in the room: hence the seal.
  expect(await readOpen()).toContain(plain);

  const own = await makeRoom(true);
  const readOwn = await answersRead(own);
  expect(utf8Text(await rig.run(own.owner.fetchBlob('b')))).toBe('a plan and a memory');
  await rig.until('the answer was read', async () => (await readOwn()).includes('"sealed"'));
  expect(await readOwn()).not.toContain(plain);
});

test('a viewer and a controller are refused, by any id', async () => {
  const { relay, room } = await makeRoom(true);
  for (const role of ['viewer', 'controller'] as const) {
    const link = await rig.invite(room, relay, { role, allowControl: true });
    const guest = await rig.join(link, role);
    await rig.until('the guest is in', () => guest.me?.role === role);
    await expect(rig.run(guest.fetchBlob('b'))).rejects.toThrow(
      /for the owner of the session alone/,
    );
  }
});

test('many that are asked for at once all come: one after the other', async () => {
  const { owner, reads } = await makeRoom(true);
  // More at once than a host answers one member.
  const all = await rig.run(
    Promise.all(Array.from({ length: 12 }, (_, n) => owner.fetchBlob(`b${n}`))),
  );
  expect(new Set(all.map(utf8Text))).toEqual(new Set(['a plan and a memory']));
  expect(reads.most).toBe(1);
});

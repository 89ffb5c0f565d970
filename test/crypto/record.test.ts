// Sealed records: what is altered, moved, retyped, truncated or foreign never opens.
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Bytes } from '../../src/base/bytes.ts';
import {
  generateSigningPair,
  newBootOf,
  randomBytes,
  type SigningPair,
} from '../../src/crypto/keys.ts';
import { pad, paddedLength, unpad } from '../../src/crypto/padding.ts';
import { readHeader, RecordOpener, RecordSealer } from '../../src/crypto/record.ts';
import { RECORD_TYPE } from '../../src/protocol/room.ts';

const room = randomBytes(16);
const secret = randomBytes(32);
const runs = { numRuns: 300 };
let pair: SigningPair;
let sealer: RecordSealer;

beforeAll(async () => {
  pair = await generateSigningPair();
  sealer = await sealerOf(pair);
});

function sealerOf(signer: SigningPair, epochSecret: Bytes = secret): Promise<RecordSealer> {
  const boot = newBootOf(7);
  return RecordSealer.create({ room, pair: signer, boot, secretOf: () => epochSecret });
}

const log = { type: RECORD_TYPE.log, place: 'log' } as const;

function seal(plaintext: Uint8Array): Promise<Bytes> {
  return sealer.seal({ ...log, epoch: 1, plaintext: plaintext.slice() });
}

async function openAs(
  record: Uint8Array,
  options: {
    readonly type?: (typeof RECORD_TYPE)[keyof typeof RECORD_TYPE];
    readonly place?: string;
    readonly room?: Bytes;
    readonly secret?: Bytes;
  } = {},
): Promise<string> {
  const opener = new RecordOpener({
    room: options.room ?? room,
    secretOf: () => options.secret ?? secret,
  });
  const expected = { type: options.type ?? log.type, place: options.place ?? log.place };
  const opened = await opener.open(record, expected, () => pair.publicKey);
  return opened.ok ? 'opened' : opened.reason;
}

test('[S1] one opener reads what one boot sealed in several epochs, each under its own secret', async () => {
  const secrets = new Map([1, 2].map((epoch) => [epoch, randomBytes(32)]));
  const secretOf = (epoch: number): Bytes | undefined => secrets.get(epoch);
  const boot = newBootOf(7);
  const over = await RecordSealer.create({ room, pair, boot, secretOf });
  const opener = new RecordOpener({ room, secretOf });
  for (const epoch of [1, 2, 1]) {
    const record = await over.seal({ ...log, epoch, plaintext: new Uint8Array([epoch]) });
    const opened = await opener.open(record, log, () => pair.publicKey);
    expect(opened.ok && [...opened.plaintext]).toEqual([epoch]);
  }
});

test('[S1] what was sealed opens unchanged', async () => {
  const opener = new RecordOpener({ room, secretOf: () => secret });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 9000 }), async (plaintext) => {
      const opened = await opener.open(await seal(plaintext), log, () => pair.publicKey);
      expect(opened.ok && [...opened.plaintext]).toEqual([...plaintext]);
    }),
    runs,
  );
});

test('[S2] one flipped bit anywhere is refused', async () => {
  const record = await seal(new Uint8Array([1, 2, 3]));
  await fc.assert(
    fc.asyncProperty(fc.nat(record.length * 8 - 1), async (bit) => {
      const altered = record.slice();
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await openAs(altered)).not.toBe('opened');
    }),
    runs,
  );
});

test('[S3] a truncated or extended record is refused', async () => {
  const record = await seal(new Uint8Array(100));
  await fc.assert(
    fc.asyncProperty(fc.nat(record.length - 1), async (length) => {
      expect(await openAs(record.slice(0, length))).not.toBe('opened');
      const longer = new Uint8Array(record.length + length + 1);
      longer.set(record);
      expect(await openAs(longer)).not.toBe('opened');
    }),
    runs,
  );
});

test('[S4] a record opens only as its type, at its place, in its room and epoch', async () => {
  const record = await seal(new Uint8Array(10));
  expect(await openAs(record)).toBe('opened');
  expect(await openAs(record, { type: RECORD_TYPE.state })).toBe('other-type');
  expect(await openAs(record, { place: 'live' })).toBe('forged');
  expect(await openAs(record, { room: randomBytes(16) })).toBe('other-room');
  expect(await openAs(record, { secret: randomBytes(32) })).toBe('forged');
});

test('[S5] somebody with the epoch secret cannot sign for the host', async () => {
  const stranger = await sealerOf(await generateSigningPair());
  const record = await stranger.seal({ ...log, epoch: 1, plaintext: new Uint8Array(5) });
  expect(await openAs(record)).toBe('forged');
});

test('[S6] random bytes are never accepted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
      expect(await openAs(bytes)).not.toBe('opened');
    }),
    runs,
  );
});

test('[S7] no nonce and no sequence number comes twice in a boot', async () => {
  const records = await Promise.all(Array.from({ length: 2000 }, () => seal(new Uint8Array(1))));
  const seqs = new Set(records.map((record) => readHeader(record)?.seq));
  expect(seqs.size).toBe(records.length);
});

test('[S8] sizes tell the bucket, not the length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
      const padded = pad(bytes.slice());
      expect(padded.length % 256).toBe(0);
      expect(padded.length).toBe(paddedLength(bytes.length));
      expect([...(unpad(padded) ?? [])]).toEqual([...bytes]);
    }),
  );
  expect([1, 50, 252].map(paddedLength)).toEqual([256, 256, 256]);
  expect([253, 4092, 4093, 8189].map(paddedLength)).toEqual([512, 4096, 8192, 12288]);
});

test('[S9] padding that is not zero, or of another bucket, is refused', () => {
  const padded = pad(new Uint8Array([1, 2, 3]));
  expect(unpad(padded.slice(0, 128))).toBeUndefined();
  padded[200] = 1;
  expect(unpad(padded)).toBeUndefined();
});

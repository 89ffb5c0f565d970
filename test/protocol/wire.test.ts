// Bytes are pinned: what is made from fixed keys is what test/protocol/wire.golden.json says, and opens.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { utf8Text } from '../../src/base/bytes.ts';
import { verifyClaim } from '../../src/crypto/admissionToken.ts';
import { openCard } from '../../src/crypto/card.ts';
import { openKnock } from '../../src/crypto/knock.ts';
import { inflateRaw } from '../../src/crypto/inflate.ts';
import { unpad } from '../../src/crypto/padding.ts';
import { RecordOpener } from '../../src/crypto/record.ts';
import { claimRequestSchema } from '../../src/protocol/claim.ts';
import { parseLink } from '../../src/protocol/link.ts';
import { RECORD_FLAG, RECORD_TYPE } from '../../src/protocol/room.ts';
import { bytesOf, logText, makeParts, makeWire } from './wireRig.ts';

const WHAT_TO_DO = `
Other bytes than version 2 of the protocol has: rooms, relays and guests of this version would not
understand them, and a room keeps its protocol for life. This file is never made anew. Put the bytes back,
or make a new protocol version (src/protocol/version.ts) with golden bytes of its own.`;

const goldenSchema = z.object({
  input: z.object({
    roomKey: z.string(),
    hostKey: z.string(),
    memberKey: z.string(),
    now: z.number(),
  }),
  wire: z.looseObject({
    'room id': z.string(),
    'record log': z.string(),
    'record log deflated': z.string(),
    card: z.string(),
    knock: z.string(),
    claim: claimRequestSchema,
    padded: z.string(),
    link: z.string(),
  }),
});

const file = new URL('wire.golden.json', import.meta.url);
const { input, wire } = goldenSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
let parts: Awaited<ReturnType<typeof makeParts>>;
let made: Awaited<ReturnType<typeof makeWire>>;

beforeAll(async () => {
  parts = await makeParts(input);
  made = await makeWire(parts);
});

describe('bytes of version 2', () => {
  it('nothing travels that is not pinned here', () => {
    expect(Object.keys(made).toSorted()).toEqual(Object.keys(wire).toSorted());
  });

  it.each(Object.keys(wire))('%s is made as it was', (name) => {
    expect(Reflect.get(made, name), WHAT_TO_DO).toEqual(wire[name]);
  });

  it('[S1] the record opens to the text of the log, for the host’s key, at its place', async () => {
    const opener = new RecordOpener({ room: parts.roomBytes, secretOf: () => parts.epochSecret });
    const at = (place: string) =>
      opener.open(
        bytesOf(wire['record log']),
        { type: RECORD_TYPE.log, place },
        () => parts.hostPair.publicKey,
      );
    const opened = await at('log');
    expect(opened.ok && utf8Text(opened.plaintext), WHAT_TO_DO).toBe(logText(parts));
    expect(opened.header).toMatchObject({ type: 1, flags: 0, epoch: 3, term: 5, seq: 258n });
    expect((await at('live')).ok).toBe(false);
  });

  it('[S11] a deflated record opens as one, and for nobody who cannot undo it', async () => {
    const opener = new RecordOpener({ room: parts.roomBytes, secretOf: () => parts.epochSecret });
    const log = { type: RECORD_TYPE.log, place: 'log' } as const;
    const record = bytesOf(wire['record log deflated']);
    const open = (flags: number) =>
      opener.open(record, { ...log, flags }, () => parts.hostPair.publicKey);
    const opened = await open(RECORD_FLAG.deflated);
    const text = opened.ok ? await inflateRaw(opened.plaintext, 1_000) : undefined;
    expect(text && utf8Text(text), WHAT_TO_DO).toBe(logText(parts));
    expect(opened.header).toMatchObject({ type: 1, flags: 1 });
    expect(await open(0)).toMatchObject({ ok: false, reason: 'other-flags' });
    const unasked = await opener.open(record, log, () => parts.hostPair.publicKey);
    expect(unasked).toMatchObject({ ok: false, reason: 'other-flags' });
  });

  it('[K1] the card opens for its room', async () => {
    const card = await openCard(bytesOf(wire.card), wire['room id']);
    expect(card, WHAT_TO_DO).toMatchObject({ versions: [2], term: 5, epoch: 3 });
  });

  it('[K4] the knock opens with the secret of its link', async () => {
    const { room, roomBytes, link, identity } = parts;
    const record = bytesOf(wire.knock);
    const opened = await openKnock({ record, secret: link.secret, room, roomBytes });
    expect(opened?.member, WHAT_TO_DO).toBe(identity.member);
    expect(opened?.knock).toMatchObject({ name: 'Ada', device: 'desk', at: input.now });
  });

  it('[Y11] the claim is the room key’s', async () => {
    const claim = await verifyClaim(wire.claim);
    expect(claim, WHAT_TO_DO).toMatchObject({ room: wire['room id'], term: 5, rev: 7 });
  });

  it('[S9] the padding comes off', () => {
    expect(utf8Text(unpad(bytesOf(wire.padded)) ?? new Uint8Array())).toBe('abc');
  });

  it('the link is read', () => {
    expect(parseLink(wire.link), WHAT_TO_DO).toEqual(parts.link);
  });
});

// Every byte that travels, made from fixed keys, times and "random" bytes by the code that makes it for rooms.
import { createHash } from 'node:crypto';
import {
  type Bytes,
  fromBase32,
  fromBase64Url,
  toBase64Url,
  utf8Bytes,
} from '../../src/base/bytes.ts';
import { silentLogger } from '../../src/base/log.ts';
import { admissionToken, hashToken, roomIdOfKey } from '../../src/crypto/admissionToken.ts';
import { channelToken, type Identity } from '../../src/crypto/identity.ts';
import {
  importSigningPair,
  memberOfKey,
  newBootOf,
  type SigningPair,
} from '../../src/crypto/keys.ts';
import { inviteIdOf } from '../../src/crypto/knock.ts';
import { pad, paddedLength } from '../../src/crypto/padding.ts';
import { RecordSealer } from '../../src/crypto/record.ts';
import { claimRequestSchema } from '../../src/protocol/claim.ts';
import { formatLink, type InviteLink } from '../../src/protocol/link.ts';
import { RECORD_FLAG, RECORD_TYPE, type RecordType } from '../../src/protocol/room.ts';
import { RoomLog } from '../../src/session/roomLog.ts';
import { RelayLink } from '../../src/sync/host/relayLink.ts';
import { RoomEpochs } from '../../src/sync/host/roomEpochs.ts';
import { makeKnock } from '../../src/sync/member/knocking.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

/** Bytes 1, 2, 3 …, from `first` on: in place of random ones. */
export function counted(length: number, first = 1): Bytes {
  return new Uint8Array(length).map((_, i) => (first + i) % 256);
}

async function pairOf(text: string): Promise<SigningPair> {
  const pair = await importSigningPair(text);
  if (!pair) throw new Error('the key is damaged');
  return pair;
}

/** What everything is made from. Times are ms since 1970. */
export interface WireInput {
  /** PKCS #8 and raw public key, base64url, joined by a dot: for tests only. */
  readonly roomKey: string;
  readonly hostKey: string;
  readonly memberKey: string;
  readonly now: number;
}

/** Keys and secrets of a room, its host and a member. */
export async function makeParts(input: WireInput) {
  const [roomPair, hostPair, memberPair] = await Promise.all(
    [input.roomKey, input.hostKey, input.memberKey].map(pairOf),
  );
  if (!roomPair || !hostPair || !memberPair) throw new Error('a key is missing');
  const clock = createFakeClock(input.now);
  const room = await roomIdOfKey(roomPair.publicBytes);
  const identity: Identity = {
    signing: memberPair,
    exchangeKey: toBase64Url(counted(32, 60)),
    exchangeSecret: '',
    seed: counted(32, 70),
    member: await memberOfKey(memberPair.publicBytes),
  };
  const link: InviteLink = {
    room,
    secret: counted(32, 80),
    relay: 'wss://relay.example.org/th',
    role: 'controller',
    epoch: { number: 3, secret: counted(32, 90) },
  };
  return {
    clock,
    room,
    roomBytes: fromBase32(room) ?? new Uint8Array(),
    roomPair,
    hostPair,
    identity,
    link,
    epochSecret: counted(32, 90),
    boot: newBootOf(5, (length) => counted(length, 20)),
  };
}

type Parts = Awaited<ReturnType<typeof makeParts>>;

async function sealedRecord(
  parts: Parts,
  seq: bigint,
  at: { readonly type: RecordType; readonly place: string; readonly flags?: number },
  plaintext: Bytes,
) {
  const sealer = await RecordSealer.create({
    room: parts.roomBytes,
    pair: parts.hostPair,
    boot: parts.boot,
    secretOf: () => parts.epochSecret,
    firstSeq: seq,
    random: counted,
  });
  const record = await sealer.seal({ ...at, epoch: 3, plaintext });
  return toBase64Url(record);
}

/** Raw DEFLATE of one block that is not compressed: its bytes are the same with every library. */
function stored(bytes: Bytes): Bytes {
  const { length } = bytes;
  const low = [length & 0xff, length >> 8];
  return Uint8Array.from([1, ...low, ...low.map((byte) => byte ^ 0xff), ...bytes]);
}

/** Plaintext of the second record of a log. */
export function logText(parts: Parts): string {
  const log = new RoomLog({
    journal: {
      logEnd: () => ({ nextIndex: 1, lastHash: 'hash-of-the-first' }),
      appendLog: () => undefined,
      readLog: () => [],
    },
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  });
  const entry = {
    kind: 'text',
    id: 'e1',
    at: parts.clock.now(),
    messageId: 'm',
    text: 'hé',
  } as const;
  return log.append([entry]).records[0]?.text ?? '';
}

function roomEpochs(parts: Parts): RoomEpochs {
  return new RoomEpochs({
    room: { id: parts.room, pair: parts.roomPair },
    host: { term: 5, pair: parts.hostPair, boot: parts.boot },
    journal: {
      epochs: () => [{ epoch: 3, secret: toBase64Url(parts.epochSecret) }],
      addEpoch: () => undefined,
    },
    clock: parts.clock,
  });
}

/** The body of the request by which the host claims its room. */
async function claimRequest(parts: Parts) {
  const bodies: string[] = [];
  const link = new RelayLink({
    relay: { url: 'wss://relay.example.org' },
    room: parts.room,
    roomPair: parts.roomPair,
    term: 5,
    boot: toBase64Url(parts.boot),
    nextRev: () => 7,
    tokens: async () => [
      {
        hash: await hashToken('token'),
        grants: [{ doc: parts.room, access: 'read' }],
        notAfter: parts.clock.now() + 1,
        loopbackOnly: true,
        pages: false,
      },
    ],
    token: '',
    onLose: () => undefined,
    fetch: async (_url, request) => {
      if (typeof request?.body === 'string') bodies.push(request.body);
      return new Response('{}');
    },
    webSocket: WebSocket,
    random: Math.random,
    clock: parts.clock,
    log: silentLogger,
  });
  await link.claim();
  link.dispose();
  return claimRequestSchema.parse(JSON.parse(bodies[0] ?? ''));
}

/** All of it, by name; bytes in base64url. */
export async function makeWire(parts: Parts) {
  const { room, roomBytes, identity, link, clock } = parts;
  const channel = await channelToken(identity, room);
  const member = { identity, name: 'Ada', device: 'desk', channelToken: channel };
  const knock = await makeKnock({ ...member, link, roomBytes, clock }, counted);
  const place = `g.${identity.member}/in/00000000-0000-4000-8000-000000000001`;
  const ack = { type: RECORD_TYPE.ack, place } as const;
  const lengths = [0, 1, 252, 253, 1020, 1021, 4092, 4093, 8188, 8189, 100_000];
  return {
    'room id': room,
    'member id': identity.member,
    'record log': await sealedRecord(
      parts,
      258n,
      { type: RECORD_TYPE.log, place: 'log' },
      utf8Bytes(logText(parts)),
    ),
    'record log deflated': await sealedRecord(
      parts,
      260n,
      { type: RECORD_TYPE.log, place: 'log', flags: RECORD_FLAG.deflated },
      stored(utf8Bytes(logText(parts))),
    ),
    'record ack': await sealedRecord(parts, 259n, ack, utf8Bytes('{"id":"1","status":"done"}')),
    card: toBase64Url(await roomEpochs(parts).card()),
    knock: toBase64Url(knock),
    claim: await claimRequest(parts),
    'invite id': await inviteIdOf(link.secret, room),
    'admission token': await admissionToken(link.secret, room),
    'channel token': channel,
    'token hash': await hashToken(channel),
    'padded lengths': Object.fromEntries(lengths.map((length) => [length, paddedLength(length)])),
    padded: toBase64Url(pad(utf8Bytes('abc'))),
    link: formatLink(link),
  };
}

/** Bytes of a value in the golden file. */
export function bytesOf(text: string): Bytes {
  const bytes = fromBase64Url(text);
  if (!bytes) throw new Error('not base64url');
  return bytes;
}

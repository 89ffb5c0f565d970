// A room's document as its host writes it, and a replica that follows it: no relay, every step by hand.
import * as Y from 'yjs';
import { type Bytes, fromBase32, toBase64Url, utf8Bytes } from '../../src/base/bytes.ts';
import { silentLogger } from '../../src/base/log.ts';
import { roomIdOfKey } from '../../src/crypto/admissionToken.ts';
import { sealCard } from '../../src/crypto/card.ts';
import { generateSigningPair, newBootOf, randomBytes, textHash } from '../../src/crypto/keys.ts';
import { RecordOpener, RecordSealer } from '../../src/crypto/record.ts';
import type { Json } from '../../src/protocol/json.ts';
import { type Beat, RECORD_TYPE, type RecordType } from '../../src/protocol/room.ts';
import { blockKey } from '../../src/session/liveBuffer.ts';
import { Replica } from '../../src/session/replica.ts';
import { TailDocument } from '../../src/session/tailDocument.ts';
import type { ViewPart } from '../../src/session/view.ts';

/** A log plaintext and its hash. */
export interface Written {
  readonly text: string;
  readonly hash: string;
}

/** Makes one; the host's first card stands there, and the replica takes the document for complete. */
export async function makeReplicaRig() {
  const pair = await generateSigningPair();
  const room = await roomIdOfKey(pair.publicBytes);
  const roomBytes = fromBase32(room) ?? new Uint8Array(16);
  const secrets = new Map<number, Bytes>([[1, randomBytes(32)]]);
  const known = new Map(secrets);
  const doc = new Y.Doc();
  const tail = new TailDocument(doc);
  const opener = new RecordOpener({ room: roomBytes, secretOf: (epoch) => known.get(epoch) });
  const replica = new Replica({ doc, room, opener, log: silentLogger });
  const changes: ViewPart[] = [];
  replica.onDidChange((parts) => changes.push(...parts));
  const log: Written[] = [];
  let term = 0;
  let epoch = 1;
  let sealer: RecordSealer;

  /** A host of the next term takes the room over: a new card, and the tail as its journal has it. */
  const restart = async (more: Readonly<Record<string, Json>> = {}): Promise<void> => {
    term += 1;
    const host = await generateSigningPair();
    const boot = newBootOf(term);
    const secretOf = (number: number): Bytes | undefined => secrets.get(number);
    sealer = await RecordSealer.create({ room: roomBytes, pair: host, boot, secretOf });
    const card = await sealCard(pair, {
      versions: [1],
      room,
      roomKey: toBase64Url(pair.publicBytes),
      term,
      hostKey: toBase64Url(host.publicBytes),
      boot: toBase64Url(boot),
      notAfter: 2e12,
      epoch,
      ...more,
    });
    tail.setCard(card);
    tail.rebuild(await Promise.all(log.map(({ text }) => seal(RECORD_TYPE.log, 'log', text))), []);
    await replica.settled();
  };
  const seal = (type: RecordType, place: string, text: string, flags = 0): Promise<Bytes> =>
    sealer.seal({ type, place, epoch, plaintext: utf8Bytes(text), flags });

  /** Next plaintexts of the chain, not written into the document yet. */
  const make = (count: number, body = 'text'): Promise<readonly Written[]> =>
    makeOf(
      Array.from({ length: count }, (_, n) => ({
        ...{ kind: 'text', id: `e${log.length + n}`, at: 1 },
        ...{ messageId: 'm', text: body },
      })),
    );
  /** The same of given entries. */
  const makeOf = async (entries: readonly Json[]): Promise<readonly Written[]> => {
    const made: Written[] = [];
    for (const entry of entries) {
      const index = log.length;
      const text = JSON.stringify({ index, prev: log.at(-1)?.hash ?? '', entry });
      // oxlint-disable-next-line no-await-in-loop -- a chain
      const written = { text, hash: await textHash(text) };
      log.push(written);
      made.push(written);
    }
    return made;
  };
  const write = async (records: readonly Written[], flags = 0): Promise<void> => {
    const sealed = await Promise.all(
      records.map(({ text }) => seal(RECORD_TYPE.log, 'log', text, flags)),
    );
    tail.apply({ log: sealed });
    await replica.settled();
  };
  /** Publishes a state, exactly as it is given. */
  const publish = async (state: Json): Promise<void> => {
    tail.apply({ state: await seal(RECORD_TYPE.state, 'state', JSON.stringify(state)) });
    await replica.settled();
  };
  /** Streams the pieces `n` of a block. */
  const stream = async (messageId: string, n: number, text: string): Promise<void> => {
    const piece = { messageId, block: 0, n, to: n, type: 'text', text } as const;
    const record = await seal(RECORD_TYPE.delta, 'live', JSON.stringify(piece));
    tail.apply({ live: [{ piece, record }] });
    await replica.settled();
  };
  /** The next record and the end of the streamed text that it takes the place of, and text that follows. */
  const supersede = async (next: Written, messageId: string, follows: string): Promise<void> => {
    const log = [await seal(RECORD_TYPE.log, 'log', next.text)];
    const piece = { messageId: follows, block: 0, n: 0, to: 0, type: 'text', text: 'x' } as const;
    const record = await seal(RECORD_TYPE.delta, 'live', JSON.stringify(piece));
    tail.apply({ log, endBlocks: new Set([blockKey(messageId, 0)]), live: [{ piece, record }] });
    await replica.settled();
  };
  const sealBeat = (change: Partial<Beat> = {}): Promise<Bytes> => {
    const { index, hash } = { index: log.length - 1, hash: log.at(-1)?.hash ?? '' };
    const said: Beat = { rev: 1, index, hash, epoch, at: 1, seen: [], ...change };
    return seal(RECORD_TYPE.beat, 'beat', JSON.stringify(said));
  };
  const beat = async (change: Partial<Beat> = {}): Promise<Beat | undefined> =>
    replica.acceptBeat(await sealBeat(change));
  /** Writes under a new epoch from now on; the replica is not told its secret. */
  const nextEpoch = (): { readonly tell: () => void } => {
    epoch += 1;
    const secret = randomBytes(32);
    secrets.set(epoch, secret);
    return { tell: () => void known.set(epoch, secret) };
  };
  replica.complete();
  await restart();
  return {
    replica,
    doc,
    tail,
    changes,
    log,
    restart,
    make,
    makeOf,
    write,
    publish,
    stream,
    supersede,
    beat,
    sealBeat,
    nextEpoch,
  };
}

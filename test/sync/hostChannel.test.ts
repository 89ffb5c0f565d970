// A member's channel on its host: what is left behind in it goes, and it stays small enough for one frame.
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { toBase64Url, utf8Bytes } from '../../src/base/bytes.ts';
import { newCommandId } from '../../src/base/ids.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { generateSigningPair, newBootOf, randomBytes } from '../../src/crypto/keys.ts';
import { RecordOpener, RecordSealer } from '../../src/crypto/record.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import { RECORD_TYPE } from '../../src/protocol/room.ts';
import { inOf, outOf } from '../../src/session/layout.ts';
import { HostChannel } from '../../src/sync/host/hostChannel.ts';
import { HostChannels } from '../../src/sync/host/hostChannels.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

async function makeChannel(options: { readonly onReceive?: (id: string) => void } = {}) {
  const [room, secret] = [randomBytes(16), randomBytes(32)];
  const secretOf = () => secret;
  const identity = await createIdentity();
  const { member } = identity;
  const pair = identity.signing;
  const sealer = await RecordSealer.create({ room, pair, boot: newBootOf(1), secretOf });
  const host = await RecordSealer.create({
    room,
    pair: await generateSigningPair(),
    boot: newBootOf(1),
    secretOf,
  });
  const clock = createFakeClock();
  const received: string[] = [];
  const key = toBase64Url(pair.publicBytes);
  const sealing = {
    opener: new RecordOpener({ room, secretOf }),
    sealer: () => host,
    epoch: () => 1,
  };
  const channel = new HostChannel({
    ...sealing,
    member,
    key,
    receive: (_from, command) => {
      options.onReceive?.(command.id);
      received.push(command.id);
    },
    clock,
    log: silentLogger,
  });
  const seal = async (notAfter: number): Promise<{ id: string; record: Uint8Array }> => {
    const id = newCommandId();
    const command = { id, term: 1, kind: 'interrupt', args: {}, notAfter };
    const plaintext = utf8Bytes(JSON.stringify(command));
    const place = `g.${member}/out`;
    return {
      id,
      record: await sealer.seal({ type: RECORD_TYPE.command, place, epoch: 1, plaintext }),
    };
  };
  return { channel, clock, received, seal, sealing, member, key };
}

test('[X6] what windows left behind, or strangers wrote, does not keep later commands from being read', async () => {
  const { channel, clock, received, seal } = await makeChannel();
  const old = await Promise.all(
    Array.from({ length: LIMITS.outstandingCommands * 3 }, () => seal(clock.now() + 60_000)),
  );
  outOf(channel.doc).push(old.map(({ record }) => record));
  outOf(channel.doc).push(['text', 5, randomBytes(700)]);
  await channel.settled();
  await channel.settled();
  expect(received).toEqual(old.map(({ id }) => id));
  // A window that is there takes its own ones out; these stay until they are surely nobody's.
  expect(outOf(channel.doc).length).toBe(old.length);
  clock.advance(12 * 60_000);
  const fresh = await seal(clock.now() + 60_000);
  outOf(channel.doc).push([fresh.record]);
  await channel.settled();
  expect(received.at(-1)).toBe(fresh.id);
  expect(outOf(channel.doc).length).toBe(1);
});

test('[B2] answers that nobody takes do not make a channel larger than a frame', async () => {
  const { channel } = await makeChannel();
  for (let n = 0; n < 20; n += 1) {
    const result = 'x'.repeat(LIMITS.fetchAnswerBytes);
    channel.acknowledge({ id: newCommandId(), status: 'done', result });
  }
  const last = newCommandId();
  channel.acknowledge({ id: last, status: 'done' });
  await channel.settled();
  expect(inOf(channel.doc).has(last)).toBe(true);
  expect(inOf(channel.doc).size).toBeGreaterThan(LIMITS.fetchesUnderWay);
  expect(Y.encodeStateAsUpdate(channel.doc).length).toBeLessThan(LIMITS.documentBytes);
});

test('a command that fails before it is answered does not keep the next from being read', async () => {
  let isFull = true;
  const onReceive = (): void => {
    if (!isFull) return;
    isFull = false;
    throw new Error('disk full');
  };
  const { channel, clock, received, seal } = await makeChannel({ onReceive });
  const [first, second] = [await seal(clock.now() + 60_000), await seal(clock.now() + 60_000)];
  outOf(channel.doc).push([first.record, second.record]);
  await channel.settled();
  expect(received).toEqual([second.id]);
});

test('what one part does with a command and fails at keeps no other command and no other part from it', async () => {
  const { clock, seal, sealing, member, key } = await makeChannel();
  const docs: Y.Doc[] = [];
  const failures: string[] = [];
  const channels = new HostChannels({
    ...sealing,
    room: 'room',
    relays: { open: (_name, doc) => docs.push(doc), close: () => undefined },
    keyOf: (id) => (id === member ? key : undefined),
    isPresent: () => true,
    clock,
    log: { ...silentLogger, error: (text) => failures.push(text) },
  });
  channels.onDidReceive(() => {
    throw new Error('disk full');
  });
  const received: string[] = [];
  channels.onDidReceive(({ from, command }) => received.push(`${from.member} ${command.id}`));
  channels.open(member);
  const sent = [await seal(clock.now() + 60_000), await seal(clock.now() + 60_000)];
  const [doc] = docs;
  if (doc === undefined) throw new Error('no channel');
  outOf(doc).push(sent.map(({ record }) => record));
  await channels.settled();
  expect(received).toEqual(sent.map(({ id }) => `${member} ${id}`));
  expect(failures).toEqual(['command failed', 'command failed']);
  channels.dispose();
});

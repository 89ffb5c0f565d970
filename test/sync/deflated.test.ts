// Long entries travel deflated; who reads them, and what is said where they cannot be read.
import { afterEach, expect, test } from 'vitest';
import { readHeader } from '../../src/crypto/record.ts';
import { RECORD_FLAG, RECORD_TYPE } from '../../src/protocol/room.ts';
import { readChunks } from '../../src/session/layout.ts';
import { PairRig } from './pairRig.ts';
import { textEntry } from './syncRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

/** Prose of so many characters: words repeat as in a file that an agent shows. */
function prose(length: number): string {
  const words = ['function', 'return', 'const', 'entries', 'await', 'value', 'if (', ') {', '\n'];
  let text = '';
  for (let n = 0; text.length < length; n += 1) text += `${words[(n * n + 3) % 9]}${n % 97} `;
  return text.slice(0, length);
}

async function shared(texts: readonly string[]) {
  const relay = await rig.relay();
  const host = await rig.host(relay);
  const link = await rig.invite(host, relay);
  texts.forEach((text, n) => host.append([textEntry(`e${n}`, text)]));
  const guest = await rig.join(link);
  await rig.until('all is here', () => guest.entries.length === texts.length);
  const token = rig.net.pairsTo().find(({ url }) => url.endsWith(host.id))?.protocols[1];
  const { doc } = await rig.connect(relay, host.id, token === undefined ? {} : { token });
  const logs = readChunks(doc).flatMap(({ log }) => log);
  const sizes = logs.map((record) => record.length);
  const flags = logs.map((record) => readHeader(record)?.flags);
  const states = readChunks(doc).flatMap(({ state }) => (state ? [readHeader(state)] : []));
  return { guest, sizes, flags, states };
}

test('[S11] an entry of 24 KB travels in a third of its size, and is read as it was written', async () => {
  const text = prose(24_000);
  const { guest, sizes, flags } = await shared([text]);
  console.log(`24 KB of text: ${sizes[0]} bytes sealed`);
  expect(guest.entries[0]?.entry).toMatchObject({ kind: 'text', text });
  expect(flags).toEqual([RECORD_FLAG.deflated]);
  expect(sizes[0]).toBeLessThan(24_000 / 3);
});

test('[S11] short entries and states are not deflated', async () => {
  const { flags, states } = await shared(['short', prose(1_800)]);
  expect(flags).toEqual([0, 0]);
  expect(states.map((header) => [header?.type, header?.flags])).toEqual([[RECORD_TYPE.state, 0]]);
});

// What joining brings down the wire, however often a session was joined before.
import * as Y from 'yjs';
import { createIdentity } from '../../src/crypto/identity.ts';
import { parseLink } from '../../src/protocol/link.ts';
import { carryAll } from './memoryNet.ts';
import type { PairRig } from './pairRig.ts';
import { sessionApp, textEntry } from './syncRig.ts';

/** What each of so many joins of a quiet session brings until it is in sync, one after the other, by the same few people. */
export async function joinCosts(rig: PairRig, entries: number, joins: number) {
  const relay = await rig.relay();
  const host = await rig.host(relay);
  const link = await rig.invite(host, relay);
  const { room } = parseLink(link);
  for (let n = 0; n < entries; n += 1) host.append([textEntry(`e${n}`, 'x'.repeat(900))]);
  host.setState(sessionApp({ title: 'quiet' }));
  const received: number[] = [];
  rig.net.faults.carry = ({ url }, direction, data) => {
    const isMain = new URL(url).pathname.slice(1) === room;
    if (isMain && direction === 'toClient' && data[0] === 0) received.push(data.length);
    return carryAll(data);
  };
  const people = await Promise.all([1, 2, 3, 4].map(() => createIdentity()));
  const all: number[] = [];
  for (let n = 0; n < joins; n += 1) {
    received.length = 0;
    const guest = await rig.join(link, `Ada ${n % 4}`, people[n % 4]);
    await rig.until('it is in sync', () => guest.truth.kind !== 'connecting');
    all.push(received.reduce((sum, bytes) => sum + bytes, 0));
    await rig.until('it is live', () => guest.truth.kind === 'live');
    await rig.run(guest.close());
    await rig.pass(500);
  }
  const token = rig.net.pairsTo().find(({ url }) => url.endsWith(room))?.protocols[1];
  const { doc } = await rig.connect(relay, room, token === undefined ? {} : { token });
  return { all, compactedBytes: Y.encodeStateAsUpdate(doc).length };
}

// Whoever stands between a guest and its relay, and what becomes of what goes through.
import { parseLink } from '../../src/protocol/link.ts';
import { carryAll } from './memoryNet.ts';
import type { PairRig } from './pairRig.ts';
import type { Carried, Direction, SocketPair } from './socketPair.ts';

/** A message between a guest and the relay. */
export interface Passing {
  /** Which document of the room: the main one, the member's channel, or the knocks. */
  readonly document: 'main' | 'channel' | 'knocks';
  readonly direction: Direction;
  /** Whether it belongs to the document; else it is awareness. */
  readonly isDocument: boolean;
  readonly data: Buffer;
}

/** What it makes of a message; undefined: it goes on as it is. */
export type Evil = (passing: Passing) => readonly Carried[] | undefined;

/** Puts somebody between the relay and all who connect from now on; the result changes what is done. */
export function standBetween(rig: PairRig, link: string): { evil: Evil } {
  const { room } = parseLink(link);
  const honest = new Set<SocketPair>(rig.net.pairsTo());
  const hosts = new Set([...honest].map(({ protocols }) => protocols[1]));
  const middle: { evil: Evil } = { evil: () => undefined };
  const documentOf = ({ url }: SocketPair): Passing['document'] => {
    const name = new URL(url).pathname.slice(1);
    if (name === room) return 'main';
    return name.endsWith('.k') ? 'knocks' : 'channel';
  };
  rig.net.faults.carry = (pair, direction, data) => {
    if (honest.has(pair) || hosts.has(pair.protocols[1])) return carryAll(data);
    const passing = { document: documentOf(pair), direction, isDocument: data[0] === 0, data };
    return middle.evil(passing) ?? carryAll(data);
  };
  return middle;
}

/** One bit of a message is another. */
export function flipped(data: Buffer, bit: number): readonly Carried[] {
  const copy = Buffer.from(data);
  const at = bit % (copy.length * 8);
  copy[at >> 3] = (copy[at >> 3] ?? 0) ^ (1 << (at & 7));
  return carryAll(copy);
}

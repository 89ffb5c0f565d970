// [P4] [P5] What a beat says stands in the document, beside what is held and verified.
import * as z from 'zod/mini';
import type { Json } from '../protocol/json.ts';
import type { Beat } from '../protocol/room.ts';
import type { LogChain } from './logChain.ts';

/** The part of a beat that promises something. */
export type Promised = Pick<Beat, 'index' | 'hash' | 'rev' | 'first'>;

/** What is missing of it; `entries`: how many. `newestRev` is that of the newest state that came. */
export function missingOf(
  promised: Promised | undefined,
  chain: LogChain,
  newestRev: number,
): { readonly entries?: number } | undefined {
  if (!promised) return undefined;
  const { index, hash, rev, first } = promised;
  const entries = index + 1 - (chain.isEmpty ? (first ?? 0) : chain.end);
  if (entries > 0) return { entries };
  const held = chain.hashAt(index);
  const isOther = held !== undefined && held !== hash;
  return isOther || rev > newestRev ? {} : undefined;
}

/** How many entries stand in the document before the oldest one that is held. */
export function gapOf(promised: Promised | undefined, chain: LogChain): number {
  if (promised?.first === undefined || chain.isEmpty) return 0;
  return Math.max(0, chain.first - promised.first);
}

/** The revision that a state claims which cannot be read here; -1 if it claims none. */
export function revOf(json: Json): number {
  const parsed = z.looseObject({ rev: z.number() }).safeParse(json);
  return parsed.success ? parsed.data.rev : -1;
}

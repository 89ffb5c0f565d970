// The transcript as one list: its rows, text that was broken off at its place between them, and what streams at the end.
import type { LiveRow } from './liveModel.ts';
import { placesBefore, type ShownRow } from './rowGroups.ts';

/** A card of the list. */
export type Item = { readonly row: ShownRow } | { readonly live: LiveRow };

/** What the list is made of; `broken` in the order of its places. */
export interface List {
  rows: readonly ShownRow[];
  broken: readonly LiveRow[];
  live: readonly LiveRow[];
}

/** Number of cards. */
export function countOf({ rows, broken, live }: List): number {
  return rows.length + broken.length + live.length;
}

/** The card at a place of the list. */
export function itemAt(list: List, index: number): Item | undefined {
  const { rows, broken, live } = list;
  let before = 0;
  for (const block of broken) {
    const at = placesBefore(rows, block.brokenAt ?? 0) + before;
    if (index === at) return { live: block };
    if (index < at) break;
    before += 1;
  }
  const row = rows[index - before];
  if (row !== undefined) return { row };
  const streams = live[index - rows.length - broken.length];
  return streams === undefined ? undefined : { live: streams };
}

/** A key that stays while the card does. */
export function keyAt(list: List, index: number): string {
  const item = itemAt(list, index);
  if (item === undefined) return `gone:${index}`;
  return 'row' in item ? item.row.key : item.live.key;
}

/** Where the row with this place in the log is in the list, or the one that has it; -1 if it is before all. */
export function placeOf({ rows, broken }: List, logIndex: number): number {
  const at = placesBefore(rows, logIndex + 1) - 1;
  const index = rows[at]?.index;
  if (index === undefined) return -1;
  return at + broken.filter(({ brokenAt = 0 }) => brokenAt <= index).length;
}

// [N9] Calls that only look, one after another, as one row: what they found is a step on the way to what is said.
import { familyOf } from '../../src/protocol/toolView.ts';
import type { TranscriptRow } from './transcriptRow.ts';

/** Rows that are shown as one. */
export class RowGroup {
  readonly key: string;
  /** Place in the log of the first one. */
  readonly index: number;
  readonly rows: readonly TranscriptRow[];

  constructor(rows: readonly TranscriptRow[]) {
    this.index = rows[0]?.index ?? 0;
    this.key = `g${this.index}`;
    this.rows = rows;
  }
}

/** A row of the list. */
export type ShownRow = TranscriptRow | RowGroup;

/** The rows of a list, grouped anew from the first one that has changed. */
export class ShownRows {
  readonly all: ShownRow[] = [];

  /** `from`: place in the log of the first row that is new or has changed. */
  update(rows: readonly TranscriptRow[], from: number): void {
    let kept = placesBefore(this.all, from);
    // A run of quiet calls may go on, or end otherwise than before.
    while (kept > 0 && isOfRun(this.all[kept - 1])) kept--;
    const last = this.all[kept - 1];
    this.all.length = kept;
    const first = last === undefined ? 0 : placesBefore(rows, last.index + 1);
    for (const row of grouped(rows.slice(first))) this.all.push(row);
  }
}

function isOfRun(row: ShownRow | undefined): boolean {
  if (row === undefined || row instanceof RowGroup) return true;
  return isQuiet(row) || row.peek().entry.kind === 'thinking';
}

/** How many rows stand before a place in the log. */
export function placesBefore(rows: readonly ShownRow[], logIndex: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.index ?? 0) < logIndex) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rows with quiet calls that follow one another as groups of two or more; thinking between two of them goes with them. */
export function grouped(rows: readonly TranscriptRow[]): readonly ShownRow[] {
  const shown: ShownRow[] = [];
  let run: TranscriptRow[] = [];
  let between: TranscriptRow[] = [];
  const end = (): void => {
    if (run.filter(isQuiet).length > 1) shown.push(new RowGroup(run));
    else for (const row of run) shown.push(row);
    for (const row of between) shown.push(row);
    run = [];
    between = [];
  };
  for (const row of rows) {
    if (isQuiet(row)) {
      run.push(...between, row);
      between = [];
    } else if (run.length > 0 && row.peek().entry.kind === 'thinking') between.push(row);
    else {
      end();
      shown.push(row);
    }
  }
  end();
  return shown;
}

/** A call that reads or searches, and of which nothing else is to be said: nobody was asked, and it did not fail. */
export function isQuiet(row: TranscriptRow): boolean {
  const { entry, result, request, task } = row.peek();
  if (entry.kind !== 'tool-call' || request !== undefined || task !== undefined) return false;
  const family = familyOf(entry);
  if (family !== 'read' && family !== 'search') return false;
  if (row.hasChildren()) return false;
  return (
    result === undefined || (result.entry.outcome === 'ok' && result.entry.images === undefined)
  );
}

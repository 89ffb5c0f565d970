// What a damaged journal has lost, as the one made from it tells: until its owner was told.
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { parseJson } from '../../protocol/json.ts';

const KEY = 'salvage';

const salvageSchema = z.object({
  /** Where the damaged file is kept. */
  keptAs: z.string(),
  /** Rows that could be read. */
  rows: z.number(),
  /** Tables in which something could not be read; all, if nothing could. */
  damaged: z.array(z.string()),
  /** Rooms whose log could not be read to its end. */
  rooms: z.array(z.string()),
  /** Sessions that went on in a new room so far, since they miss a part. */
  repaired: z.number(),
});

/** What became of a damaged journal. */
export type Salvage = Readonly<z.infer<typeof salvageSchema>>;

/** What the journal says of the damaged one before it; undefined: there was none, or it was told. */
export function readSalvage(database: DatabaseSync): Salvage | undefined {
  const value = database.prepare('SELECT value FROM meta WHERE key = ?').get(KEY)?.['value'];
  return typeof value === 'string' ? salvageSchema.safeParse(parseJson(value)).data : undefined;
}

/** Keeps it; undefined: it was told. */
export function saveSalvage(database: DatabaseSync, salvage: Salvage | undefined): void {
  if (salvage === undefined) database.prepare('DELETE FROM meta WHERE key = ?').run(KEY);
  else {
    database
      .prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
      .run(KEY, JSON.stringify(salvage));
  }
}

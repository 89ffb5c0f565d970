// What a device remembers of a room across restarts, so that an older picture of it is noticed.
import * as z from 'zod/mini';

/** As it is kept: less than this is a rollback. `index` and `hash` are those of the newest entry seen. */
export const roomMemorySchema = z.readonly(
  z.object({ term: z.number(), rev: z.number(), index: z.number(), hash: z.string() }),
);
export type RoomMemory = z.infer<typeof roomMemorySchema>;

/** Terms, revisions and indexes only rise: of each the highest that any window or process saw. */
export function highestMemory(a: RoomMemory, b: RoomMemory | undefined): RoomMemory {
  if (b === undefined) return a;
  const { index, hash } = b.index > a.index ? b : a;
  return { term: Math.max(a.term, b.term), rev: Math.max(a.rev, b.rev), index, hash };
}

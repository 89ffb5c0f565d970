// How a client names a session: by our id on this computer, or by the room that was joined.
import * as z from 'zod/mini';

/** A session of this computer, or one that was joined by a link. Holds no secret. */
export const sessionRefSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('own'), session: z.string() }),
  z.object({ kind: z.literal('joined'), room: z.string() }),
]);

export type SessionRef = z.infer<typeof sessionRefSchema>;

/** One text per session, for maps and storage keys. */
export function refKey(ref: SessionRef): string {
  return ref.kind === 'own' ? `own:${ref.session}` : `joined:${ref.room}`;
}

/** Reads what a panel or a URI kept; undefined if it is not a reference. */
export function parseRef(value: unknown): SessionRef | undefined {
  const parsed = sessionRefSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

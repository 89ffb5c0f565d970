// The whole of a prompt that waits, as its computer tells it.
import * as z from 'zod/mini';
import { say } from '../../base/say.ts';
import { unexpectedAnswer } from '../errors.ts';
import type { RoomView } from '../../session/view.ts';

const queuedPromptSchema = z.object({
  text: z.string(),
  images: z.array(z.object({ mediaType: z.string(), totalBytes: z.number() })),
  /** [Q8] Hosts before 0.6.0 name none. */
  version: z.optional(z.string()),
});

/** Text and sizes of pictures, in their order. Rejects with CommandRefused if it does not wait any more. */
export async function readQueued(
  view: Pick<RoomView, 'request'>,
  promptId: string,
): Promise<z.infer<typeof queuedPromptSchema>> {
  const parsed = queuedPromptSchema.safeParse(
    await view.request('fetch', { what: 'queued', promptId }),
  );
  if (!parsed.success) throw unexpectedAnswer(say`a prompt that waits`);
  return parsed.data;
}

// The bytes of images that stand in a line: beside their entry, never in it.
import * as z from 'zod/mini';
import type { PromptImage } from '../../protocol/entryParts.ts';
import type { Entry } from '../../protocol/transcript.ts';
import type { MessageLine } from '../wire/messageLine.ts';

const imageSchema = z.looseObject({
  type: z.literal('image'),
  source: z.looseObject({ media_type: z.string(), data: z.string() }),
});

/** Images of an entry of this line, in the order of `entry.images`; undefined if it has none. */
export function inlineImages(line: MessageLine, entry: Entry): PromptImage[] | undefined {
  if ((entry.kind !== 'prompt' && entry.kind !== 'tool-result') || !entry.images) return undefined;
  const content = line.message.content;
  if (typeof content === 'string') return undefined;
  const blocks =
    entry.kind === 'prompt'
      ? content
      : content.find((block) => block.tool_use_id === entry.callId)?.content;
  return Array.isArray(blocks) ? imagesOf(blocks) : undefined;
}

/** The images among content blocks, in their order. */
export function imagesOf(blocks: readonly unknown[]): PromptImage[] {
  return blocks.flatMap((block) => {
    const parsed = imageSchema.safeParse(block);
    if (!parsed.success) return [];
    return [{ mediaType: parsed.data.source.media_type, base64: parsed.data.source.data }];
  });
}

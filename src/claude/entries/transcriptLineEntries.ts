// System and attachment lines of a transcript file: what of them is for people; pure.
import * as z from 'zod/mini';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { ReportedEntry } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import type { Entry } from '../../protocol/transcript.ts';
import { type Block, blockSchema } from '../wire/messageLine.ts';
import type { CompactionHold } from './compactionHold.ts';
import { withoutFrames } from './promptFrame.ts';
import { commandEntry, taskText } from './personText.ts';
import { systemNotice } from './systemNotice.ts';
import { imagesOf } from './inlineImages.ts';
import { imageOf } from './toolResultEntry.ts';
import { compactionEntry, retryEntry } from './systemMapper.ts';
import type { TranscriptLine } from '../wire/transcriptLine.ts';
import { unknownEntry } from './unknownEntry.ts';

const queuedSchema = z.looseObject({
  type: z.literal('queued_command'),
  prompt: z.union([z.string(), z.array(blockSchema)]),
  source_uuid: z.optional(z.string()),
  commandMode: z.optional(z.string()),
  origin: z.nullish(z.looseObject({ kind: z.optional(z.string()) })),
});

const attachmentSchema = z.looseObject({ attachment: queuedSchema });

/** What a hook wants people to know; live it is an informational line with the hook's name before it. */
const hookMessageSchema = z.looseObject({
  attachment: z.looseObject({
    type: z.literal('hook_system_message'),
    content: z.string(),
    hookName: z.string(),
  }),
});

const compactFileSchema = z.looseObject({
  compactMetadata: z.optional(
    z.looseObject({
      trigger: z.optional(z.string()),
      preTokens: z.optional(z.number()),
      postTokens: z.optional(z.number()),
    }),
  ),
});

const apiErrorSchema = z.looseObject({
  retryAttempt: z.optional(z.number()),
  maxRetries: z.optional(z.number()),
  retryInMs: z.optional(z.number()),
  error: z.optional(
    z.looseObject({ status: z.nullish(z.number()), formatted: z.optional(z.string()) }),
  ),
});

/** Entries of a system line; the CLI's notes to itself give none. */
export function transcriptSystemEntries(
  json: Json,
  line: TranscriptLine,
  at: number,
  hold: CompactionHold,
): Entry[] {
  const id = line.uuid ?? `system:${at}`;
  switch (line.subtype) {
    case 'compact_boundary': {
      const parsed = compactFileSchema.safeParse(json);
      const metadata = parsed.success ? parsed.data.compactMetadata : undefined;
      const entry = compactionEntry(
        {
          type: 'system',
          subtype: 'compact_boundary',
          uuid: id,
          compact_metadata: {
            ...omitUndefined({
              trigger: metadata?.trigger,
              pre_tokens: metadata?.preTokens,
              post_tokens: metadata?.postTokens,
            }),
          },
        },
        at,
      );
      return [...hold.release(), ...hold.boundary(entry)];
    }
    case 'api_error': {
      const parsed = apiErrorSchema.safeParse(json);
      if (!parsed.success) return [unknownEntry('system/api_error', json, { id: line.uuid, at })];
      const { retryAttempt, maxRetries, retryInMs, error } = parsed.data;
      return [
        retryEntry(id, at, {
          attempt: retryAttempt ?? 1,
          maxAttempts: maxRetries,
          delayMs: retryInMs,
          status: error?.status ?? undefined,
          error: error?.formatted ?? 'error',
        }),
      ];
    }
    case 'local_command': {
      const text = typeof line.content === 'string' ? line.content : '';
      return (
        commandEntry(text, { id, at }) ?? [{ kind: 'command', id, at, command: text, text: '' }]
      );
    }
    case 'turn_duration':
      return [
        {
          kind: 'turn',
          id,
          at,
          outcome: 'completed',
          ...omitUndefined({ durationMs: line.durationMs }),
        },
      ];
    case 'informational': {
      const notice = systemNotice(line, { id, at });
      return notice === undefined ? [] : [notice];
    }
    default: {
      // Without a text it is bookkeeping: hook summaries, counters.
      const hasText = typeof line.content === 'string' && line.content !== '';
      return !hasText
        ? []
        : [unknownEntry(`system/${line.subtype ?? ''}`, json, { id: line.uuid, at })];
    }
  }
}

/** What a hook tells people, and a prompt that was folded into a running turn; all others are the CLI's own prompts. */
export function transcriptAttachmentEntries(
  json: Json,
  line: TranscriptLine,
  at: number,
): ReportedEntry[] {
  const hook = hookMessageSchema.safeParse(json);
  if (hook.success) {
    const { hookName, content } = hook.data.attachment;
    const base = { id: line.uuid ?? `hook:${at}`, at };
    const notice = systemNotice({ content: `${hookName} says: ${content}` }, base);
    return notice === undefined ? [] : [{ entry: notice }];
  }
  const parsed = attachmentSchema.safeParse(json);
  if (!parsed.success) return [];
  const { prompt, source_uuid: source, origin, commandMode } = parsed.data.attachment;
  if (line.isMeta === true) return [];
  const blocks: readonly Block[] =
    typeof prompt === 'string' ? [{ type: 'text', text: prompt }] : withoutFrames(prompt);
  const text = blocks
    .filter((block) => block.type === 'text')
    .map((block) => block.text ?? '')
    .join('\n');
  const images = blocks
    .filter((block) => block.type === 'image')
    .map((block) => imageOf(block.source));
  const isTask = commandMode === 'task-notification' || origin?.kind === 'task-notification';
  const id = source ?? line.uuid ?? `queued:${at}`;
  return [
    {
      entry: {
        kind: 'prompt',
        id,
        at,
        text: isTask ? taskText(text) : text,
        origin: isTask ? 'task' : origin?.kind === 'peer' ? 'peer' : 'person',
        ...(images.length > 0 ? { images } : {}),
        folded: true,
        ...(source === undefined || isTask ? {} : { promptId: source }),
      },
      images: imagesOf(blocks),
    },
  ];
}

// What subagents of subagents say: 2.1.197 tells it in their own transcripts alone.
import * as z from 'zod/mini';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentEvent } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import { createTranscriptMapper, type TranscriptMapper } from '../entries/transcriptMapper.ts';

const metadataSchema = z.looseObject({
  type: z.literal('agent_metadata'),
  toolUseId: z.string(),
  /** 1 = started by the conversation itself: the live lines have it. */
  spawnDepth: z.number(),
});

/** One per child process; doubles of live lines have the same ids. */
export class NestedMirror {
  private readonly now: () => number;
  private readonly mappers = new Map<string, TranscriptMapper>();

  constructor(now: () => number) {
    this.now = now;
  }

  /** Entries of a frame of a subagent's transcript. */
  map(file: string, lines: readonly Json[]): AgentEvent[] {
    return lines.flatMap((line): AgentEvent[] => {
      const metadata = metadataSchema.safeParse(line);
      if (metadata.success) {
        this.begin(file, metadata.data);
        return [];
      }
      const mapped = this.mappers.get(file)?.map(line);
      return (mapped?.entries ?? []).map((entry) => ({
        kind: 'entry',
        entry,
        ...omitUndefined({ images: mapped?.images?.get(entry.id) }),
      }));
    });
  }

  private begin(file: string, { toolUseId, spawnDepth }: z.infer<typeof metadataSchema>): void {
    if (spawnDepth < 2 || this.mappers.has(file)) return;
    this.mappers.set(file, createTranscriptMapper({ now: this.now, parent: toolUseId }));
  }
}

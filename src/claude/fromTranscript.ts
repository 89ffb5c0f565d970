// Maps the lines of a transcript file to entries with the ids that the live stream gives them; pure.
import * as z from 'zod/mini';
import type { AgentFacts } from '../protocol/agent.ts';
import { type Json, jsonSchema } from '../protocol/json.ts';
import type { Entry } from '../protocol/transcript.ts';
import { CompactionHold } from './compactionHold.ts';
import { messageEntries, timeOf } from './messageEntries.ts';
import { messageLineSchema } from './messageLine.ts';
import { commandOutput, taskText } from './personText.ts';
import { systemSchema } from './streamJson.ts';
import { compactionEntry, retryEntry } from './systemEntries.ts';
import { TodoTracker } from './todos.ts';
import { unknownEntry } from './unknownEntry.ts';

/** Entries and facts of one line. */
export interface MappedLine {
  readonly entries: readonly Entry[];
  readonly facts: AgentFacts;
}

/** Line types that hold no conversation: bookkeeping of the CLI, or its own prompts. */
const NOISE = new Set([
  'queue-operation',
  'last-prompt',
  'agent-name',
  'agent-setting',
  'agent_metadata',
  'tag',
  'mode',
  'tools-used',
  'cost-state',
  'atis-latch',
  'file-history-snapshot',
  'file-history-delta',
  'api-request',
  'api-request-shape',
  'api-request-blob',
  'summary',
  'progress',
  'worktree-state',
  'pr-link',
]);

const lineSchema = z.looseObject({
  type: z.string(),
  uuid: z.optional(z.string()),
  timestamp: z.optional(z.string()),
  subtype: z.optional(z.string()),
  isMeta: z.optional(z.boolean()),
  gitBranch: z.optional(z.string()),
  version: z.optional(z.string()),
  sessionId: z.optional(z.string()),
  customTitle: z.optional(z.string()),
  aiTitle: z.optional(z.string()),
  permissionMode: z.optional(z.string()),
  content: z.optional(jsonSchema),
  message: z.optional(jsonSchema),
  durationMs: z.optional(z.number()),
});

const queuedSchema = z.looseObject({
  type: z.literal('queued_command'),
  prompt: z.union([
    z.string(),
    z.array(z.looseObject({ type: z.string(), text: z.optional(z.string()) })),
  ]),
  source_uuid: z.optional(z.string()),
  commandMode: z.optional(z.string()),
  origin: z.nullish(z.looseObject({ kind: z.optional(z.string()) })),
});

const attachmentSchema = z.looseObject({ attachment: queuedSchema });

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

/** Maps the lines of one file. */
export interface TranscriptMapper {
  map(line: Json): MappedLine;
  /** What is held back for a line that may still come. */
  flush(): readonly Entry[];
}

/** A mapper for one file, fed in file order. `parent` names the subagent call that the file belongs to. */
export function createTranscriptMapper(options: {
  readonly now: () => number;
  readonly parent?: string;
}): TranscriptMapper {
  const hold = new CompactionHold();
  const todos = new TodoTracker();
  let anchor = 'start';
  const mapLine = (json: Json): MappedLine => {
    const parsed = lineSchema.safeParse(json);
    if (!parsed.success) {
      return {
        entries: [...hold.release(), unknownEntry('malformed', json, { at: options.now() })],
        facts: {},
      };
    }
    const line = parsed.data;
    const at = timeOf(line.timestamp, options.now());
    const facts = factsOf(line);
    switch (line.type) {
      case 'user':
      case 'assistant': {
        const message = messageLineSchema.safeParse(json);
        if (!message.success) {
          return {
            entries: [...hold.release(), unknownEntry(line.type, json, { id: line.uuid, at })],
            facts,
          };
        }
        if (message.data.isCompactSummary === true) {
          return { entries: hold.summary(message.data), facts };
        }
        if (message.data.isSidechain !== true) anchor = message.data.uuid;
        const entries = messageEntries(message.data, {
          now: options.now(),
          parent: options.parent,
        });
        return { entries: [...hold.release(), ...entries], facts };
      }
      case 'system':
        return { entries: systemEntries(json, line, at, anchor, hold), facts };
      case 'attachment':
        return { entries: attachmentEntries(json, line, at), facts };
      default: {
        if (NOISE.has(line.type)) return { entries: [], facts };
        if (!looksLikeContent(line)) return { entries: [], facts };
        return {
          entries: [...hold.release(), unknownEntry(line.type, json, { id: line.uuid, at })],
          facts,
        };
      }
    }
  };
  const map = (json: Json): MappedLine => {
    const { entries, facts } = mapLine(json);
    return { entries: entries.flatMap((entry) => [entry, ...todos.follow(entry)]), facts };
  };
  return { map, flush: () => hold.release() };
}

type Line = z.infer<typeof lineSchema>;

function factsOf(line: Line): AgentFacts {
  const title = line.type === 'custom-title' ? line.customTitle : undefined;
  const mode =
    line.type === 'permission-mode' || line.type === 'user' ? line.permissionMode : undefined;
  return {
    ...(line.sessionId === undefined ? {} : { agentSessionId: line.sessionId }),
    ...(line.gitBranch === undefined || line.gitBranch === '' ? {} : { branch: line.gitBranch }),
    ...(line.version === undefined ? {} : { agentVersion: line.version }),
    ...(title === undefined ? {} : { title }),
    ...(mode === undefined ? {} : { mode }),
  };
}

function looksLikeContent(line: Line): boolean {
  return line.message !== undefined || line.content !== undefined;
}

function systemEntries(
  json: Json,
  line: Line,
  at: number,
  anchor: string,
  hold: CompactionHold,
): Entry[] {
  const id = line.uuid ?? `system:${at}`;
  switch (line.subtype) {
    case 'compact_boundary': {
      const meta = compactFileSchema.safeParse(json);
      const given = meta.success ? meta.data.compactMetadata : undefined;
      const entry = compactionEntry(
        {
          type: 'system',
          subtype: 'compact_boundary',
          uuid: id,
          compact_metadata: {
            ...(given?.trigger === undefined ? {} : { trigger: given.trigger }),
            ...(given?.preTokens === undefined ? {} : { pre_tokens: given.preTokens }),
            ...(given?.postTokens === undefined ? {} : { post_tokens: given.postTokens }),
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
        retryEntry(anchor, at, {
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
      const output = commandOutput(text);
      if (output === undefined) return [{ kind: 'command', id, at, command: text, text: '' }];
      return output === '' ? [] : [{ kind: 'command', id, at, command: '', text: output }];
    }
    case 'turn_duration':
      return [
        {
          kind: 'turn',
          id,
          at,
          outcome: 'completed',
          ...(line.durationMs === undefined ? {} : { durationMs: line.durationMs }),
        },
      ];
    case 'informational':
      return typeof line.content === 'string'
        ? [{ kind: 'notice', id, at, level: 'info', code: 'agent', text: line.content }]
        : [];
    default: {
      const known = systemSchema.safeParse(json);
      const text = typeof line.content === 'string' ? line.content : '';
      return known.success && text === ''
        ? []
        : [unknownEntry(`system/${line.subtype ?? ''}`, json, { id: line.uuid, at })];
    }
  }
}

function attachmentEntries(json: Json, line: Line, at: number): Entry[] {
  const parsed = attachmentSchema.safeParse(json);
  if (!parsed.success) return [];
  const { prompt, source_uuid: source, origin, commandMode } = parsed.data.attachment;
  if (line.isMeta === true) return [];
  const text =
    typeof prompt === 'string'
      ? prompt
      : prompt
          .filter((block) => block.type === 'text')
          .map((block) => block.text ?? '')
          .join('\n');
  const isTask = commandMode === 'task-notification' || origin?.kind === 'task-notification';
  const id = source ?? line.uuid ?? `queued:${at}`;
  return [
    {
      kind: 'prompt',
      id,
      at,
      text: isTask ? taskText(text) : text,
      origin: isTask ? 'task' : origin?.kind === 'peer' ? 'peer' : 'person',
      folded: true,
      ...(source === undefined || isTask ? {} : { promptId: source }),
    },
  ];
}

// User and assistant lines: nearly the same in the live stream and in the transcript file, so one schema reads both.
import * as z from 'zod/mini';
import { passthroughJson } from './passthroughJson.ts';

/** A content block of a message; the fields of every kind that is understood. */
export const blockSchema = z.looseObject({
  type: z.string(),
  text: z.optional(z.string()),
  thinking: z.optional(z.string()),
  // tool_use
  id: z.optional(z.string()),
  name: z.optional(z.string()),
  input: z.optional(passthroughJson),
  // tool_result
  tool_use_id: z.optional(z.string()),
  content: z.optional(passthroughJson),
  is_error: z.nullish(z.boolean()),
  // image
  source: z.optional(
    z.looseObject({
      type: z.optional(z.string()),
      media_type: z.optional(z.string()),
      data: z.optional(z.string()),
    }),
  ),
});

const originSchema = z.looseObject({ kind: z.optional(z.string()) });

/** A `user` or `assistant` line. Snake case: only live; camel case: only in the file. */
export const messageLineSchema = z.looseObject({
  type: z.enum(['user', 'assistant']),
  uuid: z.string(),
  timestamp: z.optional(z.string()),
  message: z.looseObject({
    id: z.optional(z.string()),
    model: z.nullish(z.string()),
    content: z.union([z.string(), z.array(blockSchema)]),
    usage: z.optional(
      z.looseObject({
        input_tokens: z.nullish(z.number()),
        cache_read_input_tokens: z.nullish(z.number()),
        cache_creation_input_tokens: z.nullish(z.number()),
      }),
    ),
  }),
  session_id: z.optional(z.string()),
  parent_tool_use_id: z.nullish(z.string()),
  isReplay: z.optional(z.boolean()),
  isSynthetic: z.optional(z.boolean()),
  aborted: z.optional(z.boolean()),
  local_command_source: z.optional(z.string()),
  is_api_error_message: z.optional(z.boolean()),
  tool_use_result: z.optional(passthroughJson),
  tool_result_meta: z.optional(
    z.array(
      z.looseObject({
        id: z.optional(z.string()),
        non_execution_kind: z.optional(z.string()),
        permission_decision: z.optional(z.looseObject({ decision: z.optional(z.string()) })),
      }),
    ),
  ),
  // file only
  sessionId: z.optional(z.string()),
  isSidechain: z.optional(z.boolean()),
  agentId: z.optional(z.string()),
  isMeta: z.optional(z.boolean()),
  isCompactSummary: z.optional(z.boolean()),
  isVisibleInTranscriptOnly: z.optional(z.boolean()),
  isAbortedMidStream: z.optional(z.boolean()),
  isApiErrorMessage: z.optional(z.boolean()),
  toolUseResult: z.optional(passthroughJson),
  mcpMeta: z.optional(z.looseObject({ structuredContent: z.optional(passthroughJson) })),
  toolDenialKind: z.optional(z.string()),
  /** How the session was started: 'sdk-cli' for ours, 'cli' in a terminal. */
  entrypoint: z.optional(z.string()),
  turnOrigin: z.optional(z.string()),
  /** Where the prompt of a turn came from; the CLI's notes to the model have none. */
  promptSource: z.optional(z.string()),
  /** Call that the line follows from: the body of a skill that the model used. */
  sourceToolUseID: z.optional(z.string()),
  permissionDecision: z.optional(z.looseObject({ decision: z.optional(z.string()) })),
  origin: z.nullish(originSchema),
  gitBranch: z.optional(z.string()),
  version: z.optional(z.string()),
  cwd: z.optional(z.string()),
});

export type Block = z.infer<typeof blockSchema>;
export type MessageLine = z.infer<typeof messageLineSchema>;

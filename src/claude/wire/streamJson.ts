// Schemas of the stream-json lines of Claude Code, both directions. Loose: unknown fields survive.
import * as z from 'zod/mini';
import type { Json } from '../../protocol/json.ts';
import { passthroughJson } from './passthroughJson.ts';
import { type MessageLine, messageLineSchema } from './messageLine.ts';
import { type RateLimitLine, rateLimitSchema } from './rateLimitLine.ts';

const session = { session_id: z.optional(z.string()), uuid: z.optional(z.string()) };

/** `stream_event`: one SSE event of the Messages API; only what a mirror needs is named. */
export const streamEventSchema = z.looseObject({
  type: z.literal('stream_event'),
  parent_tool_use_id: z.nullish(z.string()),
  /** With the end of a message: its blocks from this one on were broken off. 2.1.197 does not tell. */
  abandoned_blocks: z.optional(z.looseObject({ from_block_index: z.optional(z.number()) })),
  event: z.looseObject({
    type: z.string(),
    index: z.optional(z.number()),
    message: z.optional(z.looseObject({ id: z.string() })),
    content_block: z.optional(z.looseObject({ type: z.string(), name: z.optional(z.string()) })),
    delta: z.optional(
      z.looseObject({
        type: z.optional(z.string()),
        text: z.optional(z.string()),
        thinking: z.optional(z.string()),
        partial_json: z.optional(z.string()),
      }),
    ),
  }),
  ...session,
});

/** `result`: the end of a turn. */
export const resultSchema = z.looseObject({
  type: z.literal('result'),
  subtype: z.string(),
  is_error: z.optional(z.boolean()),
  result: z.optional(z.string()),
  errors: z.optional(z.array(z.string())),
  terminal_reason: z.nullish(z.string()),
  duration_ms: z.optional(z.number()),
  total_cost_usd: z.optional(z.number()),
  usage: z.optional(
    z.looseObject({
      input_tokens: z.nullish(z.number()),
      output_tokens: z.nullish(z.number()),
      cache_read_input_tokens: z.nullish(z.number()),
      cache_creation_input_tokens: z.nullish(z.number()),
    }),
  ),
  modelUsage: z.optional(
    z.record(z.string(), z.looseObject({ contextWindow: z.optional(z.number()) })),
  ),
  user_message_uuids: z.optional(z.array(z.string())),
  local_command: z.optional(z.string()),
  num_turns: z.optional(z.number()),
  origin: z.nullish(z.looseObject({ kind: z.optional(z.string()) })),
  api_error_status: z.nullish(z.number()),
  ...session,
});

/** `system`: many kinds by `subtype`; the fields of all that are understood. */
export const systemSchema = z.looseObject({
  type: z.literal('system'),
  subtype: z.string(),
  timestamp: z.optional(z.string()),
  // init
  cwd: z.optional(z.string()),
  model: z.optional(z.string()),
  permissionMode: z.optional(z.string()),
  claude_code_version: z.optional(z.string()),
  // status, session_state_changed
  status: z.nullish(z.string()),
  state: z.optional(z.string()),
  compact_error: z.nullish(z.string()),
  // api_retry
  attempt: z.optional(z.number()),
  max_retries: z.optional(z.number()),
  retry_delay_ms: z.optional(z.number()),
  error_status: z.nullish(z.number()),
  error: z.optional(passthroughJson),
  // session_title_changed
  title: z.optional(z.string()),
  // task_*
  task_id: z.optional(z.string()),
  tool_use_id: z.nullish(z.string()),
  description: z.optional(z.string()),
  subagent_type: z.optional(z.string()),
  summary: z.nullish(z.string()),
  last_tool_name: z.optional(z.string()),
  patch: z.optional(z.looseObject({ status: z.optional(z.string()) })),
  usage: z.optional(
    z.looseObject({
      total_tokens: z.optional(z.number()),
      tool_uses: z.optional(z.number()),
      duration_ms: z.optional(z.number()),
    }),
  ),
  // compact_boundary
  compact_metadata: z.optional(
    z.looseObject({
      trigger: z.optional(z.string()),
      pre_tokens: z.optional(z.number()),
      post_tokens: z.optional(z.number()),
    }),
  ),
  ...session,
});

/** `can_use_tool`: the CLI asks whether a tool may run. */
export const canUseToolSchema = z.looseObject({
  subtype: z.literal('can_use_tool'),
  tool_name: z.string(),
  display_name: z.optional(z.string()),
  input: passthroughJson,
  description: z.nullish(z.string()),
  permission_suggestions: z.optional(z.array(passthroughJson)),
  blocked_path: z.nullish(z.string()),
  decision_reason: z.nullish(z.string()),
  tool_use_id: z.optional(z.string()),
  agent_id: z.nullish(z.string()),
});

/** A request of the CLI to us: `can_use_tool` or something this version does not answer. */
export const controlRequestSchema = z.looseObject({
  type: z.literal('control_request'),
  request_id: z.string(),
  request: z.looseObject({ subtype: z.string() }),
});

/** An answer to a request of ours (or an echo of an answer of ours). */
export const controlResponseSchema = z.looseObject({
  type: z.literal('control_response'),
  response: z.looseObject({
    subtype: z.string(),
    request_id: z.string(),
    response: z.optional(passthroughJson),
    error: z.optional(z.string()),
    pending_permission_requests: z.optional(z.array(passthroughJson)),
  }),
});

const controlCancelSchema = z.looseObject({
  type: z.literal('control_cancel_request'),
  request_id: z.string(),
});

const lifecycleSchema = z.looseObject({
  type: z.literal('command_lifecycle'),
  command_uuid: z.string(),
  state: z.string(),
});

const resetSchema = z.looseObject({
  type: z.literal('conversation_reset'),
  uuid: z.string(),
  new_conversation_id: z.optional(z.string()),
  timestamp: z.optional(z.string()),
});

const mirrorSchema = z.looseObject({
  type: z.literal('transcript_mirror'),
  filePath: z.string(),
  entries: z.array(passthroughJson),
});

/** A line of the CLI's standard output that is understood. */
export type OutLine =
  | StreamEventLine
  | MessageLine
  | SystemLine
  | ResultLine
  | RateLimitLine
  | ControlRequestLine
  | z.infer<typeof controlResponseSchema>
  | z.infer<typeof controlCancelSchema>
  | z.infer<typeof lifecycleSchema>
  | z.infer<typeof resetSchema>
  | z.infer<typeof mirrorSchema>;
export type SystemLine = z.infer<typeof systemSchema>;
export type ResultLine = z.infer<typeof resultSchema>;
export type StreamEventLine = z.infer<typeof streamEventSchema>;
export type ControlRequestLine = z.infer<typeof controlRequestSchema>;
export type ControlResponse = z.infer<typeof controlResponseSchema>['response'];

/** A parsed line, or a record that this version does not know (kept whole). */
export type ParsedLine =
  | { readonly known: true; readonly line: OutLine }
  | { readonly known: false; readonly type: string; readonly json: Json };

const BY_TYPE: Readonly<Record<string, z.ZodMiniType<OutLine>>> = {
  stream_event: streamEventSchema,
  user: messageLineSchema,
  assistant: messageLineSchema,
  system: systemSchema,
  result: resultSchema,
  rate_limit_event: rateLimitSchema,
  control_request: controlRequestSchema,
  control_response: controlResponseSchema,
  control_cancel_request: controlCancelSchema,
  command_lifecycle: lifecycleSchema,
  conversation_reset: resetSchema,
  transcript_mirror: mirrorSchema,
};

const typedSchema = z.looseObject({ type: z.string() });

/** Reads one line of output; what does not fit a schema comes back as unknown, never as an error. */
export function parseOutLine(json: Json): ParsedLine {
  const typed = typedSchema.safeParse(json);
  if (!typed.success) return { known: false, type: 'malformed', json };
  const schema = Object.hasOwn(BY_TYPE, typed.data.type) ? BY_TYPE[typed.data.type] : undefined;
  const parsed = schema?.safeParse(json);
  if (parsed?.success) return { known: true, line: parsed.data };
  return { known: false, type: typed.data.type, json };
}

/** A prompt, as the CLI reads it from its standard input. */
export type InUserLine = {
  readonly type: 'user';
  readonly message: { readonly role: 'user'; readonly content: Json };
  readonly parent_tool_use_id: null;
  readonly session_id: string;
  readonly uuid: string;
};

/** A request of ours to the CLI. */
export type InControlRequest = {
  readonly type: 'control_request';
  readonly request_id: string;
  readonly request: { readonly subtype: string; readonly [key: string]: Json };
};

/** Our answer to a request of the CLI. */
export type InControlResponse = {
  readonly type: 'control_response';
  readonly response:
    | { readonly subtype: 'success'; readonly request_id: string; readonly response: Json }
    | { readonly subtype: 'error'; readonly request_id: string; readonly error: string };
};

/** A line that we write to the CLI's standard input. */
export type InLine = InUserLine | InControlRequest | InControlResponse;

// Maps a `can_use_tool` request to the entry that waits for a person; pure.
import * as z from 'zod/mini';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Question } from '../../protocol/entryParts.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import { questionSchema } from '../../protocol/entryParts.ts';
import { planApprovals, suggestionParts } from '../wire/suggestions.ts';
import { PLAN_TOOL, QUESTION_TOOL, toolView } from './viewOfTool.ts';
import type { canUseToolSchema } from '../wire/streamJson.ts';

/** As the tool is called: questions that take a text or a number have no options, and their own word for a default. */
const askedSchema = z.looseObject({
  ...questionSchema.shape,
  options: z._default(questionSchema.shape.options, []),
  defaultValue: z.optional(z.number()),
});
const askSchema = z.looseObject({ questions: z.array(askedSchema) });
const planSchema = z.looseObject({ plan: z.optional(z.string()) });

/** What the request's entry needs beside the request. */
export interface RequestContext {
  readonly at: number;
  /** SHA-256 (base64url) of the canonical JSON of the input. */
  readonly hash: string;
  /** Text of the plan, asked for only if the input has none. */
  readonly plan: () => string | undefined;
  /** A running subagent by its id. */
  readonly subagent: (agentId: string) => Subagent | undefined;
}

/** What is known of a subagent. */
export interface Subagent {
  readonly title: string;
  readonly callId?: string;
  readonly agentType?: string;
}

/** The 'request' entry; its id is the request's. */
export function requestEntry(
  requestId: string,
  request: z.infer<typeof canUseToolSchema>,
  context: RequestContext,
): EntryOf<'request'> {
  const questions = questionsOf(request.tool_name, request.input);
  const isPlan = request.tool_name === PLAN_TOOL;
  const plan = isPlan ? (planOf(request.input) ?? context.plan()) : undefined;
  const agentId = request.agent_id ?? undefined;
  const subagent = agentId === undefined ? undefined : context.subagent(agentId);
  return {
    kind: 'request',
    id: requestId,
    at: context.at,
    requestId,
    request: questions ? 'question' : isPlan ? 'plan' : 'permission',
    tool: request.tool_name,
    input: request.input,
    inputHash: context.hash,
    ...suggestionParts(request.permission_suggestions),
    ...(isPlan && { approvals: planApprovals() }),
    ...omitUndefined({
      callId: request.tool_use_id,
      displayName: request.display_name,
      description: request.description || undefined,
      reason: (request.decision_reason ?? request.blocked_path) || undefined,
      view: toolView(request.tool_name, request.input),
      questions,
      plan,
      parent: subagent?.callId,
      agent: agentId === undefined ? undefined : agentOf(subagent),
    }),
  };
}

function agentOf(subagent: Subagent | undefined): EntryOf<'request'>['agent'] {
  // Its beginning may not have been told yet.
  return { title: subagent?.title ?? '', ...omitUndefined({ type: subagent?.agentType }) };
}

function questionsOf(tool: string, input: unknown): Question[] | undefined {
  if (tool !== QUESTION_TOOL) return undefined;
  const parsed = askSchema.safeParse(input);
  if (!parsed.success) return undefined;
  return parsed.data.questions.map(({ defaultValue, ...question }) => ({
    ...question,
    ...omitUndefined({ default: defaultValue }),
  }));
}

/** Markdown of the plan in an ExitPlanMode input. */
export function planOf(input: unknown): string | undefined {
  const parsed = planSchema.safeParse(input);
  return parsed.success ? parsed.data.plan : undefined;
}

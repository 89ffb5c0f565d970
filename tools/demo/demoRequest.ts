// Reads a Messages API request: which prompt is being answered, and how many steps were already made.
import * as z from 'zod/mini';

const blockSchema = z.looseObject({
  type: z.string(),
  text: z.optional(z.string()),
  is_error: z.optional(z.boolean()),
});
const contentSchema = z.union([z.string(), z.array(blockSchema)]);
const messageSchema = z.looseObject({ role: z.string(), content: contentSchema });

/** The fields of a Messages API request that the demo model looks at; the rest is kept. */
export const modelRequestSchema = z.looseObject({
  model: z._default(z.string(), 'demo'),
  messages: z._default(z.array(messageSchema), []),
  system: z.optional(contentSchema),
  tools: z.optional(z.array(z.looseObject({}))),
  stream: z.optional(z.boolean()),
});

export type ModelRequest = z.infer<typeof modelRequestSchema>;
type Message = z.infer<typeof messageSchema>;
type Content = z.infer<typeof contentSchema>;

/** The prompt under way. */
export interface DemoPromptState {
  /** Text of the prompt as the person typed it. */
  readonly prompt: string;
  /** Model steps already made for it. */
  readonly step: number;
  /** Whether the newest tool call was refused or failed. */
  readonly lastToolFailed: boolean;
  /** Working directory that the agent told the model, if it did. */
  readonly cwd: string | undefined;
}

const DIRECTIVE = /\[\[[a-z]+(?::[\s\S]*?)?\]\]/;
/** What the agent, or Twinhelm for a guest, adds around prompts; never typed by a person. */
const WRAPPER =
  /^\s*(<(system-reminder|local-command|command-name|task-notification)|# Environment|\[Request interrupted|\[Image: source|Content of the file |Written by the guest |The message above was written by a guest)/;

function texts(content: Content): string[] {
  if (typeof content === 'string') return [content];
  return content.flatMap((block) => (block.type === 'text' && block.text ? [block.text] : []));
}

function isToolResult(message: Message): boolean {
  return (
    typeof message.content !== 'string' &&
    message.content.some((block) => block.type === 'tool_result')
  );
}

/** The text of `message` that begins a new script, if any. A prompt folded into a tool result needs a directive. */
function promptOf(message: Message): string | undefined {
  if (message.role !== 'user') return undefined;
  const typed = texts(message.content).filter((text) => !WRAPPER.test(text));
  if (isToolResult(message)) return typed.findLast((text) => DIRECTIVE.test(text));
  return typed.at(-1);
}

function workingDirectory(request: ModelRequest): string | undefined {
  const all = [
    ...(request.system === undefined ? [] : texts(request.system)),
    ...request.messages.flatMap((message) => texts(message.content)),
  ];
  for (const text of all.toReversed()) {
    const found = /working directory(?: is now)?:?\s+`?([^\s`]+)/i.exec(text)?.[1];
    if (found?.startsWith('/')) return found;
  }
  return undefined;
}

/** Finds the prompt under way in the conversation of `request`. */
export function promptState(request: ModelRequest): DemoPromptState {
  const { messages } = request;
  const index = messages.findLastIndex((message) => promptOf(message) !== undefined);
  const prompt = messages[index];
  const since = messages.slice(index + 1);
  const last = messages.at(-1);
  const lastToolFailed =
    last !== undefined &&
    typeof last.content !== 'string' &&
    last.content.some((block) => block.type === 'tool_result' && block.is_error === true);
  return {
    prompt: (prompt && promptOf(prompt)) ?? '',
    step: since.filter((message) => message.role === 'assistant').length,
    lastToolFailed,
    cwd: workingDirectory(request),
  };
}

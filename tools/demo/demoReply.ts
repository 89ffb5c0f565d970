// The shape of the demo model's answers, and the pieces they are made of.
import { newId } from '../../src/base/ids.ts';

/** One content block of an answer. */
export type ReplyBlock =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thinking'; readonly text: string }
  /** `count` words `T<n>:<wall time in ms>`, stamped when they are written, to measure delays. */
  | { readonly kind: 'stamp'; readonly count: number }
  | {
      readonly kind: 'tool';
      readonly id: string;
      readonly name: string;
      readonly input: ToolInput;
    };

/** Arguments of a tool call. */
export type ToolInput = Readonly<Record<string, unknown>>;

/** One answer of the model. */
export interface Reply {
  readonly blocks: readonly ReplyBlock[];
  /** Pause between two deltas; undefined = the server's default. */
  readonly delayMs?: number;
  /** After this many deltas it stands still until the model is told to go on. */
  readonly holdAfter?: number;
  /** After this many deltas the connection breaks, the first time that it is asked. */
  readonly cutAfter?: number;
  /** It ends because it may not be longer. */
  readonly isFull?: boolean;
  /** Tokens that it says the conversation has; undefined = by its length. */
  readonly inputTokens?: number;
  /** After this many deltas the service says in the stream that it is overloaded; how often, `failure.times`. */
  readonly failAfter?: number | undefined;
  readonly failure?: ReplyFailure;
}

/** How an answer fails instead. */
export interface ReplyFailure {
  /** HTTP status. */
  readonly status: number;
  /** How many times (Infinity = always). */
  readonly times: number;
  /** What `retry-after` says, s. */
  readonly retryAfterS?: number;
  /** The usage limit that is reached, and in how many seconds it is reset. */
  readonly limit?: { readonly claim: string; readonly resetS: number };
}

/** A tool call block with a fresh id. */
export function toolCall(name: string, input: ToolInput): ReplyBlock {
  return { kind: 'tool', id: `toolu_${newId()}`, name, input };
}

/** The question that `[[ask]]` and the demo story put. */
export const COLOR_QUESTION: ToolInput = {
  questions: [
    {
      question: 'Which color?',
      header: 'Color',
      multiSelect: false,
      options: [
        { label: 'Red', description: 'Warm' },
        { label: 'Blue', description: 'Calm' },
      ],
    },
  ],
};

/** The plan that `[[plan]]` and the demo story propose. */
export const DEMO_PLAN: ToolInput = { plan: '# Plan\n1. Read the code\n2. Change it\n3. Test it' };

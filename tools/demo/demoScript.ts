// What the demo model answers to directives in a prompt: `[[name:argument]]`, several = several steps.
import * as z from 'zod/mini';
import {
  COLOR_QUESTION,
  DEMO_PLAN,
  type Reply,
  type ReplyBlock,
  type ReplyFailure,
  toolCall,
} from './demoReply.ts';
import type { DemoPromptState } from './demoRequest.ts';
import { storyReply } from './demoStory.ts';

const DIRECTIVES =
  /\[\[(text|stamp|slow|held|bash|write|edit|tool|tools|ask|plan|long|err|limit|fail|think|cut|size|full|mute)(?::((?:(?!\]\])[\s\S])*))?\]\]/g;
const inputSchema = z.record(z.string(), z.unknown());

interface Directive {
  readonly name: string;
  readonly argument: string;
}

function directivesOf(prompt: string): Directive[] {
  return [...prompt.matchAll(DIRECTIVES)].map((match) => ({
    name: match[1] ?? '',
    argument: match[2] ?? '',
  }));
}

function cut(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

function numbers(argument: string): [number | undefined, number | undefined] {
  const [first, second] = argument.split(':').map((part) => Number(part));
  return [first || undefined, second || undefined];
}

function words(count: number): string {
  return Array.from({ length: count }, (_, i) => `w${i}${i % 10 === 9 ? '\n' : ''}`).join(' ');
}

function playTool(call: string): ReplyBlock[] {
  const [tool, json] = cut(call, ':');
  // `<<…>>` stands for the directives of a subagent, which must not be read here.
  const input: unknown = JSON.parse(json.replaceAll('<<', '[[').replaceAll('>>', ']]'));
  return [toolCall(tool, inputSchema.parse(input))];
}

function play({ name, argument }: Directive): Reply {
  switch (name) {
    case 'text':
      return { blocks: [{ kind: 'text', text: argument }] };
    case 'stamp': {
      const [count = 10, delayMs = 50] = numbers(argument);
      return { blocks: [{ kind: 'stamp', count }], delayMs };
    }
    case 'slow': {
      const [count = 10, delayMs = 100] = numbers(argument);
      return { blocks: [{ kind: 'text', text: words(count) }], delayMs };
    }
    case 'held': {
      // Half of it, and the rest when whoever runs the model says so.
      const [count = 10] = numbers(argument);
      return { blocks: [{ kind: 'text', text: words(count) }], holdAfter: Math.floor(count / 2) };
    }
    case 'long': {
      const [kilobytes = 1] = numbers(argument);
      const line = `${'0123456789abcdef '.repeat(60)}\n`;
      return { blocks: [{ kind: 'text', text: line.repeat(kilobytes) }] };
    }
    case 'bash':
      return {
        blocks: [
          { kind: 'text', text: 'Running a command.' },
          toolCall('Bash', { command: argument, description: 'Demo command' }),
        ],
      };
    case 'write': {
      const [path, content] = cut(argument, ':');
      return { blocks: [toolCall('Write', { file_path: path, content })] };
    }
    case 'edit': {
      const [path, rest] = cut(argument, ':');
      const [before, after] = cut(rest, ':');
      const input = { file_path: path, old_string: before, new_string: after };
      return { blocks: [toolCall('Edit', input)] };
    }
    case 'tool':
      return { blocks: playTool(argument) };
    case 'tools':
      // Calls of one answer: `[[tools:Read:{…}||Bash:{…}]]`.
      return { blocks: argument.split('||').flatMap((call) => playTool(call)) };
    case 'cut':
      return { blocks: [{ kind: 'text', text: words(20) }], cutAfter: 10 };
    case 'fail': {
      // In the middle of its text, as often as asked for.
      const [times = Infinity] = numbers(argument);
      const failure = { status: 529, times };
      return { blocks: [{ kind: 'text', text: words(20) }], failAfter: 10, failure };
    }
    case 'full':
      return { blocks: [{ kind: 'text', text: argument }], isFull: true };
    case 'mute':
      return { blocks: [{ kind: 'thinking', text: 'Nothing to say.' }] };
    case 'ask':
      return { blocks: [toolCall('AskUserQuestion', COLOR_QUESTION)] };
    case 'plan':
      return { blocks: [toolCall('ExitPlanMode', DEMO_PLAN)] };
    default:
      return { blocks: [{ kind: 'text', text: `Unknown directive ${name}.` }] };
  }
}

/** Directives that are no step of their own. */
const MODIFIERS: ReadonlySet<string> = new Set(['err', 'limit', 'think', 'size']);

/** `[[err:529:2:5]]`: that status twice, each time with `retry-after: 5`. `[[limit:60:1:five_hour]]`: a usage limit that is reset in a minute. */
function failureOf({ name, argument }: Directive): ReplyFailure {
  const [first, times = '', more] = argument.split(':');
  const given = { times: Number(times) || Infinity };
  if (name === 'limit') {
    const resetS = Number(first) || 60;
    const limit = { claim: more ?? 'five_hour', resetS };
    return { ...given, status: 429, retryAfterS: resetS, limit };
  }
  return { ...given, status: Number(first) || 529, retryAfterS: Number(more) || 1 };
}

/** The answer to the prompt under way; without directives the demo story plays. */
export function replyTo(state: DemoPromptState): Reply {
  const all = directivesOf(state.prompt);
  if (all.length === 0) return storyReply(state);
  const failing = all.find(({ name }) => name === 'err' || name === 'limit');
  const steps = all.filter(({ name }) => !MODIFIERS.has(name));
  const directive = steps[state.step];
  const reply: Reply =
    directive !== undefined
      ? play(directive)
      : {
          blocks: [{ kind: 'text', text: state.step > 0 ? 'Done.' : 'Hello from the demo model.' }],
        };
  const thinks = state.step === 0 && all.some(({ name }) => name === 'think');
  const [inputTokens] = numbers(all.find(({ name }) => name === 'size')?.argument ?? '');
  return {
    ...reply,
    blocks: thinks
      ? [{ kind: 'thinking', text: 'Let me think about this step by step.' }, ...reply.blocks]
      : reply.blocks,
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(failing === undefined ? {} : { failure: failureOf(failing) }),
  };
}

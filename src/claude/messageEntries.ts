// Maps user and assistant lines (live or from the file) to entries; pure.
import type { Json } from '../protocol/json.ts';
import type { Entry, EntryImage } from '../protocol/transcript.ts';
import type { Block, MessageLine } from './messageLine.ts';
import { todosOf } from './todos.ts';

/** What the surroundings of a line know about it. */
export interface LineContext {
  /** Wall time for lines without a timestamp, ms since 1970. */
  readonly now: number;
  /** Call id of the subagent call that the line belongs to. */
  readonly parent?: string | undefined;
  /** Calls that a person has denied: older CLIs do not mark their results. */
  readonly deniedCalls?: ReadonlySet<string>;
  /** Tool name by call id, for results that mean more than their text. */
  readonly toolOfCall?: ReadonlyMap<string, string>;
}

/** Text that the CLI writes as a user line when a turn was interrupted. */
const INTERRUPTED = /^\[Request interrupted by user( for tool use)?\]$/;
const COMMAND_NAME = /<command-name>([\s\S]*?)<\/command-name>/;
const COMMAND_ARGS = /<command-args>([\s\S]*?)<\/command-args>/;
const COMMAND_OUTPUT = /^<(local-command-stdout|local-command-stderr)>([\s\S]*?)<\/\1>\s*$/;
const BASH_INPUT = /^<bash-input>([\s\S]*?)<\/bash-input>/;
const BASH_STDOUT = /<bash-stdout>([\s\S]*?)<\/bash-stdout>/;
const BASH_STDERR = /<bash-stderr>([\s\S]*?)<\/bash-stderr>/;
/** Colours of the terminal mean nothing outside it. */
// eslint-disable-next-line no-control-regex
const ANSI = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** Entries of a user or assistant line; none for what is not meant for people. */
export function messageEntries(line: MessageLine, context: LineContext): Entry[] {
  return line.type === 'assistant' ? assistantEntries(line, context) : userEntries(line, context);
}

/** Wall time of a line in ms, or `fallback` where it has no valid timestamp. */
export function timeOf(timestamp: string | undefined, fallback: number): number {
  const at = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(at) ? fallback : at;
}

/** Size and type of an inline image. */
export function imageOf(block: Block): EntryImage {
  const data = block.source?.data ?? '';
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  return {
    mediaType: block.source?.media_type ?? 'image/unknown',
    totalBytes: Math.max(0, Math.floor((data.length * 3) / 4) - padding),
  };
}

function blocksOf(line: MessageLine): readonly Block[] {
  const content = line.message.content;
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function base(line: MessageLine, index: number, context: LineContext) {
  return {
    // The first block keeps the line's uuid, so that it can be found again in the file.
    id: index === 0 ? line.uuid : `${line.uuid}#${index}`,
    at: timeOf(line.timestamp, context.now),
    ...(context.parent === undefined ? {} : { parent: context.parent }),
  };
}

function assistantEntries(line: MessageLine, context: LineContext): Entry[] {
  const output = line.local_command_source;
  if (output !== undefined) {
    const text = commandOutput(output);
    return text ? [{ ...base(line, 0, context), kind: 'command', command: '', text }] : [];
  }
  const messageId = line.message.id ?? line.uuid;
  const aborted = line.aborted === true || line.isAbortedMidStream === true;
  const model = line.message.model ?? undefined;
  return blocksOf(line).flatMap((block, index): Entry[] => {
    const common = { ...base(line, index, context), messageId };
    switch (block.type) {
      case 'text':
        if (!block.text) return [];
        return [
          {
            ...common,
            kind: 'text',
            text: block.text,
            ...(model === undefined || model === '<synthetic>' ? {} : { model }),
            ...(aborted ? { aborted: true } : {}),
          },
        ];
      case 'thinking':
        return block.thinking ? [{ ...common, kind: 'thinking', text: block.thinking }] : [];
      case 'redacted_thinking':
        return [{ ...common, kind: 'thinking', text: '', redacted: true }];
      case 'tool_use':
      case 'server_tool_use':
      case 'mcp_tool_use': {
        const call: Entry = {
          ...common,
          kind: 'tool-call',
          callId: block.id ?? common.id,
          tool: block.name ?? 'unknown',
          input: block.input ?? {},
        };
        const todos = todosOf(block.name, block.input);
        return todos
          ? [
              call,
              {
                ...base(line, index, context),
                id: `${common.id}+todos`,
                kind: 'todos',
                items: todos,
              },
            ]
          : [call];
      }
      default:
        return [unknownBlock(block, base(line, index, context))];
    }
  });
}

function userEntries(line: MessageLine, context: LineContext): Entry[] {
  const common = base(line, 0, context);
  if (line.isCompactSummary === true) return [];
  const blocks = blocksOf(line);
  if (blocks.some((block) => block.type === 'tool_result')) {
    return blocks.flatMap((block, index): Entry[] => {
      if (block.type === 'tool_result') return [toolResult(line, block, index, context)];
      if (block.type === 'text')
        return textOfPerson(line, block.text ?? '', [], base(line, index, context));
      return [unknownBlock(block, base(line, index, context))];
    });
  }
  const images = blocks.filter((block) => block.type === 'image').map(imageOf);
  const text = blocks
    .filter((block) => block.type === 'text')
    .map((block) => block.text ?? '')
    .join('\n');
  const rest = blocks.filter((block) => block.type !== 'text' && block.type !== 'image');
  return [
    ...textOfPerson(line, text, images, common),
    ...rest.map((block, index) => unknownBlock(block, { ...common, id: `${line.uuid}#x${index}` })),
  ];
}

function textOfPerson(
  line: MessageLine,
  text: string,
  images: readonly EntryImage[],
  common: { readonly id: string; readonly at: number; readonly parent?: string },
): Entry[] {
  if (INTERRUPTED.test(text.trim())) {
    return [
      { ...common, kind: 'notice', level: 'info', code: 'interrupted', text: 'Interrupted.' },
    ];
  }
  const name = COMMAND_NAME.exec(text)?.[1];
  if (name !== undefined) {
    const args = COMMAND_ARGS.exec(text)?.[1]?.trim() ?? '';
    return [{ ...common, kind: 'command', command: `${name.trim()} ${args}`.trim(), text: '' }];
  }
  const output = commandOutput(text);
  if (output !== undefined) {
    return output === '' ? [] : [{ ...common, kind: 'command', command: '', text: output }];
  }
  const shell = BASH_INPUT.exec(text)?.[1];
  if (shell !== undefined) return [{ ...common, kind: 'command', command: `!${shell}`, text: '' }];
  const stdout = BASH_STDOUT.exec(text)?.[1];
  const stderr = BASH_STDERR.exec(text)?.[1];
  if (stdout !== undefined || stderr !== undefined) {
    const both = [stdout, stderr].filter(Boolean).join('\n').replaceAll(ANSI, '');
    return both === '' ? [] : [{ ...common, kind: 'command', command: '', text: both }];
  }
  const origin = originOf(line, text);
  // Meta lines are notes of the CLI to the model; only what another program said is for people.
  if (line.isMeta === true && origin === 'person') return [];
  if (text === '' && images.length === 0) return [];
  return [
    {
      ...common,
      kind: 'prompt',
      text: origin === 'task' ? taskText(text) : text,
      origin: common.parent !== undefined && origin === 'person' ? 'agent' : origin,
      ...(images.length > 0 ? { images: [...images] } : {}),
      ...(origin === 'person' && common.parent === undefined ? { promptId: line.uuid } : {}),
    },
  ];
}

function originOf(line: MessageLine, text: string): 'person' | 'hook' | 'peer' | 'task' | 'system' {
  switch (line.origin?.kind) {
    case 'peer':
      return 'peer';
    case 'task-notification':
      return 'task';
    case undefined:
    case 'human':
      break;
    default:
      return 'system';
  }
  if (text.startsWith('<task-notification>')) return 'task';
  if (line.isMeta === true && /^(Stop|SubagentStop) hook feedback:/.test(text)) return 'hook';
  return 'person';
}

function taskText(text: string): string {
  return /<summary>([\s\S]*?)<\/summary>/.exec(text)?.[1] ?? text;
}

/** What a local command printed; undefined if the text is not command output. */
export function commandOutput(text: string): string | undefined {
  return COMMAND_OUTPUT.exec(text.trim())?.[2]?.replaceAll(ANSI, '');
}

function toolResult(line: MessageLine, block: Block, index: number, context: LineContext): Entry {
  const callId = block.tool_use_id ?? '';
  const { text, images } = resultContent(block.content);
  const structured = line.tool_use_result ?? line.toolUseResult;
  return {
    ...base(line, index, context),
    kind: 'tool-result',
    callId,
    outcome: outcomeOf(line, block, text, structured, context),
    text,
    ...(images.length > 0 ? { images } : {}),
    ...(structured === undefined || structured === null || typeof structured === 'string'
      ? {}
      : { structured: withoutBytes(structured) }),
  };
}

function outcomeOf(
  line: MessageLine,
  block: Block,
  text: string,
  structured: Json | undefined,
  context: LineContext,
): 'ok' | 'error' | 'denied' | 'interrupted' {
  const meta = line.tool_result_meta?.find((item) => item.id === block.tool_use_id);
  const rejected =
    line.toolDenialKind !== undefined ||
    line.permissionDecision?.decision === 'reject' ||
    meta?.permission_decision?.decision === 'reject' ||
    meta?.non_execution_kind !== undefined;
  if (/^\[(Request|Tool call) interrupted/.test(text)) return 'interrupted';
  if (block.is_error === true) {
    if (rejected || context.deniedCalls?.has(block.tool_use_id ?? '') === true) return 'denied';
    if (/^The user doesn't want to (proceed|take this action)/.test(text)) return 'denied';
    return 'error';
  }
  const isInterrupted =
    typeof structured === 'object' &&
    structured !== null &&
    'interrupted' in structured &&
    structured.interrupted === true;
  return isInterrupted ? 'interrupted' : 'ok';
}

function resultContent(content: Json | undefined): { text: string; images: EntryImage[] } {
  if (content === undefined || content === null) return { text: '', images: [] };
  if (typeof content === 'string') return { text: content, images: [] };
  if (!Array.isArray(content)) return { text: JSON.stringify(content), images: [] };
  const texts: string[] = [];
  const images: EntryImage[] = [];
  for (const item of content) {
    if (isRecord(item) && item['type'] === 'text' && typeof item['text'] === 'string') {
      texts.push(item['text']);
    } else if (isRecord(item) && item['type'] === 'image') {
      images.push(imageOfJson(item['source']));
    } else {
      texts.push(JSON.stringify(item));
    }
  }
  return { text: texts.join('\n'), images };
}

function imageOfJson(source: Json | undefined): EntryImage {
  if (!isRecord(source)) return { mediaType: 'image/unknown', totalBytes: 0 };
  const media = source['media_type'];
  const data = source['data'];
  return imageOf({
    type: 'image',
    source: {
      ...(typeof media === 'string' ? { media_type: media } : {}),
      ...(typeof data === 'string' ? { data } : {}),
    },
  });
}

/** A long base64 string says nothing to people and costs a blob: its length stays. */
function withoutBytes(value: Json): Json {
  if (typeof value === 'string') {
    return value.length > 4096 && /^[A-Za-z0-9+/=\r\n]+$/.test(value)
      ? `[${value.length} base64 characters]`
      : value;
  }
  if (Array.isArray(value)) return value.map((item: Json) => withoutBytes(item));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutBytes(item)]));
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownBlock(
  block: Block,
  common: { readonly id: string; readonly at: number; readonly parent?: string },
): Entry {
  return { ...common, kind: 'unknown', type: block.type, json: boundedJson(block) };
}

/** Unknown records are shown as they are, up to this many characters. */
const MAX_UNKNOWN_CHARS = 8192;

/** JSON of a record for people, bounded. */
export function boundedJson(value: unknown): string {
  const json = JSON.stringify(value) ?? '';
  return json.length > MAX_UNKNOWN_CHARS
    ? `${json.slice(0, MAX_UNKNOWN_CHARS)}… (${json.length} characters)`
    : json;
}

// Maps user and assistant lines (live or from the file) to entries; pure.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Entry, EntryOf } from '../../protocol/transcript.ts';
import type { Block, MessageLine } from '../wire/messageLine.ts';
import { withoutFrames } from './promptFrame.ts';
import { commandOutput, type EntryBase, personPrompt, personText } from './personText.ts';
import { isServerToolResult, serverToolResult } from './serverToolResult.ts';
import { imageOf, toolResultEntry } from './toolResultEntry.ts';
import { toolView } from './viewOfTool.ts';
import { unknownEntry } from './unknownEntry.ts';

/** What the surroundings of a line know about it. */
export interface LineContext {
  /** Wall time for lines without a timestamp, ms since 1970. */
  readonly now: number;
  /** Call id of the subagent call that the line belongs to. */
  readonly parent?: string | undefined;
  /** Calls that a person has denied: older CLIs do not mark their results. */
  readonly deniedCalls?: ReadonlySet<string>;
}

/** Model name of texts that the CLI makes up itself. */
const SYNTHETIC = '<synthetic>';
/** Said to the model after an interrupted session was resumed. */
const NO_RESPONSE = 'No response requested.';

/** Entries of a user or assistant line; none for what is not meant for people. */
export function messageEntries(line: MessageLine, context: LineContext): Entry[] {
  if (line.type === 'user') return userEntries(line, context);
  return isLocalOutput(line) ? localOutput(line, context) : assistantEntries(line, context);
}

/** Wall time of a line in ms, or `fallback` where it has no valid timestamp. */
export function timeOf(timestamp: string | undefined, fallback: number): number {
  const at = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(at) ? fallback : at;
}

/** Whether an assistant line is what a local command printed (2.1.197 does not mark it). */
export function isLocalOutput(line: MessageLine): boolean {
  if (line.type !== 'assistant') return false;
  if (line.local_command_source !== undefined) return true;
  const isError =
    line.is_api_error_message === true ||
    line.isApiErrorMessage === true ||
    line['error'] !== undefined;
  return line.message.model === SYNTHETIC && !isError;
}

function localOutput(line: MessageLine, context: LineContext): Entry[] {
  const said = blocksOf(line).map((block) => block.text ?? '');
  const text = commandOutput(line.local_command_source ?? '') ?? said.join('\n');
  if (text === '' || text === '(no content)' || text === NO_RESPONSE) return [];
  return [{ ...base(line, 0, context), kind: 'command', command: '', text }];
}

function blocksOf(line: MessageLine): readonly Block[] {
  const content = line.message.content;
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function base(line: MessageLine, index: number, context: LineContext): EntryBase {
  return {
    // The first block keeps the line's uuid, so that it can be found again in the file.
    id: index === 0 ? line.uuid : `${line.uuid}#${index}`,
    at: timeOf(line.timestamp, context.now),
    ...(context.parent === undefined ? {} : { parent: context.parent }),
  };
}

function assistantEntries(line: MessageLine, context: LineContext): Entry[] {
  const messageId = line.message.id ?? line.uuid;
  const isAborted = line.aborted === true || line.isAbortedMidStream === true;
  const model = line.message.model ?? SYNTHETIC;
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
            ...(model === SYNTHETIC ? {} : { model }),
            ...(isAborted ? { aborted: true } : {}),
          },
        ];
      case 'thinking':
        return block.thinking ? [{ ...common, kind: 'thinking', text: block.thinking }] : [];
      case 'redacted_thinking':
        return [{ ...common, kind: 'thinking', text: '', redacted: true }];
      case 'tool_use':
      case 'server_tool_use':
      case 'mcp_tool_use':
        return [toolCall(block, common)];
      default:
        return isServerToolResult(block)
          ? [serverToolResult(block, base(line, index, context))]
          : [unknownEntry(block.type, block, base(line, index, context))];
    }
  });
}

function toolCall(
  block: Block,
  common: EntryBase & { readonly messageId: string },
): EntryOf<'tool-call'> {
  const { name: tool = 'unknown', input = {} } = block;
  const view = toolView(tool, input);
  return {
    ...common,
    kind: 'tool-call',
    callId: block.id ?? common.id,
    tool,
    input,
    ...omitUndefined({ view }),
  };
}

function userEntries(line: MessageLine, context: LineContext): Entry[] {
  if (line.isCompactSummary === true) return [];
  const blocks = blocksOf(line);
  if (blocks.some((block) => block.type === 'tool_result')) {
    return blocks.flatMap((block, index): Entry[] => {
      const common = base(line, index, context);
      if (block.type === 'tool_result') {
        return [toolResultEntry(line, block, common, context.deniedCalls)];
      }
      if (block.type === 'text') return personText(line, block.text ?? '', [], common);
      return [unknownEntry(block.type, block, common)];
    });
  }
  const said = withoutFrames(blocks);
  const texts = said.filter((block) => block.type === 'text').map((block) => block.text ?? '');
  const images = said
    .filter((block) => block.type === 'image')
    .map((block) => imageOf(block.source));
  const rest = blocks.filter((block) => block.type !== 'text' && block.type !== 'image');
  const common = base(line, 0, context);
  const text = texts.join('\n');
  return [
    // A guest's words are a prompt, whatever they look like: only the CLI's own have a meaning.
    ...(said === blocks
      ? personText(line, text, images, common)
      : [personPrompt(line, text, images, common)]),
    ...rest.map((block, index) =>
      unknownEntry(block.type, block, base(line, blocks.length + index, context)),
    ),
  ];
}

// Maps tool_result blocks: text, images, structured result and outcome.
import { isRecord } from '../../base/isRecord.ts';
import type { Json } from '../../protocol/json.ts';
import type { EntryImage } from '../../protocol/entryParts.ts';
import type { Entry, EntryOf } from '../../protocol/transcript.ts';
import type { Block, MessageLine } from '../wire/messageLine.ts';
import type { EntryBase } from './personText.ts';
import { resultView } from './viewOfTool.ts';

/** Base64 that is longer than this is somebody's file, not text. Characters. */
const MAX_BASE64_CHARS = 4096;

/** Auto mode asks a classifier instead of a person; without its answer nothing is run either. */
const AUTO_DENIED = /^automode-/;

const STOPPED = 'Stopped before it was done. It may have run in part.';
/** What the CLI makes of a permission when its host has gone: nobody has refused anything. */
const UNASKED = /^Tool permission request failed: .*\bTool permission stream closed\b/;

/** The 'tool-result' entry of a block. `deniedCalls`: calls that a person is known to have denied. */
export function toolResultEntry(
  line: MessageLine,
  block: Block,
  base: EntryBase,
  deniedCalls: ReadonlySet<string> | undefined,
): Entry {
  const callId = block.tool_use_id ?? '';
  const { text, images } = resultContent(block.content);
  const structured = structuredOf(line);
  const isDenied = deniedCalls?.has(callId) === true;
  const outcome = outcomeOf(line, block, text, structured, isDenied);
  return {
    ...base,
    kind: 'tool-result',
    callId,
    outcome,
    ...(outcome === 'denied' && AUTO_DENIED.test(denialKind(line, block))
      ? { autoDenied: true }
      : {}),
    text: saidOf(line, text, outcome),
    ...(images.length > 0 ? { images } : {}),
    ...(isRecord(structured) || Array.isArray(structured)
      ? { structured: withoutBytes(withoutOutputFile(structured)) }
      : {}),
    ...resultView(text, structured),
    ...outputFileOf(structured),
  };
}

/** The text for people: what the CLI says of a call that has not run is for the model, and not true. */
function saidOf(
  line: MessageLine,
  text: string,
  outcome: EntryOf<'tool-result'>['outcome'],
): string {
  if (UNASKED.test(text)) {
    return `It was not run: the session host ended before anybody answered, and nobody denied it. The model was told: “${text}”`;
  }
  return outcome === 'interrupted' && isStopped(line, text) ? STOPPED : text;
}

/** The file keeps the structured part of an MCP server's result apart, where the live line joins it with the text. */
function structuredOf(line: MessageLine): Json | undefined {
  const result = line.tool_use_result ?? line.toolUseResult;
  const apart = line.mcpMeta?.structuredContent;
  if (apart === undefined || result === undefined || isRecord(result)) return result;
  return { content: result, structuredContent: apart };
}

/** Where the CLI leaves the whole of what was too long, in the folder of the conversation. */
const OUTPUT_FILE = /[\\/]projects[\\/].+[\\/]tool-results[\\/][\w.-]+$/;

function outputFileOf(structured: Json | undefined): { readonly outputFile?: string } {
  const path = isRecord(structured) ? structured['persistedOutputPath'] : undefined;
  const isOne = typeof path === 'string' && OUTPUT_FILE.test(path) && !/[\\/]\.\.[\\/]/.test(path);
  return isOne ? { outputFile: path } : {};
}

/** Paths of this computer, and a part of the output, say nothing to others. */
function withoutOutputFile(structured: Json): Json {
  if (!isRecord(structured) || structured['persistedOutputPath'] === undefined) return structured;
  const { persistedOutputPath: _path, stdout: _stdout, ...rest } = structured;
  return rest;
}

/** Size and type of an inline image; its bytes stay in the transcript. */
export function imageOf(source: Block['source']): EntryImage {
  const data = source?.data ?? '';
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  return {
    mediaType: source?.media_type ?? 'image/unknown',
    totalBytes: Math.max(0, Math.floor((data.length * 3) / 4) - padding),
  };
}

function outcomeOf(
  line: MessageLine,
  block: Block,
  text: string,
  structured: Json | undefined,
  isDenied: boolean,
): 'ok' | 'error' | 'denied' | 'interrupted' {
  if (/^\[(Request|Tool call) interrupted/.test(text) || UNASKED.test(text)) return 'interrupted';
  if (block.is_error !== true) {
    return isRecord(structured) && structured['interrupted'] === true ? 'interrupted' : 'ok';
  }
  const meta = metaOf(line, block);
  if (!isDenied && isStopped(line, text)) return 'interrupted';
  const isRejected =
    isDenied ||
    line.toolDenialKind !== undefined ||
    line.permissionDecision?.decision === 'reject' ||
    meta?.permission_decision?.decision === 'reject' ||
    meta?.non_execution_kind === 'user-rejected' ||
    meta?.non_execution_kind === 'permission-rule' ||
    AUTO_DENIED.test(meta?.non_execution_kind ?? '') ||
    /^The user doesn't want to (proceed|take this action)/.test(text);
  return isRejected ? 'denied' : 'error';
}

function metaOf(line: MessageLine, block: Block) {
  return line.tool_result_meta?.find((item) => item.id === block.tool_use_id);
}

/** Why a call has not run, as the stream says it or as the file does. */
function denialKind(line: MessageLine, block: Block): string {
  return metaOf(line, block)?.non_execution_kind ?? line.toolDenialKind ?? '';
}

/**
 * Whether Stop ended the call. The CLI calls it rejected by the user: only newer versions say more,
 * and only in a terminal can somebody reject a call without words of ours.
 */
function isStopped(line: MessageLine, text: string): boolean {
  if (!text.startsWith("The user doesn't want to proceed")) return false;
  if (text.includes('stopped while running, not refused')) return true;
  const isOurs = line.session_id !== undefined || line.entrypoint === 'sdk-cli';
  return isOurs && line.permissionDecision?.decision !== 'reject';
}

function resultContent(content: Json | undefined): { text: string; images: EntryImage[] } {
  if (content === undefined || content === null) return { text: '', images: [] };
  if (typeof content === 'string') return { text: content, images: [] };
  if (!Array.isArray(content)) return { text: JSON.stringify(content), images: [] };
  const texts: string[] = [];
  const images: EntryImage[] = [];
  // Array.isArray forgets what readonly items are.
  const items: readonly Json[] = content;
  for (const item of items) {
    if (isRecord(item) && item['type'] === 'text' && typeof item['text'] === 'string') {
      texts.push(item['text']);
    } else if (isRecord(item) && item['type'] === 'image') {
      images.push(imageOf(sourceOf(item['source'])));
    } else {
      texts.push(JSON.stringify(withoutBytes(item)));
    }
  }
  return { text: texts.join('\n'), images };
}

function sourceOf(source: Json | undefined): Block['source'] {
  if (!isRecord(source)) return undefined;
  const { media_type: mediaType, data } = source;
  return {
    ...(typeof mediaType === 'string' ? { media_type: mediaType } : {}),
    ...(typeof data === 'string' ? { data } : {}),
  };
}

/** A long base64 string says nothing to people and costs a blob: its length stays. */
function withoutBytes(value: Json): Json {
  if (typeof value === 'string') {
    return value.length > MAX_BASE64_CHARS && /^[A-Za-z0-9+/]+={0,2}$/.test(value)
      ? `[${value.length} base64 characters]`
      : value;
  }
  if (Array.isArray(value)) return value.map((item: Json) => withoutBytes(item));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutBytes(item)]));
}

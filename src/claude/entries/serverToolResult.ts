// Results of tools that run at the model's side, such as a web search: blocks of the answer itself.
import { isRecord } from '../../base/isRecord.ts';
import type { Json } from '../../protocol/json.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import type { Block } from '../wire/messageLine.ts';
import type { EntryBase } from './personText.ts';

/** Whether a block of an answer is such a result. */
export function isServerToolResult(block: Block): boolean {
  return block.type.endsWith('_tool_result') && block.tool_use_id !== undefined;
}

/** Its entry: titles and addresses of what was found; what only the model can read is left out. */
export function serverToolResult(block: Block, base: EntryBase): EntryOf<'tool-result'> {
  const content = block.content ?? null;
  const items: readonly Json[] = Array.isArray(content) ? content : [content];
  const error = items.map(errorOf).find((code) => code !== undefined);
  return {
    ...base,
    kind: 'tool-result',
    callId: block.tool_use_id ?? '',
    outcome: error === undefined ? 'ok' : 'error',
    text: error ?? items.map(lineOf).filter(Boolean).join('\n'),
  };
}

function errorOf(item: Json): string | undefined {
  const code = isRecord(item) ? item['error_code'] : undefined;
  return typeof code === 'string' ? code : undefined;
}

function lineOf(item: Json): string {
  if (!isRecord(item)) return typeof item === 'string' ? item : '';
  const { title, url, text, stdout, stderr } = item;
  const parts = [title, url, text, stdout, stderr].filter((part) => typeof part === 'string');
  return parts.filter((part) => part !== '').join(' · ');
}

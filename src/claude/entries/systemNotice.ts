// What Claude Code says to people beside the conversation, live or in the file; pure.
import { say } from '../../base/say.ts';
import { saidText } from '../../protocol/said.ts';
import { isRecord } from '../../base/isRecord.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { ANSI } from './personText.ts';
import type { EntryOf } from '../../protocol/transcript.ts';

/** A line of `system/informational` or `system/notification`, as both sources have it. */
export interface SystemNoticeLine {
  readonly subtype?: string | undefined;
  readonly content?: unknown;
  readonly text?: unknown;
  readonly level?: unknown;
  /** Which notification it is. */
  readonly key?: unknown;
  readonly prompt_submit_outcome?: unknown;
  readonly promptSubmitEnding?: unknown;
}

const BLOCKED =
  /^UserPromptSubmit operation blocked by hook:\n([\s\S]*?)(?:\n+Original prompt: [\s\S]*)?$/;
/** The command of the hook stands before what it said. */
const HOOK_COMMAND = /^\[[\s\S]*?\]: /;
/** That a Stop hook has said something, of which its own words follow. */
const TOLD_BY_HOOK = 'stop-hook-error';
const NOTHING_SAID = 'No stderr output';
/** Keys of the terminal mean nothing here. */
const KEY_HINT = / · ctrl\+\w to \w+$/;
const MAX_REASON = 2000;

/** Whether the line says that a hook has refused the prompt under way. */
export function isBlockedPrompt(line: SystemNoticeLine): boolean {
  return typeof line.content === 'string' && BLOCKED.test(line.content);
}

/** The notice; undefined for a line without words. `promptId`: the prompt that a blocking line is about. */
export function systemNotice(
  line: SystemNoticeLine,
  base: { readonly id: string; readonly at: number },
  promptId?: string,
): EntryOf<'notice'> | undefined {
  const said = typeof line.content === 'string' ? line.content : line.text;
  if (typeof said !== 'string' || said.trim() === '') return undefined;
  if (line.key === TOLD_BY_HOOK) return undefined;
  const plain = said.replaceAll(ANSI, '');
  const blocked = BLOCKED.exec(plain);
  if (blocked !== null) {
    const reason = reasonOf(line) ?? (blocked[1] ?? '').trim().replace(HOOK_COMMAND, '').trim();
    const why =
      reason === '' || reason === NOTHING_SAID ? say`it gave no reason.` : shortened(reason);
    return {
      ...base,
      kind: 'notice',
      level: 'warning',
      code: 'prompt-blocked',
      ...saidText(say`A hook refused this prompt, and it was not run: ${why}`),
      ...omitUndefined({ promptId }),
    };
  }
  const level = line.level === 'warning' || line.level === 'error' ? line.level : 'info';
  return { ...base, kind: 'notice', level, code: 'agent', text: plain.replace(KEY_HINT, '') };
}

/** A server says that what it asked for at an address has been done there: the request itself may still wait. */
export function formDoneNotice(
  server: unknown,
  base: { readonly id: string; readonly at: number },
): EntryOf<'notice'> {
  const words =
    typeof server === 'string'
      ? say`“${server}” says that what it asked for in a browser is done.`
      : say`A tool says that what it asked for in a browser is done.`;
  return { ...base, kind: 'notice', level: 'info', code: 'form-done', ...saidText(words) };
}

/** Newer versions say the reason apart. */
function reasonOf(line: SystemNoticeLine): string | undefined {
  const live = isRecord(line.prompt_submit_outcome) ? line.prompt_submit_outcome : undefined;
  const kept = isRecord(line.promptSubmitEnding) ? line.promptSubmitEnding['ending'] : undefined;
  const reason = (live ?? (isRecord(kept) ? kept : {}))['reason'];
  return typeof reason === 'string' ? reason.trim() : undefined;
}

function shortened(text: string): string {
  return text.length > MAX_REASON ? `${text.slice(0, MAX_REASON)}…` : text;
}

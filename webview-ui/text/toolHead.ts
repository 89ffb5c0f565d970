// What a tool call is about, in a line: the parts that its view names.
import type { Json } from '../../src/protocol/json.ts';
import { callName } from '../../src/client/standing/callWords.ts';
import type { IconName } from '../parts/Icon.tsx';
import type { StringKey, Translate } from '../strings.ts';
import {
  actionOf,
  familyOf,
  numberPart,
  partOf,
  textPart,
  type ToolAction,
  type ViewedCall,
} from '../../src/protocol/toolView.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { isRecord } from '../../src/base/isRecord.ts';
import { relativePath } from './format.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';

/** How the head of a tool card reads. */
export interface ToolHead {
  readonly icon: IconName;
  readonly title: string;
  /** One line; `isCode` = monospaced. */
  readonly subtitle: string;
  readonly isCode: boolean;
}

type Call = ViewedCall & Pick<EntryOf<'tool-call'>, 'tool' | 'displayName'>;

/** The head of the card of a call. `folder` shortens paths below it. */
export function describeTool(call: Call, folder: string | undefined, t: Translate): ToolHead {
  const head = headOf(call, folder, t);
  return { ...head, title: showDeceptive(head.title), subtitle: showDeceptive(head.subtitle) };
}

function headOf(call: Call, folder: string | undefined, t: Translate): ToolHead {
  const title = callName(call, t);
  const path = relativePath(textPart(call, 'path') ?? '', folder);
  const description = textPart(call, 'description');
  const subject = firstLine(textPart(call, 'subject') ?? '');
  switch (familyOf(call)) {
    case 'shell':
      return {
        icon: 'terminal',
        title,
        subtitle: description ?? firstLine(textPart(call, 'command') ?? ''),
        isCode: description === undefined,
      };
    case 'edit':
    case 'write':
      return { icon: 'edit', title, subtitle: path, isCode: true };
    case 'read':
      return { icon: 'file', title, subtitle: path + readRange(call), isCode: true };
    case 'search':
      return { icon: 'search', title, subtitle: searchText(call, folder, t), isCode: true };
    case 'agent':
      return {
        icon: 'agent',
        title,
        subtitle: description ?? firstLine(textPart(call, 'prompt') ?? ''),
        isCode: false,
      };
    case 'todos': {
      const count = call.view?.todos?.length ?? 0;
      return {
        icon: 'list',
        title,
        subtitle: t('{0} items', count),
        isCode: false,
      };
    }
    case 'web':
      return { icon: 'globe', title, subtitle: subject, isCode: true };
    case 'question':
      return { icon: 'question', title, subtitle: subject, isCode: false };
    case 'plan':
      return { icon: 'list', title, subtitle: '', isCode: false };
    case 'mcp':
      return { icon: 'plug', title, subtitle: firstLine(firstText(call.input)), isCode: true };
    case 'other':
      return otherHead(call, title, t);
  }
}

function otherHead(call: Call, title: string, t: Translate): ToolHead {
  const action = actionOf(call);
  const subject = partOf(call, 'subject');
  const subtitle = firstLine(typeof subject === 'string' ? subject : firstText(call.input));
  if (action === undefined) return { icon: 'plug', title, subtitle, isCode: true };
  const { icon, words } = ACTIONS[action];
  const about = typeof subject === 'string' ? subtitle : '';
  return { icon, title: t(words), subtitle: about, isCode: false };
}

/** How house-keeping reads. */
const ACTIONS: Readonly<
  Record<ToolAction, { readonly icon: IconName; readonly words: StringKey }>
> = {
  skill: { icon: 'spark', words: 'Skill' },
  watch: { icon: 'eye', words: 'Watch' },
  'stop-task': { icon: 'stop', words: 'Stop a task' },
  'send-message': { icon: 'send', words: 'Message to an agent' },
  'wake-up': { icon: 'clock', words: 'Wake up later' },
  'add-timer': { icon: 'clock', words: 'New timer' },
  'delete-timer': { icon: 'clock', words: 'Delete a timer' },
  'list-timers': { icon: 'clock', words: 'List of timers' },
  'start-planning': { icon: 'list', words: 'Start planning' },
  'enter-worktree': { icon: 'reset', words: 'Into a working tree of its own' },
  'leave-worktree': { icon: 'reset', words: 'Out of its working tree' },
  'list-agents': { icon: 'agent', words: 'List of agents' },
};

function readRange(call: Call): string {
  const from = numberPart(call, 'fromLine');
  const count = numberPart(call, 'lineCount');
  if (from === undefined && count === undefined) return '';
  const first = from ?? 1;
  return count === undefined ? `:${first}` : `:${first}–${first + count - 1}`;
}

function searchText(call: Call, folder: string | undefined, t: Translate): string {
  const what = textPart(call, 'query') ?? '';
  const place = relativePath(textPart(call, 'place') ?? '', folder);
  return what !== '' && place !== '' ? t('{0} in {1}', what, place) : what + place;
}

/** Of an input of which nothing is known, what a person would look at first. */
function firstText(input: Json): string {
  if (!isRecord(input)) return '';
  return Object.values(input).find((value) => typeof value === 'string') ?? '';
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : `${text.slice(0, end)} …`;
}

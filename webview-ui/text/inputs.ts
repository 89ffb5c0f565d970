// What a tool call is about, in a line: the fields people look for, of any tool's input.
import type { Json } from '../../src/protocol/json.ts';
import type { IconName } from '../parts/Icon.tsx';
import type { StringKey, Translate } from '../strings.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
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

/** A member of an object; undefined if there is none or `value` is no object. */
export function field(value: Json | undefined, name: string): Json | undefined {
  if (value === undefined || value === null || typeof value !== 'object') return undefined;
  // `in` and not an index: a list has no names.
  return Array.isArray(value)
    ? undefined
    : Object.entries(value).find(([key]) => key === name)?.[1];
}

/** A member that is a text. */
export function textField(value: Json | undefined, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
}

/** A member that is a number. */
export function numberField(value: Json | undefined, name: string): number | undefined {
  const found = field(value, name);
  return typeof found === 'number' ? found : undefined;
}

/** A member that is a list. */
export function listField(value: Json | undefined, name: string): readonly Json[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}

/** What belongs to which card body. */
export type ToolFamily =
  'shell' | 'edit' | 'write' | 'read' | 'search' | 'agent' | 'todos' | 'other';

const FAMILIES: Readonly<Record<string, ToolFamily>> = {
  Bash: 'shell',
  PowerShell: 'shell',
  Edit: 'edit',
  MultiEdit: 'edit',
  NotebookEdit: 'edit',
  Write: 'write',
  Read: 'read',
  NotebookRead: 'read',
  Grep: 'search',
  Glob: 'search',
  LS: 'search',
  ToolSearch: 'search',
  Agent: 'agent',
  Task: 'agent',
  TodoWrite: 'todos',
};

/** Family of a tool by its name. */
export function toolFamily(tool: string): ToolFamily {
  return FAMILIES[tool] ?? 'other';
}

function readRange(input: Json): string {
  const offset = numberField(input, 'offset');
  const limit = numberField(input, 'limit');
  if (offset === undefined && limit === undefined) return '';
  const first = offset ?? 1;
  return limit === undefined ? `:${first}` : `:${first}–${first + limit - 1}`;
}

function firstText(input: Json): string {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return '';
  const texts = Object.values(input).filter((value): value is string => typeof value === 'string');
  return texts[0] ?? '';
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : `${text.slice(0, end)} …`;
}

type Call = Pick<EntryOf<'tool-call'>, 'tool' | 'displayName' | 'input'>;

/** The head of the card of a call. `folder` shortens paths below it. */
export function describeTool(call: Call, folder: string | undefined, t: Translate): ToolHead {
  const head = headOf(call, folder, t);
  return { ...head, title: showDeceptive(head.title), subtitle: showDeceptive(head.subtitle) };
}

function headOf(call: Call, folder: string | undefined, t: Translate): ToolHead {
  const { tool, input } = call;
  const path = textField(input, 'file_path') ?? textField(input, 'notebook_path') ?? '';
  const shown = relativePath(path, folder);
  const title = call.displayName ?? tool;
  switch (toolFamily(tool)) {
    case 'shell':
      return {
        icon: 'terminal',
        title,
        subtitle: textField(input, 'description') ?? firstLine(textField(input, 'command') ?? ''),
        isCode: textField(input, 'description') === undefined,
      };
    case 'edit':
      return { icon: 'edit', title, subtitle: shown, isCode: true };
    case 'write':
      return { icon: 'edit', title, subtitle: shown, isCode: true };
    case 'read':
      return { icon: 'file', title, subtitle: shown + readRange(input), isCode: true };
    case 'search': {
      const where = textField(input, 'path');
      const what = textField(input, 'pattern') ?? textField(input, 'query') ?? '';
      const place = where === undefined ? '' : relativePath(where, folder);
      const both = what !== '' && place !== '';
      return {
        icon: 'search',
        title,
        subtitle: both ? t('{0} in {1}', what, place) : what + place,
        isCode: true,
      };
    }
    case 'agent':
      return {
        icon: 'agent',
        title: textField(input, 'subagent_type') ?? title,
        subtitle: textField(input, 'description') ?? firstLine(textField(input, 'prompt') ?? ''),
        isCode: false,
      };
    case 'todos':
      return {
        icon: 'list',
        title: t('Checklist'),
        subtitle: t('{0} items', listField(input, 'todos').length),
        isCode: false,
      };
    case 'other':
      return describeOther(call, title, t);
  }
}

/** Tools of the agent's own house-keeping: how they read, and the field that says what about. */
const IN_WORDS: Readonly<
  Record<string, { readonly icon: IconName; readonly words: StringKey; readonly field: string }>
> = {
  Skill: { icon: 'spark', words: 'Skill', field: 'skill' },
  Monitor: { icon: 'eye', words: 'Watch', field: 'description' },
  TaskStop: { icon: 'stop', words: 'Stop a task', field: 'task_id' },
  SendMessage: { icon: 'send', words: 'Message to an agent', field: 'to' },
  ScheduleWakeup: { icon: 'clock', words: 'Wake up later', field: 'reason' },
  CronCreate: { icon: 'clock', words: 'New timer', field: 'prompt' },
  CronDelete: { icon: 'clock', words: 'Delete a timer', field: 'id' },
  CronList: { icon: 'clock', words: 'List of timers', field: '' },
  EnterPlanMode: { icon: 'list', words: 'Start planning', field: '' },
  ExitPlanMode: { icon: 'list', words: 'Plan', field: '' },
  EnterWorktree: { icon: 'reset', words: 'Into a working tree of its own', field: 'name' },
  ExitWorktree: { icon: 'reset', words: 'Out of its working tree', field: '' },
  ListAgents: { icon: 'agent', words: 'List of agents', field: '' },
};

function describeOther(call: Call, title: string, t: Translate): ToolHead {
  const { tool, input } = call;
  const own = IN_WORDS[tool];
  if (own !== undefined) {
    const subtitle = firstLine(textField(input, own.field) ?? '');
    return { icon: own.icon, title: t(own.words), subtitle, isCode: false };
  }
  const mcp = /^mcp__(.+?)__(.+)$/.exec(tool);
  if (mcp !== null) {
    return {
      icon: 'plug',
      title: `${mcp[1] ?? ''} › ${mcp[2] ?? ''}`,
      subtitle: firstLine(firstText(input)),
      isCode: true,
    };
  }
  const url = textField(input, 'url') ?? textField(input, 'query');
  if (tool.startsWith('Web') && url !== undefined) {
    return { icon: 'globe', title, subtitle: url, isCode: true };
  }
  if (tool === 'AskUserQuestion') {
    const questions = listField(input, 'questions');
    const subtitle = textField(questions[0], 'question') ?? '';
    return { icon: 'question', title, subtitle, isCode: false };
  }
  return { icon: 'plug', title, subtitle: firstLine(firstText(input)), isCode: true };
}

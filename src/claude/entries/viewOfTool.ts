// What a call of one of Claude Code's tools is about: family, and where in its input the parts stand.
import type { Json } from '../../protocol/json.ts';
import type { ToolAction, ToolView } from '../../protocol/toolView.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import { jsonField } from '../wire/jsonField.ts';
import { statusOf } from './todoTracker.ts';

const SHELL: ToolView = { family: 'shell', command: '/command', description: '/description' };
/** Said with every change; only the other value means something. */
const DEFAULTS = { replace_all: false };
const EDIT: ToolView = {
  family: 'edit',
  path: '/file_path',
  before: '/old_string',
  after: '/new_string',
  defaults: DEFAULTS,
};
const SEARCH: ToolView = { family: 'search', query: '/pattern', place: '/path' };
const READ: ToolView = {
  family: 'read',
  path: '/file_path',
  fromLine: '/offset',
  lineCount: '/limit',
};
const AGENT: ToolView = { family: 'agent', description: '/description', prompt: '/prompt' };
const WEB_SEARCH: ToolView = { family: 'web', subject: '/query' };
const WEB_FETCH: ToolView = { family: 'web', subject: '/url' };

function act(action: ToolAction, subject?: string): ToolView {
  return { family: 'other', action, ...(subject === undefined ? {} : { subject: `/${subject}` }) };
}

const VIEWS: Readonly<Record<string, ToolView>> = {
  Bash: SHELL,
  PowerShell: SHELL,
  Edit: EDIT,
  MultiEdit: { ...EDIT, changes: '/edits' },
  NotebookEdit: { family: 'edit', path: '/notebook_path', after: '/new_source' },
  Write: { family: 'write', path: '/file_path', content: '/content' },
  Read: READ,
  NotebookRead: { family: 'read', path: '/notebook_path' },
  Grep: SEARCH,
  Glob: SEARCH,
  LS: { family: 'search', place: '/path' },
  ToolSearch: { family: 'search', query: '/query' },
  Agent: AGENT,
  Task: AGENT,
  WebSearch: WEB_SEARCH,
  WebFetch: WEB_FETCH,
  web_search: WEB_SEARCH,
  web_fetch: WEB_FETCH,
  AskUserQuestion: {
    family: 'question',
    questions: '/questions',
    subject: '/questions/0/question',
  },
  ExitPlanMode: { family: 'plan', plan: '/plan' },
  Skill: act('skill', 'skill'),
  Monitor: act('watch', 'description'),
  TaskStop: act('stop-task', 'task_id'),
  SendMessage: act('send-message', 'to'),
  ScheduleWakeup: act('wake-up', 'reason'),
  CronCreate: act('add-timer', 'prompt'),
  CronDelete: act('delete-timer', 'id'),
  CronList: act('list-timers'),
  EnterPlanMode: act('start-planning'),
  EnterWorktree: act('enter-worktree', 'name'),
  ExitWorktree: act('leave-worktree'),
  ListAgents: act('list-agents'),
};

/** The tool that offers a plan for approval. */
export const PLAN_TOOL = 'ExitPlanMode';
/** The tool that asks the person questions. */
export const QUESTION_TOOL = 'AskUserQuestion';

/** The view of a call; undefined for a tool of which nothing is known. */
export function toolView(tool: string, input: Json): ToolView | undefined {
  const [, server, name] = /^mcp__(.+?)__(.+)$/.exec(tool) ?? [];
  if (server !== undefined) return { family: 'mcp', title: `${server} › ${name ?? ''}` };
  if (tool === 'TodoWrite') return { family: 'todos', todos: todosOf(input) };
  const view = Object.hasOwn(VIEWS, tool) ? VIEWS[tool] : undefined;
  if (view === AGENT) {
    const title = jsonField(input, 'subagent_type');
    return typeof title === 'string' ? { ...AGENT, title } : AGENT;
  }
  return view;
}

/** Items of a checklist in its input; statuses of other words count as not begun. */
function todosOf(input: Json): EntryOf<'todos'>['items'] {
  const todos = jsonField(input, 'todos');
  return (Array.isArray(todos) ? todos : []).map((todo: Json) => {
    const [text, status] = [jsonField(todo, 'content'), jsonField(todo, 'status')];
    return {
      text: typeof text === 'string' ? text : '',
      status: statusOf(typeof status === 'string' ? status : ''),
    };
  });
}

const EXIT_CODE = /^(?:Error: )?Exit code (\d+)/;

/** What a result says in a form that every agent has: how its command ended, and where its patch stands. */
export function resultView(
  text: string,
  structured: Json | undefined,
): Pick<EntryOf<'tool-result'>, 'exitCode' | 'patch'> {
  const told = jsonField(structured, 'exitCode');
  const written = EXIT_CODE.exec(text)?.[1];
  const exitCode =
    typeof told === 'number' ? told : written === undefined ? undefined : Number(written);
  const patch = jsonField(structured, 'structuredPatch');
  return {
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(Array.isArray(patch) && patch.length > 0 ? { patch: '/structuredPatch' } : {}),
  };
}

// [H8] Which sessions of a list are wanted: words of their texts, their project, their state. The same in the tree and on the command line.
import { sourceOf, statusOf } from '../../protocol/openValues.ts';
import type { DirectoryRow, SessionSummary } from '../../protocol/state.ts';
import { groupOf } from './sessionRow.ts';

/** States that can be asked for: groups of the tree, and what a session is beside that. */
export const FILTER_STATES = [
  'waiting',
  'working',
  'idle',
  'ended',
  'archived',
  'pinned',
  'shared',
  'terminal',
] as const;
type FilterState = (typeof FILTER_STATES)[number];

/** What is asked for: all of the words, one of the states, one of the projects; each if any is named. */
export interface SessionFilter {
  readonly words: readonly string[];
  readonly states: readonly FilterState[];
  readonly projects: readonly string[];
}

/** What a filter looks at: a row of this computer, or one that was joined. */
export interface Filtered {
  readonly session?: SessionSummary;
  readonly title?: string;
  readonly pending?: number;
  readonly archived?: boolean | undefined;
  readonly pinned?: boolean | undefined;
  readonly sharing?: DirectoryRow['sharing'];
}

/** Reads `words state:… project:…`; undefined if nothing is asked for. A state that is none is a word. */
export function parseFilter(text: string): SessionFilter | undefined {
  const words: string[] = [];
  const states: FilterState[] = [];
  const projects: string[] = [];
  for (const token of folded(text).split(/\s+/)) {
    const [, key, value = ''] = /^(state|project):(.+)$/.exec(token) ?? [];
    const state = FILTER_STATES.find((one) => one === value);
    if (key === 'state' && state !== undefined) states.push(state);
    else if (key === 'project') projects.push(value);
    else if (token !== '') words.push(token);
  }
  if (words.length + states.length + projects.length === 0) return undefined;
  return { words, states, projects };
}

/** Whether a session is wanted; one of which nothing is known yet has only its title. */
export function filterMatches(filter: SessionFilter, row: Filtered): boolean {
  const { session } = row;
  const text = folded(session ? textOf(session) : (row.title ?? ''));
  if (!filter.words.every((word) => text.includes(word))) return false;
  const { states, projects } = filter;
  if (projects.length > 0) {
    const project = folded(session?.project ?? '');
    if (!projects.some((one) => project.includes(one))) return false;
  }
  return states.length === 0 || states.some((state) => isIn(state, row));
}

function isIn(state: FilterState, row: Filtered): boolean {
  const { session, pending = 0, archived } = row;
  if (session === undefined) return false;
  switch (state) {
    case 'pinned':
      return row.pinned === true;
    case 'shared':
      return row.sharing !== undefined;
    case 'terminal':
      return sourceOf(session.source) === 'observed' && statusOf(session.status) !== 'ended';
    default:
      return groupOf(session, { pending, ...(archived === true && { archived }) }) === state;
  }
}

function textOf(session: SessionSummary): string {
  const { title, project, branch, cwd, computer, model, id } = session;
  return [title, project, branch, cwd, computer, model, id].filter(Boolean).join('\n');
}

/** Upper case, width and accents of a keyboard matter to nobody who searches. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

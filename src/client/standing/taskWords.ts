// Background work in words: the same in every place.
import type { SessionSummary } from '../../protocol/state.ts';

/** [G1] How many pieces of background work there are. */
export function taskCount({
  tasks = [],
  tasksMore = 0,
}: Pick<SessionSummary, 'tasks' | 'tasksMore'>): number {
  return tasks.length + tasksMore;
}

/** Their titles; undefined: there is none. */
export function taskTitles({
  tasks = [],
  tasksMore = 0,
}: Pick<SessionSummary, 'tasks' | 'tasksMore'>): string | undefined {
  if (tasks.length === 0) return undefined;
  const names = tasks.map(({ title }) => `“${title}”`).join(', ');
  return tasksMore > 0 ? `${names} + ${tasksMore}` : names;
}

// What keeps a host from ending, as a value: turns, requests, prompts that wait for a limit, background work.
import { omitUndefined } from '../../base/omitUndefined.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { Replacement } from '../../protocol/state.ts';
import type { OpenSession } from '../session/openSession.ts';

/** What runs, in the members of `Replacement`; none of them: nothing does. */
export type RunningWork = Pick<
  Replacement,
  'turns' | 'requests' | 'queued' | 'tasks' | 'tasksMore'
>;

/** A session as it is looked at. */
export type WorkingSession = {
  readonly driver: Pick<NonNullable<OpenSession['driver']>, 'isBusy'> | undefined;
  readonly recorder: Pick<OpenSession['recorder'], 'status' | 'openRequests' | 'wait'> & {
    readonly stored: Pick<OpenSession['recorder']['stored'], 'tasks'>;
    readonly prompts: { readonly waiting: () => { readonly length: number } };
  };
};

/** [G6] What runs in these sessions. A session that keeps the host always stands for something here. */
export function runningWork(sessions: readonly WorkingSession[]): RunningWork {
  const busy = sessions.filter(({ driver }) => driver?.isBusy === true).map(workOf);
  const sum = (of: (one: SessionWork) => number): number | undefined =>
    busy.reduce((total, one) => total + of(one), 0) || undefined;
  const tasks = busy.flatMap((one) => one.tasks).toSorted((a, b) => a.since - b.since);
  const named = tasks.slice(0, LIMITS.backgroundTasks);
  return omitUndefined({
    turns: sum((one) => (one.isAtWork ? 1 : 0)),
    requests: sum((one) => one.requests),
    queued: sum((one) => one.queued),
    tasks: tasks.length > 0 ? named : undefined,
    tasksMore: tasks.length > named.length ? tasks.length - named.length : undefined,
  });
}

type SessionWork = ReturnType<typeof workOf>;

function workOf({ recorder }: WorkingSession) {
  const { status, openRequests, wait, prompts, stored } = recorder;
  const { tasks = [] } = stored;
  const requests = openRequests.length;
  const queued = wait.holdsQueue ? prompts.waiting().length : 0;
  const isExplained = requests + queued + tasks.length > 0;
  // What is about to begin, or is still being settled, has no other name.
  const isAtWork = status === 'working' || status === 'starting' || !isExplained;
  return { requests, queued, tasks, isAtWork };
}

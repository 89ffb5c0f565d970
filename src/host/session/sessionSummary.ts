// The facts of a session that lists and headers show.
import { basename } from 'node:path';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { Agent } from '../../protocol/agent.ts';
import { modeKindOf } from '../../protocol/agentRules.ts';
import type {
  Capability,
  Others,
  Problem,
  SessionStatus,
  SessionSummary,
} from '../../protocol/state.ts';
import type { Wait } from '../../protocol/wait.ts';
import type { OpenRequest } from './requestBook.ts';
import type { StoredSession } from '../journal/sessionTables.ts';

/** What is known beside the stored facts. */
export interface SummaryContext {
  readonly status: SessionStatus;
  readonly waitingFor?: string | undefined;
  /** Requests that wait, oldest first. */
  readonly waiting?: readonly Pick<OpenRequest, 'cause' | 'isOfSubagent' | 'request'>[];
  /** How many prompts wait. */
  readonly queued?: number;
  readonly problem?: Problem | undefined;
  readonly wait?: Wait | undefined;
  readonly others?: Others | undefined;
  readonly computer: string;
  readonly agent: Pick<Agent, 'name' | 'rules'>;
  /** What can be done with it. */
  readonly can: readonly Capability[];
}

function tasksOf({ tasks = [] }: StoredSession): Pick<SessionSummary, 'tasks' | 'tasksMore'> {
  if (tasks.length === 0) return {};
  const more = tasks.length - LIMITS.backgroundTasks;
  return {
    tasks: tasks.slice(0, LIMITS.backgroundTasks),
    ...(more > 0 ? { tasksMore: more } : {}),
  };
}

/**
 * [W4] What an agent of ours says of its status comes a moment before or after the request that it is
 * about. A terminal's requests are not ours: only its status tells of them.
 */
function statusBeside(
  { source }: StoredSession,
  { status, waitingFor, waiting = [] }: SummaryContext,
): Pick<SummaryContext, 'status' | 'waitingFor'> {
  if (source !== 'hosted' || status === 'ended') return { status, waitingFor };
  const [oldest] = waiting;
  if (oldest !== undefined) return { status: 'waiting', waitingFor: oldest.request };
  return status === 'waiting' ? { status: 'working' } : { status };
}

/** Summary of a session that this host opened once. */
export function summaryOf(stored: StoredSession, context: SummaryContext): SessionSummary {
  const { problem, wait, others, computer, agent, can, waiting = [], queued = 0 } = context;
  const { status, waitingFor } = statusBeside(stored, context);
  const ofSubagents = waiting.filter(({ isOfSubagent }) => isOfSubagent).length;
  return {
    id: stored.id,
    title: stored.title,
    source: stored.source,
    can: [...can],
    status,
    computer,
    cwd: stored.cwd,
    project: basename(stored.cwd) || stored.cwd,
    agent: agent.name,
    ...omitUndefined({
      waitingFor,
      waitingCause: waiting.find(({ cause }) => cause !== undefined)?.cause,
      subagentRequests: ofSubagents === 0 ? undefined : ofSubagents,
      queued: queued === 0 ? undefined : queued,
      queueHold: stored.queueHold,
      ...tasksOf(stored),
      problem,
      wait,
      others,
      branch: stored.branch,
      tree: stored.tree,
      changedFiles: stored.changedFiles?.length,
      agentVersion: stored.agentVersion,
      agentSessionId: stored.agentSessionId,
      model: stored.model,
      mode: stored.mode,
      modeKind: modeKindOf(agent.rules, stored.mode),
      effort: stored.effort || undefined,
      contextTokens: stored.contextTokens,
      contextLimit: stored.contextLimit,
      costUsd: stored.costUsd,
    }),
    startedAt: stored.startedAt,
    lastActivityAt: stored.lastActivityAt,
  };
}

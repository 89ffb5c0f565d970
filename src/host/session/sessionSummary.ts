// The facts of a session that lists and headers show.
import { basename } from 'node:path';
import type { Problem, SessionStatus, SessionSummary } from '../../protocol/state.ts';
import type { StoredSession } from '../journal/sessionTables.ts';

/** What is known beside the stored facts. */
export interface SummaryContext {
  readonly status: SessionStatus;
  readonly waitingFor?: string | undefined;
  readonly problem?: Problem | undefined;
  readonly computer: string;
  readonly agentName: string;
}

/** Summary of a session that this host opened once. */
export function summaryOf(stored: StoredSession, context: SummaryContext): SessionSummary {
  const { status, waitingFor, problem, computer, agentName } = context;
  return {
    id: stored.id,
    title: stored.title,
    source: stored.source,
    status,
    computer,
    cwd: stored.cwd,
    project: basename(stored.cwd) || stored.cwd,
    agent: agentName,
    ...given({
      waitingFor,
      problem,
      branch: stored.branch,
      agentVersion: stored.agentVersion,
      agentSessionId: stored.agentSessionId,
      model: stored.model,
      mode: stored.mode,
      contextTokens: stored.contextTokens,
      contextLimit: stored.contextLimit,
      costUsd: stored.costUsd,
    }),
    startedAt: stored.startedAt,
    lastActivityAt: stored.lastActivityAt,
  };
}

/** Fields of T that have a value. */
export type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Only the fields that have a value. */
export function given<T extends object>(fields: T): Given<T> {
  // Object.entries forgets the keys: the cast restores those that are left.
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}

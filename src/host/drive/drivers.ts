// Gives an open session what moves it: an agent of its own, or a terminal's that is watched.
import type { Clock } from '../../base/clock.ts';
import { type Logger, prefixLogger } from '../../base/log.ts';
import type { Agent, FoundSession } from '../../protocol/agent.ts';
import { HostedSession } from './hostedSession.ts';
import type { Journal } from '../journal/journal.ts';
import { ObservedSession } from './observedSession.ts';
import type { StoredSession } from '../journal/sessionTables.ts';
import { SOURCE_CAN } from '../../protocol/openValues.ts';
import type { OpenSession } from '../session/openSession.ts';

/** What drivers work with. */
export interface DriverOptions {
  readonly journal: Journal;
  readonly agent: Agent;
  /** The host's own environment, filtered: under what a session was started with. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Whether a session that runs has an agent of ours, to be served again after a start. */
export function isOurs({ source }: Pick<StoredSession, 'source'>): boolean {
  return SOURCE_CAN[source].includes('end');
}

/** A driver with an agent of its own; nothing runs yet. `env` goes over what the session was started with. */
export function driveHosted(
  session: OpenSession,
  options: DriverOptions,
  env?: Readonly<Record<string, string>>,
): HostedSession {
  const { journal, agent, clock, log } = options;
  const { recorder, tables } = session;
  const driver = new HostedSession({
    recorder,
    tables,
    sessions: journal.sessions,
    agent,
    env: { ...options.env, ...recorder.stored.env, ...env },
    clock,
    log: prefixLogger(log, `session ${session.id.slice(0, 6)}`),
    hasControllers: () => session.hasControllers,
    checkQueue: () => session.checkQueue(),
  });
  session.drive(driver);
  return driver;
}

/** Watches a found session; one that is gone is over. Resolves when its present is reached. */
export async function driveObserved(
  session: OpenSession,
  options: Pick<DriverOptions, 'agent'>,
  found: FoundSession | undefined,
): Promise<void> {
  const { recorder } = session;
  const end = (): void => {
    session.rest();
    recorder.update({ ended: true });
    recorder.setStatus('ended');
  };
  if (found === undefined) return end();
  recorder.update({ source: 'observed', foundKey: found.key, ended: false });
  try {
    session.drive(await ObservedSession.open(session, options.agent.observe(found)));
  } catch (error) {
    end();
    throw error;
  }
}

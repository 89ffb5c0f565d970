// Starts or resumes the agent of a session: nobody else writes, nothing is missed, and the journal knows first.
import { omitUndefined } from '../../base/omitUndefined.ts';
import { isUnattendedMode } from '../../protocol/agentRules.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Agent, AgentSession } from '../../protocol/agent.ts';
import { AGENT_MARKER } from './agentMarker.ts';
import { startGivenUp } from '../errors.ts';
import type { ProcessName } from './oldChild.ts';
import { takeMissed } from './reconcile.ts';
import type { RoomTables } from '../journal/roomTables.ts';
import type { SessionRecorder } from '../session/sessionRecorder.ts';
import type { SessionTables } from '../journal/sessionTables.ts';
import { realFolder } from './sessionFolder.ts';
import { refuseSecondWriter } from './singleWriter.ts';

/** What a start works with. */
export interface LaunchOptions {
  readonly recorder: SessionRecorder;
  readonly tables: RoomTables;
  readonly sessions: SessionTables;
  readonly agent: Agent;
  /** Environment of the session: what it was started with over the host's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Logger;
  /** [Z4] Entries of others on the conversation. */
  readonly isTheirs: (entryId: string) => boolean;
  /** The session is not wanted any more: nothing is begun. */
  readonly isClosed: () => boolean;
  /** Processes that may have the conversation open as well. */
  readonly beside: readonly number[];
  /** Abort to give it up in the middle. */
  readonly signal: AbortSignal;
}

/** Resolves when the agent is ready; rejects with AppError agent-*, session-busy or cancelled: then no process is left. */
export async function launchAgent(options: LaunchOptions): Promise<AgentSession> {
  const { agent, recorder, sessions, clock, env, signal, beside } = options;
  const { stored } = recorder;
  const isClosed = (): boolean => options.isClosed() || signal.aborted;
  try {
    if (isClosed()) throw startGivenUp();
    const realCwd = await realFolder(stored.cwd, stored.realCwd);
    if (stored.realCwd === undefined) recorder.update({ realCwd });
    if (stored.agentSessionId !== undefined) {
      await refuseSecondWriter(stored.agentSessionId, { agent, clock, beside, isClosed });
    }
    const { exists } = await takeMissed(options);
    if (isClosed()) throw startGivenUp();
    // [Z5] From now on it ends elsewhere.
    if (stored.ourEnd !== undefined) recorder.update({ ourEnd: undefined });
    // Before there is a process: a host that is killed now must be found to have started one.
    const journalChild = (process: ProcessName): void =>
      sessions.saveChild({ session: stored.id, ...process }, clock.now());
    journalChild({ pid: 0, processStart: '' });
    const resume = exists ? stored.agentSessionId : undefined;
    // What skips every question is never resumed by itself.
    const isSkipped = isUnattendedMode(agent.rules, stored.mode) && resume !== undefined;
    const mode = stored.isModeChosen === true && !isSkipped ? stored.mode : undefined;
    return await agent.start({
      cwd: stored.cwd,
      env: { ...env, [AGENT_MARKER]: stored.id },
      ...(resume === undefined ? {} : { resume, beside }),
      ...(stored.model === undefined ? {} : { model: stored.model }),
      ...(mode === undefined ? {} : { mode }),
      ...(stored.isEffortChosen === true
        ? omitUndefined({ effort: stored.effort || undefined })
        : {}),
      ...(stored.title === '' ? {} : { title: stored.title }),
      onDidSpawn: journalChild,
      signal,
    });
  } catch (error) {
    sessions.removeChild(stored.id);
    throw isClosed() ? startGivenUp() : error;
  }
}

// Starts one process of Claude Code and waits until it is ready; one that does not get ready is ended.
import type { Clock } from '../../base/clock.ts';
import { isAppError } from '../../base/errors.ts';
import { errorText, type Logger } from '../../base/log.ts';
import type { AgentProbe, AgentStartOptions } from '../../protocol/agent.ts';
import type { ChildExit } from './lineChild.ts';
import { crashedProblem, endedError, notReadyError, problemError } from '../errors.ts';
import { childEnvironment } from './probeClaude.ts';
import { ClaudeSession } from './claudeSession.ts';
import { processStart } from '../../node/processStart.ts';
import { startArguments } from './startArguments.ts';

/** What a process is started with. */
export interface LaunchClaudeOptions {
  readonly start: AgentStartOptions;
  readonly probe: AgentProbe;
  /** Id of the conversation, new or resumed. */
  readonly sessionId: string;
  readonly hasMirror: boolean;
  readonly configDir: string;
  /** Called before anything is waited for. */
  readonly adopt: (session: ClaudeSession) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A process that is ready, or why there is none; `said`: its last words. */
export type Launched =
  | { readonly isReady: true; readonly session: ClaudeSession }
  | { readonly isReady: false; readonly said: string; readonly error: unknown };

/** Never rejects; a process that did not get ready is gone when this resolves. */
export async function launchClaude(options: LaunchClaudeOptions): Promise<Launched> {
  const { start } = options;
  let session: ClaudeSession;
  try {
    session = spawnSession(options);
  } catch (error) {
    // An environment that is too large for the system, for one.
    const problem = crashedProblem(null, null, errorText(error));
    return { isReady: false, said: '', error: problemError(problem) };
  }
  options.adopt(session);
  const { pid } = session;
  const giveUp = (): void => session.kill();
  start.signal?.addEventListener('abort', giveUp);
  try {
    if (pid > 0) start.onDidSpawn?.({ pid, processStart: (await processStart(pid)) ?? '' });
    if (start.signal?.aborted) throw endedError();
    await session.initialize();
    return { isReady: true, session };
  } catch (error) {
    const isCrash = session.isEnded;
    session.kill();
    const exit = await session.lastWords.exited;
    const said = (exit.error ?? session.lastWords.stderr).slice(-500);
    const isGivenUp = start.signal?.aborted === true;
    return {
      isReady: false,
      said,
      error: isGivenUp ? endedError() : startError(error, isCrash ? exit : undefined, said),
    };
  } finally {
    start.signal?.removeEventListener('abort', giveUp);
  }
}

function spawnSession(options: LaunchClaudeOptions): ClaudeSession {
  const { start, probe, sessionId, hasMirror, configDir, clock, log } = options;
  return new ClaudeSession({
    path: probe.path ?? '',
    args: startArguments({ start, features: probe.features, sessionId, hasMirror }),
    cwd: start.cwd,
    env: { ...childEnvironment(start.env), CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS: '1' },
    configDir,
    processStart,
    hasMirror,
    initialFacts: { agentSessionId: sessionId },
    mode: start.mode,
    clock,
    log,
  });
}

/** What a person is told of a start that failed; `exit` if the process ended by itself. */
function startError(error: unknown, exit: ChildExit | undefined, said: string): unknown {
  if (exit !== undefined) return problemError(crashedProblem(exit.code, exit.signal, said));
  return isAppError(error, 'timeout') ? notReadyError(said, error) : error;
}

// Every message of this room that a person may read: problems of the agent and refusals.
import { say, type Words } from '../base/say.ts';
import { AppError } from '../base/errors.ts';
import type { AgentProblem } from '../protocol/agent.ts';

/** Oldest Claude Code that the stream protocol was measured with. */
export const MIN_CLI_VERSION: string = '2.1.197';

/** No usable `claude` was found. */
export function notFoundProblem(tried: readonly string[]): AgentProblem {
  const where = tried.length > 0 ? say` Looked at: ${tried.slice(0, 6).join(', ')}.` : '';
  return {
    code: 'agent-not-found',
    happened: say`Claude Code was not found on this computer.${where}`,
    remedy: say`Install it (npm install -g @anthropic-ai/claude-code) or set the path of the claude program in the settings.`,
  };
}

/** The installed CLI is older than this version understands. */
export function tooOldProblem(version: string): AgentProblem {
  return {
    code: 'agent-too-old',
    happened: say`Claude Code ${version} is too old: ${MIN_CLI_VERSION} or newer is needed.`,
    remedy: say`Update it with "claude update" and try again.`,
  };
}

/** Nobody is logged in, and no key is in the environment. */
export function notLoggedInProblem(): AgentProblem {
  return {
    code: 'agent-not-logged-in',
    happened: say`Claude Code is installed but not logged in.`,
    remedy: say`Run "claude" in a terminal, log in, and try again; or set an API key in the environment.`,
  };
}

/** The program is there but ended, or could not be started, when it was asked for its version. */
export function brokenProblem(path: string, detail: Words | undefined): AgentProblem {
  return {
    code: 'agent-crashed',
    happened: detail
      ? say`${path} ended at once instead of telling its version (${detail}).`
      : say`${path} ended at once instead of telling its version.`,
    remedy: say`Run "claude --version" in a terminal to see why, reinstall it, or set another path in the settings.`,
  };
}

/** The program does not answer when it is asked for its version. */
export function hangsProblem(path: string, timeoutMs: number): AgentProblem {
  return {
    code: 'agent-silent',
    happened: say`${path} did not answer within ${Math.round(timeoutMs / 1000)} s.`,
    remedy: say`Run "claude --version" in a terminal to see why, or set another path in the settings.`,
  };
}

/** A running session ended by itself. `stderrTail` is what the program said last, already bounded. */
export function crashedProblem(
  code: number | null,
  signal: string | null,
  stderrTail: string,
): AgentProblem {
  const exit = code === null ? say`with exit code unknown` : say`with exit code ${code}`;
  const how = signal === null ? exit : say`by signal ${signal}`;
  const said = stderrTail === '' ? '' : say` It said: ${stderrTail}`;
  return {
    code: 'agent-crashed',
    happened: say`Claude Code ended unexpectedly ${how}.${said}`,
    kept: say`Everything up to the last finished block is kept.`,
    remedy: say`Resume the session to go on.`,
  };
}

/** A running turn has said nothing for a while. */
export function silentProblem(silentMs: number): AgentProblem {
  return {
    code: 'agent-silent',
    happened: say`Claude Code has said nothing for ${Math.round(silentMs / 1000)} s.`,
    kept: say`The turn still runs; nothing is lost.`,
    remedy: say`Wait, or interrupt the turn and send the prompt again.`,
  };
}

/** The program speaks, but not as expected. */
export function protocolProblem(detail: Words): AgentProblem {
  return {
    code: 'agent-protocol',
    happened: say`Claude Code did not answer as expected: ${detail}`,
    remedy: say`Update Claude Code ("claude update") and Twinhelm, then start the session again.`,
  };
}

/** A problem as an error, for calls that cannot go on. */
export function problemError(problem: AgentProblem): AppError {
  const { code, ...parts } = problem;
  return new AppError(code, parts);
}

/** The conversation is open in another process: a second writer would fork it. */
export function sessionBusyError(pid: number | undefined): AppError {
  return new AppError('session-busy', {
    happened: say`This conversation is open in another Claude Code process on this computer${pid === undefined ? '' : say` (process ${pid})`}.`,
    kept: say`Nothing was changed.`,
    remedy: say`Watch it live, or end it there first and then resume it here.`,
  });
}

/** A new process has said nothing that counts for longer than any start takes. `said`: its last words, bounded. */
export function notReadyError(said: string, cause: unknown): AppError {
  return new AppError(
    'timeout',
    {
      happened: say`Claude Code was started but did not get ready, and was ended.${said === '' ? '' : say` It said: ${said}`}`,
      kept: say`The conversation is as it was.`,
      remedy: say`Run "claude" in a terminal to see what it waits for, then try again.`,
    },
    { cause },
  );
}

/** A model or mode whose name holds characters that no name has. */
export function badNameError(what: keyof typeof BAD_NAMES): AppError {
  const [happened, remedy] = BAD_NAMES[what];
  return new AppError('invalid-input', {
    happened,
    kept: say`The session goes on as before.`,
    remedy,
  });
}

const BAD_NAMES = {
  model: [say`This is not the name of a model.`, say`Choose a model from the list.`],
  mode: [say`This is not the name of a mode.`, say`Choose a mode from the list.`],
  effort: [say`This is not the name of an effort.`, say`Choose an effort from the list.`],
} as const;

/** The model takes no such effort; `effort` as it was asked for. */
export function effortRefusedError(effort: string): AppError {
  return new AppError('invalid-input', {
    happened: say`The model does not take the effort “${effort}”.`,
    kept: say`The effort was not changed.`,
    remedy: say`Choose one from the list, or another model.`,
  });
}

/** A mode that a session has to be started in. */
export function modeAtStartError(): AppError {
  return new AppError('invalid-input', {
    happened: say`Claude Code takes this mode only in a session that was started in it.`,
    kept: say`The mode was not changed.`,
    remedy: say`Start a new session in this mode.`,
  });
}

/** A control request was not answered in time. */
export function controlTimeoutError(subtype: string, timeoutMs: number): AppError {
  return new AppError('timeout', {
    happened: say`Claude Code did not answer "${subtype}" within ${Math.round(timeoutMs / 1000)} s.`,
    kept: say`The session goes on.`,
    remedy: say`Try again; if it stays silent, interrupt or end the session.`,
  });
}

/** A control request was refused by the CLI. */
export function controlRefusedError(subtype: string, reason: string | undefined): AppError {
  return new AppError('agent-protocol', {
    happened: say`Claude Code refused "${subtype}": ${reason ?? say`no reason given`}`,
    kept: say`The session goes on as before.`,
  });
}

/** The session's process has ended. */
export function endedError(): AppError {
  return new AppError('agent-crashed', {
    happened: say`The session has ended.`,
    kept: say`The conversation is kept.`,
    remedy: say`Resume it to go on.`,
  });
}

/** The working folder of a new session is not there. */
export function folderMissingError(cwd: string): AppError {
  return new AppError('invalid-input', {
    happened: say`The folder ${cwd} does not exist.`,
    kept: say`Nothing was started.`,
    remedy: say`Choose another folder.`,
  });
}

/** A conversation that was to be copied has no transcript. */
export function noTranscriptError(): AppError {
  return new AppError('agent-protocol', {
    happened: say`The transcript of this conversation cannot be read.`,
    kept: say`Nothing was changed, and what waits still waits.`,
    remedy: say`Look whether Claude Code’s own folder is there and readable, then try again.`,
  });
}

/** A transcript that was to be copied is no plain file, or was replaced meanwhile. */
export function transcriptMovedError(): AppError {
  return new AppError('agent-protocol', {
    happened: say`The transcript of this conversation was replaced while it was being copied, or is no plain file.`,
    kept: say`Nothing was changed, and what waits still waits.`,
    remedy: say`Choose the folder again once nobody else writes the transcript.`,
  });
}

/** Where a transcript was to be copied, another one of that conversation stands. */
export function otherTranscriptError(path: string): AppError {
  return new AppError('agent-protocol', {
    happened: say`Another transcript of this conversation, which went on apart, stands in the place of the new folder: ${path}`,
    kept: say`Neither of them was changed, and what waits still waits.`,
    remedy: say`Choose another folder, or put that file away first.`,
  });
}

// What only the editor says when something went wrong: what happened, what was kept, what to do.
import { heardParts } from '../protocol/said.ts';
import { say } from '../base/say.ts';
import { AppError } from '../base/errors.ts';
import type { Problem } from '../protocol/state.ts';

/** Starting and sharing wait for workspace trust. */
export function workspaceNotTrusted(): AppError {
  return new AppError('policy', {
    happened: say`This workspace is not trusted, so no session can be started or shared from it.`,
    remedy: say`Trust the workspace (command "Workspaces: Manage Workspace Trust") and try again.`,
  });
}

/** The machine setting forbids sharing. */
export function sharingIsOff(): AppError {
  return new AppError('policy', {
    happened: say`Sharing is turned off on this computer.`,
    kept: say`Nothing was shared.`,
    remedy: say`The setting "twinhelm.sharing.enabled" turns it on.`,
  });
}

/** The session of a panel or command is not in the list any more. */
export function sessionGone(): AppError {
  return new AppError('session-not-found', {
    happened: say`This session is not on this computer any more.`,
    remedy: say`Open another one from the Sessions view.`,
  });
}

/** The computer of a session does not serve it now; the problem says why. */
export function hostNotHere(problem: Problem): AppError {
  return new AppError('host-unreachable', heardParts(problem));
}

/** A session's room was joined and does not show this member. */
export function sessionNotReached(title: string, waitedMs: number): AppError {
  return new AppError('timeout', {
    happened: say`“${title}” did not answer within ${waitedMs / 1000} seconds.`,
    kept: say`Nothing was changed.`,
    remedy: say`Its panel shows the state of the connection; try again when it is live.`,
  });
}

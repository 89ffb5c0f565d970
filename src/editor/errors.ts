// What only the editor says when something went wrong: what happened, what was kept, what to do.
import { AppError } from '../base/errors.ts';
import type { Problem } from '../protocol/state.ts';

/** Starting and sharing wait for workspace trust. */
export function workspaceNotTrusted(): AppError {
  return new AppError('policy', {
    happened: 'This workspace is not trusted, so no session can be started or shared from it.',
    remedy: 'Trust the workspace (command "Workspaces: Manage Workspace Trust") and try again.',
  });
}

/** The machine setting forbids sharing. */
export function sharingIsOff(): AppError {
  return new AppError('policy', {
    happened: 'Sharing is turned off on this computer.',
    kept: 'Nothing was shared.',
    remedy: 'The setting "twinhelm.sharing.enabled" turns it on.',
  });
}

/** The session of a panel or command is not in the list any more. */
export function sessionGone(): AppError {
  return new AppError('session-not-found', {
    happened: 'This session is not on this computer any more.',
    remedy: 'Open another one from the Sessions view.',
  });
}

/** The computer of a session does not serve it now; the problem says why. */
export function hostNotHere({ happened, kept, remedy }: Problem): AppError {
  return new AppError('host-unreachable', { happened, kept, remedy });
}

/** A session's room was joined and does not show this member. */
export function sessionNotReached(title: string, waitedMs: number): AppError {
  return new AppError('timeout', {
    happened: `“${title}” did not answer within ${waitedMs / 1000} seconds.`,
    kept: 'Nothing was changed.',
    remedy: 'Its panel shows the state of the connection; try again when it is live.',
  });
}

// Every message of the editor about something that went wrong: what happened, what was kept, what to do.
import { AppError } from '../base/errors.ts';
import { PRODUCT_NAME } from '../base/product.ts';

/** Starting and sharing need an editor with a computer behind it. */
export function noHostHere(): AppError {
  return new AppError('usage', {
    happened: 'This window has no computer to run sessions on: it runs in the browser alone.',
    remedy: `Open ${PRODUCT_NAME} in VS Code on the computer where Claude Code is installed, or join a session by its link.`,
  });
}

/** The host was started but does not let this window in. */
export function hostSilent(): AppError {
  return new AppError('host-unreachable', {
    happened: 'The background service of this computer runs but does not answer.',
    kept: 'Its sessions are untouched.',
    remedy: 'Try again; if it stays silent, "Stop All Sessions on This Computer" ends it.',
  });
}

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

/** The host answered something that this version does not understand. */
export function unexpectedAnswer(what: string): AppError {
  return new AppError('internal', {
    happened: `The background service answered ${what} in a form that this version does not understand.`,
    remedy:
      'Stop all sessions on this computer (command) and try again; both then have one version.',
  });
}

/** Anything thrown, as an AppError. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new AppError(
    'internal',
    { happened: `Something unexpected happened: ${detail}.`, remedy: 'The log tells more.' },
    { cause: error },
  );
}

// What a client says when something went wrong: what happened, what was kept, what to do.
import { say, type Words } from '../base/say.ts';
import { AppError } from '../base/errors.ts';
import { PRODUCT_ID, PRODUCT_NAME } from '../base/product.ts';

/** Starting and sharing need a computer behind this window. */
export function noHostHere(): AppError {
  return new AppError('usage', {
    happened: say`This window has no computer to run sessions on: it runs in the browser alone.`,
    remedy: say`Open ${PRODUCT_NAME} in VS Code on the computer where Claude Code is installed, or join a session by its link.`,
  });
}

/** The host was started but does not let this window in. */
export function hostSilent(): AppError {
  return new AppError('host-unreachable', {
    happened: say`The background service of this computer runs but does not answer.`,
    kept: say`Its sessions are untouched.`,
    remedy: say`Try again; if it stays silent, end it: command "Stop All Sessions on This Computer", or “${PRODUCT_ID} host stop”.`,
  });
}

/** The host says what this version cannot read; 'update'. */
export function hostNotUnderstood(): AppError {
  return new AppError('update', {
    happened: say`This window cannot read what the background service of this computer says: they are of different versions.`,
    kept: say`Its sessions go on.`,
    remedy: say`Update ${PRODUCT_NAME} here, or stop it (command "Stop All Sessions on This Computer", or “${PRODUCT_ID} host stop”) and try again: both then have one version.`,
  });
}

/** [G7] The host that runs is older than the command. */
export function tooOldToReplace(version: string): AppError {
  return new AppError('command-rejected', {
    happened: say`The background service of this computer is version ${version}, which does not know “Replace Now”.`,
    kept: say`It goes on, and makes room by itself once nothing runs.`,
    remedy: say`To end it now: command "Stop All Sessions on This Computer", or “${PRODUCT_ID} host stop”.`,
  });
}

/** The host answered something that this version does not understand. */
export function unexpectedAnswer(what: Words): AppError {
  return new AppError('internal', {
    happened: say`The background service answered ${what} in a form that this version does not understand.`,
    remedy: say`Stop it (command "Stop All Sessions on This Computer", or “${PRODUCT_ID} host stop”) and try again: both then have one version.`,
  });
}

/** Nothing is sent where no session is joined. */
export function notConnected(): AppError {
  return new AppError('relay-unreachable', {
    happened: say`The session is not connected.`,
    kept: say`Nothing was sent.`,
    remedy: say`Try again when it is.`,
  });
}

/** A file that came from a page without its bytes. */
export function fileUnreadable(): AppError {
  return new AppError('invalid-input', {
    happened: say`The file is empty, or could not be read.`,
    kept: say`It was not attached.`,
    remedy: say`Attach another one.`,
  });
}

/** The person gave up, or closed what waited. */
export function cancelled(): AppError {
  return new AppError('cancelled', { happened: say`This was cancelled.` });
}

/** What was waited for did not come. */
export function timedOut(): AppError {
  return new AppError('timeout', { happened: say`This took too long.` });
}

/** Anything thrown, as an AppError. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new AppError(
    'internal',
    { happened: say`Something unexpected happened: ${detail}.`, remedy: say`The log tells more.` },
    { cause: error },
  );
}

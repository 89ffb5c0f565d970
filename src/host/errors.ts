// Every error of the session host that a person can see: one factory per message.
import { AppError } from '../base/errors.ts';
import { errorText } from '../base/log.ts';
import { PRODUCT_ID, PRODUCT_NAME } from '../base/product.ts';
import type { Problem } from '../protocol/state.ts';

/** Another process holds the lock of this home folder. */
export function hostRunning(home: string): AppError {
  return new AppError('host-running', {
    happened: `A ${PRODUCT_NAME} session host is running for ${home} already.`,
    kept: 'It was left alone.',
    remedy: `Use it, or end it first with “${PRODUCT_ID} host stop”.`,
  });
}

/** The lock file holds something else than nothing. */
export function lockUnusable(file: string, cause: unknown): AppError {
  return new AppError(
    'journal-locked',
    {
      happened: `The lock file ${file} cannot be used.`,
      kept: 'Nothing was opened or changed.',
      remedy: 'Delete the file if no session host is running, and start again.',
    },
    { cause },
  );
}

/** The home folder is on a network file system. */
export function homeOnNetwork(home: string): AppError {
  return new AppError('journal-locked', {
    happened: `${home} is on a network file system, where two computers could write one journal.`,
    kept: 'Nothing was opened or changed.',
    remedy: 'Set TWINHELM_HOME to a folder on a disk of this computer.',
  });
}

/** The home folder cannot be made or looked at. */
export function homeUnusable(home: string, cause: unknown): AppError {
  return new AppError(
    'journal-locked',
    {
      happened: `The folder ${home} cannot be used: ${errorText(cause)}.`,
      kept: 'Nothing was opened or changed.',
      remedy: 'Make it writable for you, or set TWINHELM_HOME to a folder of your own.',
    },
    { cause },
  );
}

/** The home folder cannot be made private. */
export function homeNotPrivate(home: string, cause: unknown): AppError {
  return new AppError(
    'journal-locked',
    {
      happened: `${home} cannot be made readable for you only.`,
      kept: 'Nothing was opened or changed.',
      remedy: 'Make yourself its owner, or set TWINHELM_HOME to a folder of your own.',
    },
    { cause },
  );
}

/** The journal is no readable database any more; it was moved to `keptAs`. */
export function journalDamaged(file: string, keptAs: string, cause: unknown): AppError {
  return new AppError(
    'journal-damaged',
    {
      happened: `The journal ${file} is damaged.`,
      kept: `It was kept as ${keptAs}; the agent's own transcripts are untouched.`,
      remedy: 'Check the disk, then start again.',
    },
    { cause },
  );
}

/** The journal cannot be opened or written: the disk is full, or it may not be written. */
export function journalUnusable(file: string, isFull: boolean, cause: unknown): AppError {
  return new AppError(
    'journal-locked',
    {
      happened: isFull
        ? `The journal ${file} cannot be written: the disk is full.`
        : `The journal ${file} cannot be opened or written: ${errorText(cause)}.`,
      kept: 'What stands in it is kept, and the agents’ own transcripts are untouched.',
      remedy: isFull
        ? 'Free space on that disk, then start again.'
        : 'Check that disk and who may write that folder, then start again.',
    },
    { cause },
  );
}

/** The journal was written by a newer build. */
export function journalTooNew(file: string, version: number): AppError {
  return new AppError('host-runtime', {
    happened: `The journal ${file} was written by a newer ${PRODUCT_NAME} (layout ${version}).`,
    kept: 'It was not changed.',
    remedy: `Update ${PRODUCT_NAME}.`,
  });
}

/** A step to the newest layout failed; nothing was changed. */
export function journalNotLifted(
  file: string,
  { from, to }: { readonly from: number; readonly to: number },
  cause: unknown,
): AppError {
  return new AppError(
    'host-runtime',
    {
      happened: `The journal ${file} could not be brought from layout ${from} to ${to}: ${errorText(cause)}.`,
      kept: 'It is as it was before, and the version before this one can go on with it.',
      remedy:
        'Make sure that there is room for a second file of its size, then start again; or go back to the version before.',
    },
    { cause },
  );
}

/** What the owner is told after a salvage; `sessions` are those of which a part is missing. */
export function journalSalvaged(keptAs: string, rows: number, sessions: number): Problem {
  return {
    code: 'journal-damaged',
    happened:
      rows === 0
        ? 'The journal of this computer was damaged and could not be read: it begins anew.'
        : `The journal of this computer was damaged. ${sessions === 0 ? 'No session misses a part of its log.' : `Sessions that miss a part of their log: ${sessions}; each says where.`}`,
    kept: `The damaged file was kept as ${keptAs}; the agent's own transcripts are untouched.`,
    remedy: 'Check the disk. Links to sessions that miss a part no longer work: share them again.',
  };
}

/** A row of a log is not what was written; `index` is its place. */
export function logRowDamaged(index: number): AppError {
  return new AppError('journal-damaged', {
    happened: `Entry ${index} of this session was damaged on the disk of the session's computer.`,
    kept: 'It is not passed on; the rest of the session is.',
    remedy: 'Restart the session host: it then takes the rest over into a new log.',
  });
}

/** `host.json` cannot be used; nothing was sent to the address in it. */
export function hostFileInvalid(file: string, reason: string): AppError {
  return new AppError('host-file-invalid', {
    happened: `${file} cannot be used: ${reason}.`,
    kept: 'Nothing was sent to the address in it.',
    remedy: `Delete it, and start the session host again.`,
  });
}

/** The host did not become ready; `detail` is the end of its log. */
export function hostDidNotStart(logFile: string, detail: string): AppError {
  return new AppError('host-unreachable', {
    happened: `The session host did not start.${detail === '' ? '' : ` It said: ${detail}`}`,
    remedy: `See ${logFile}.`,
  });
}

/** A host of another protocol runs and has work to do. */
export function hostOtherProtocol(version: string): AppError {
  return new AppError('host-running', {
    happened: `A session host of another version (${version}) is running and cannot be used by this one.`,
    kept: 'Its sessions go on.',
    remedy: `End it with “${PRODUCT_ID} host stop”, or update the other side.`,
  });
}

/** No runtime with all parts was found. */
export function runtimeUnusable(missing: readonly string[]): AppError {
  return new AppError('host-runtime', {
    happened: `This runtime cannot run the session host: ${missing.join(', ')} missing.`,
    remedy: 'Install Node.js 22.13 or newer, so that “node” is on PATH.',
  });
}

/** The relay child cannot be started. */
export function relayChildFailed(reason: string): AppError {
  return new AppError('relay-unreachable', {
    happened: `The relay of this computer cannot be started: ${reason.replace(/\.$/, '')}.`,
    kept: 'The session host was not started; its sessions are kept.',
    remedy: 'Start again; host.log says what the relay said.',
  });
}

/** No session has this id or prefix. */
export function sessionNotFound(name: string): AppError {
  return new AppError('session-not-found', {
    happened: `There is no session “${name}” on this computer.`,
    remedy: `“${PRODUCT_ID} sessions” lists them.`,
  });
}

/** Another process writes this conversation. */
export function sessionBusy(where: string): AppError {
  return new AppError('session-busy', {
    happened: `This conversation is open in ${where}.`,
    kept: 'Nothing was started: two writers would split it.',
    remedy: 'End it there first, then continue it here.',
  });
}

/** The session was ended, or the host is stopping, before the agent was ready. */
export function startGivenUp(): AppError {
  return new AppError('cancelled', {
    happened: 'The session was ended before its agent was ready.',
    kept: 'Nothing was run.',
  });
}

/** The host was ended while it was starting. */
export function stoppedBeforeReady(): AppError {
  return new AppError('cancelled', {
    happened: 'The session host was told to stop before it was ready.',
  });
}

/** Who wanted a host does not wait for it any more. */
export function hostStartCancelled(): AppError {
  return new AppError('cancelled', {
    happened: 'Starting the session host was cancelled.',
    kept: 'If it was started already, it runs on and is used next time.',
  });
}

/** The host is on its way out. */
export function hostStopping(): AppError {
  return new AppError('cancelled', {
    happened: 'The session host is being stopped.',
    kept: 'Nothing was started or changed.',
    remedy: 'Try again in a moment: the next one starts by itself.',
  });
}

/** The session's process belongs to a terminal. */
export function endInTerminal(): AppError {
  return new AppError('invalid-input', {
    happened: 'This session runs in a terminal and is only watched here.',
    kept: 'It goes on.',
    remedy: 'End it in its terminal.',
  });
}

/** Why a session cannot be shared in the wished way. */
export function notShareable(reason: string, remedy: string): AppError {
  return new AppError('not-shareable', {
    happened: reason,
    kept: 'Nothing was shared.',
    remedy,
  });
}

/** Somebody stopped sharing while a link was being made. */
export function sharingStopped(): AppError {
  return notShareable(
    'Sharing was stopped while this link was being made.',
    'Share again if you still want to.',
  );
}

/** An administrator turned sharing off. */
export function sharingOff(policyFile: string): AppError {
  return new AppError('policy', {
    happened: `Sharing is turned off on this computer by ${policyFile}.`,
    kept: 'Nothing was shared.',
    remedy: 'Ask who manages this computer.',
  });
}

/** An address does not lead to this computer's relay. */
export function addressUnreachable(url: string, reason: string): AppError {
  return new AppError('relay-unreachable', {
    happened: `${url} does not lead to this session: ${reason}.`,
    kept: 'No link was made.',
    remedy: 'Check the tunnel, proxy or forwarded port, and that it carries WebSockets.',
  });
}

/** The folder of a session is not there. */
export function folderMissing(folder: string): AppError {
  return new AppError('invalid-input', {
    happened: `The folder ${folder} does not exist.`,
    kept: 'Nothing was started.',
    remedy: 'Choose an existing folder.',
  });
}

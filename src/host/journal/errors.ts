// Every error of the journal that a person can see: one factory per message.
import { say } from '../../base/say.ts';
import { problemOf } from '../../protocol/said.ts';
import { AppError } from '../../base/errors.ts';
import { errorText } from '../../base/log.ts';
import { PRODUCT_NAME } from '../../base/product.ts';
import type { Problem } from '../../protocol/state.ts';

/** The lock file holds something else than nothing. */
export function lockUnusable(file: string, cause: unknown): AppError {
  return new AppError(
    'journal-locked',
    {
      happened: say`The lock file ${file} cannot be used.`,
      kept: say`Nothing was opened or changed.`,
      remedy: say`Delete the file if no session host is running, and start again.`,
    },
    { cause },
  );
}

/** The journal is no readable database any more; it was moved to `keptAs`. */
export function journalDamaged(file: string, keptAs: string, cause: unknown): AppError {
  return new AppError(
    'journal-damaged',
    {
      happened: say`The journal ${file} is damaged.`,
      kept: say`It was kept as ${keptAs}; the agent's own transcripts are untouched.`,
      remedy: say`Check the disk, then start again.`,
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
        ? say`The journal ${file} cannot be written: the disk is full.`
        : say`The journal ${file} cannot be opened or written: ${errorText(cause)}.`,
      kept: say`What stands in it is kept, and the agents’ own transcripts are untouched.`,
      remedy: isFull
        ? say`Free space on that disk, then start again.`
        : say`Check that disk and who may write that folder, then start again.`,
    },
    { cause },
  );
}

/** What can be read of a damaged journal could not be written anew; nothing was moved. */
export function journalNotSalvaged(file: string, isFull: boolean, cause: unknown): AppError {
  return new AppError(
    'journal-locked',
    {
      happened: isFull
        ? say`The journal ${file} is damaged, and what can be read of it could not be written anew: the disk is full.`
        : say`The journal ${file} is damaged, and what can be read of it could not be written anew: ${errorText(cause)}.`,
      kept: say`The damaged file was left where it is, and the agents’ own transcripts are untouched.`,
      remedy: isFull
        ? say`Free space for two more files of its size on that disk, then start again: it is read then.`
        : say`Check that disk and who may write that folder, then start again: it is read then.`,
    },
    { cause },
  );
}

/** The journal was written by a newer build. */
export function journalTooNew(file: string, version: number): AppError {
  return new AppError('host-runtime', {
    happened: say`The journal ${file} was written by a newer ${PRODUCT_NAME} (layout ${version}).`,
    kept: say`It was not changed.`,
    remedy: say`Update ${PRODUCT_NAME}.`,
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
      happened: say`The journal ${file} could not be brought from layout ${from} to ${to}: ${errorText(cause)}.`,
      kept: say`It is as it was before, and the version before this one can go on with it.`,
      remedy: say`Make sure that there is room for a second file of its size, then start again; or go back to the version before.`,
    },
    { cause },
  );
}

/** What the owner is told after a salvage; `sessions` are those of which a part is missing. */
export function journalSalvaged(keptAs: string, rows: number, sessions: number): Problem {
  return problemOf({
    code: 'journal-damaged',
    happened:
      rows === 0
        ? say`The journal of this computer was damaged and could not be read: it begins anew.`
        : say`The journal of this computer was damaged. ${sessions === 0 ? say`No session misses a part of its log.` : say`Sessions that miss a part of their log: ${sessions}; each says where.`}`,
    kept: say`The damaged file was kept as ${keptAs}; the agent's own transcripts are untouched.`,
    remedy: say`Check the disk. Links to sessions that miss a part no longer work: share them again.`,
  });
}

/** What the owner is told when the room of this computer itself could not be served any more. */
export function machineRoomRenewed(): Problem {
  return problemOf({
    code: 'journal-damaged',
    happened: say`The key of this computer’s own room was damaged on its disk: the room was made anew.`,
    kept: say`Sessions and their links are as they were; what is left of the old room stays in the journal.`,
    remedy: say`Check the disk. Devices that had joined this computer by a link join it once more.`,
  });
}

/** The keys of a room are not what was written. */
export function roomKeysDamaged(): AppError {
  return new AppError('journal-damaged', {
    happened: say`The keys of this session’s room were damaged on the disk of the session's computer.`,
    kept: say`What was said in it is kept.`,
    remedy: say`Restart the session host: it then takes the session over into a new room.`,
  });
}

/** A row of a log is not what was written; `index` is its place. */
export function logRowDamaged(index: number): AppError {
  return new AppError('journal-damaged', {
    happened: say`Entry ${index} of this session was damaged on the disk of the session's computer.`,
    kept: say`It is not passed on; the rest of the session is.`,
    remedy: say`Restart the session host: it then takes the rest over into a new log.`,
  });
}

// User-visible errors of what goes with a prompt.
import { AppError } from '../../base/errors.ts';
import { PRODUCT_NAME } from '../../base/product.ts';
import { say } from '../../base/say.ts';
import { LIMITS } from '../../protocol/limits.ts';

/** A prompt of so many bytes, which nobody takes; 'too-large'. */
export function promptTooLong(bytes: number): AppError {
  return new AppError('too-large', {
    happened: say`This is too long to send: ${megabytes(bytes)} MB, the limit is ${megabytes(LIMITS.promptBytes)} MB.`,
    kept: say`Nothing was sent; your text was kept.`,
    remedy: say`Put the long part into a file of the project and name the file in the prompt.`,
  });
}

/** More files than go with one prompt; 'too-many'. */
export function tooManyAttached(): AppError {
  return new AppError('too-many', {
    happened: say`More than ${LIMITS.attached} pictures and files do not go with one prompt.`,
    kept: say`Nothing was sent; your text was kept.`,
    remedy: say`Send some of them with another prompt.`,
  });
}

/** Files of so many bytes in one prompt; 'too-large'. */
export function tooMuchAttached(bytes: number): AppError {
  return new AppError('too-large', {
    happened: say`What you attach has ${megabytes(bytes)} MB; ${megabytes(LIMITS.attachedBytes)} MB go with one prompt.`,
    kept: say`Nothing was sent; your text was kept.`,
    remedy: say`Attach less, or put the files into the project and name them in the prompt.`,
  });
}

/** [I2] A host before 0.7.0; 'update'. */
export function hostTakesNoParts(): AppError {
  return new AppError('update', {
    happened: say`The computer of this session runs an older ${PRODUCT_NAME}, which takes no pictures, no files and no prompts over 46 KB.`,
    kept: say`Nothing was sent; your text was kept.`,
    remedy: say`Update ${PRODUCT_NAME} there.`,
  });
}

/** Somebody here took it back while it was on its way; 'cancelled'. */
export function sendingCancelled(): AppError {
  return new AppError('cancelled', {
    happened: say`Sending was cancelled.`,
    kept: say`Nothing of it was run.`,
  });
}

/** What goes with a prompt could not be brought to the relay; 'relay-unreachable'. */
export function carryingFailed(): AppError {
  return new AppError('relay-unreachable', {
    happened: say`What you attached did not reach the relay.`,
    kept: say`Nothing of it was run; your text was kept.`,
    remedy: say`Send it again when the session is live.`,
  });
}

/** As people read it, one digit behind the point at the most. */
function megabytes(bytes: number): number {
  return Math.ceil((bytes / 1024 / 1024) * 10) / 10;
}

// Answers that cannot be given: what was kept, and what there is to choose.
import { AppError } from '../../base/errors.ts';
import { say } from '../../base/say.ts';

/** `/allow` with a choice that the request does not have. */
export function noSuchAnswer(known: string): AppError {
  return new AppError('invalid-input', {
    happened: say`This request has no such choice.`,
    kept: say`Nothing was sent, and the request still waits.`,
    remedy:
      known === ''
        ? say`It can be allowed or denied, without options.`
        : say`Choose from these: ${known}`,
  });
}

/** [C12] A guest wants rules to be kept. */
export function rulesOfOwners(): AppError {
  return new AppError('invalid-input', {
    happened: say`Only an owner’s answer is remembered.`,
    kept: say`Nothing was sent, and the request still waits.`,
    remedy: say`Allow it without --keep.`,
  });
}

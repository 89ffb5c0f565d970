// Errors of choosing and answering in a terminal: what happened, what was kept, what to do.
import { AppError } from '../../base/errors.ts';
import { say } from '../../base/say.ts';

/** There is no such mode or effort. */
export function noSuchChoice(kind: string, name: string): AppError {
  return new AppError('usage', {
    happened: say`There is no ${kind} “${name}” here.`,
    kept: say`Nothing was changed.`,
    remedy: say`/${kind} says which there are.`,
  });
}

/** A mode that asks nobody. */
export function wantsSure(mode: string): AppError {
  return new AppError('usage', {
    happened: say`In the mode “${mode}” tools run without asking anybody, and guests cannot control the session.`,
    kept: say`Nothing was changed.`,
    remedy: say`/mode ${mode}! uses it all the same.`,
  });
}

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

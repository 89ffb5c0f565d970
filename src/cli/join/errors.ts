// Errors of what is typed, attached, chosen and answered in a joined session: one factory per message.
import { AppError } from '../../base/errors.ts';
import { PRODUCT_ID } from '../../base/product.ts';
import { say, type Words } from '../../base/say.ts';

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

/** A terminal gives a program no more than this of one line. */
export function lineCutByTerminal(bytes: number): AppError {
  return new AppError('too-large', {
    happened: say`This line is as long as a terminal passes on (${bytes} bytes): its end may be lost.`,
    kept: say`Nothing was sent.`,
    remedy: say`Send a long text by “${PRODUCT_ID} send ID - < FILE”, or in several lines.`,
  });
}

/** A file that was to go with a prompt; `why` completes “… cannot be attached: …”. */
export function notAttachable(path: string, why: Words): AppError {
  return new AppError('invalid-input', {
    happened: say`${path} cannot be attached: ${why}.`,
    kept: say`Nothing was sent.`,
    remedy: say`Name another file.`,
  });
}

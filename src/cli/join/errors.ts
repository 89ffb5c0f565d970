// Errors of what is typed or attached in a joined session: one factory per message.
import { AppError } from '../../base/errors.ts';
import { PRODUCT_ID } from '../../base/product.ts';
import { say, type Words } from '../../base/say.ts';

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

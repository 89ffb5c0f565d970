// Errors of links that a person can see: one factory per message.
import { say, type Words } from '../base/say.ts';
import { AppError } from '../base/errors.ts';
import { PRODUCT_NAME } from '../base/product.ts';
import { PROTOCOL_VERSION } from './version.ts';

/** A link that was cut or changed on its way; `part` names what is wrong with it: *the room*. */
export function malformedLink(part: Words): AppError {
  return new AppError('link-malformed', {
    happened: say`This is not a complete ${PRODUCT_NAME} link: ${part} is missing or damaged.`,
    kept: say`Nothing was sent.`,
    remedy: say`Copy the whole link again, from "https" or "http" to its last character.`,
  });
}

/** A link of another version: 'link-needs-update' if it is newer than this program, else 'link-foreign-version'. */
export function foreignLink(version: number): AppError {
  const isNewer = version > PROTOCOL_VERSION;
  return new AppError(isNewer ? 'link-needs-update' : 'link-foreign-version', {
    happened: say`This link is of protocol version ${version}; this ${PRODUCT_NAME} speaks version ${PROTOCOL_VERSION}.`,
    kept: say`Nothing was sent.`,
    remedy: isNewer
      ? say`Update ${PRODUCT_NAME} and open the link again.`
      : say`Ask for a new link from a current ${PRODUCT_NAME}.`,
  });
}

// User-visible errors of joining and serving rooms.
import { AppError } from '../base/errors.ts';
import { PRODUCT_NAME } from '../base/product.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { Problem } from '../protocol/state.ts';
import { PROTOCOL_VERSIONS, sideToUpdate } from '../protocol/version.ts';
import { CommandRefused } from '../session/errors.ts';
import type { OutboxItem } from '../session/view.ts';

/** The relay admits neither the link nor this device. */
export function notAdmitted(): AppError {
  return new AppError('link-revoked', {
    happened: 'This link does not work any more: sharing was stopped, or the link has expired.',
    kept: 'What you have already seen stays on this screen until you close it.',
    remedy: 'Ask the owner of the session for a new link.',
  });
}

/** The owner ended this membership while connected. */
export function revoked(): AppError {
  return new AppError('link-revoked', {
    happened: 'The owner has stopped sharing this session with you.',
    kept: 'What you have already seen stays on this screen until you close it.',
    remedy: 'Ask the owner for a new link if you still need it.',
  });
}

/** The host does not count this device among its people any more. */
export function notMemberAnyMore(): AppError {
  return new AppError('link-revoked', {
    happened:
      'You are not in this session any more: its owner has removed you, or you have left it in another window.',
    kept: 'What you have already seen stays on this screen until you close it.',
    remedy: 'Join again by a link that still works, or ask the owner for a new one.',
  });
}

/** The view was closed here while an answer was waited for. */
export function closedHere(): AppError {
  return new AppError('cancelled', {
    happened: 'The connection to this session was closed here before the host answered.',
    kept: 'The host may have carried it out.',
    remedy: 'Open the session again to see.',
  });
}

/** The relay has no such room. */
export function roomNotFound(): AppError {
  return new AppError('room-not-found', {
    happened: 'The relay does not know this session.',
    kept: 'Nothing was sent.',
    remedy: 'Check that the link is complete and that the session’s computer is running.',
  });
}

/** As many people are in the session as may be. */
export function roomFull(): AppError {
  return new AppError('too-many', {
    happened: `${LIMITS.members} people are in this session, which is as many as it can have.`,
    kept: 'The link still works; nothing was sent.',
    remedy: 'Ask its owner to remove somebody who is gone, then open the link again.',
  });
}

/** [V1] The card of a room names no version that this device speaks; `theirs` are those it names. */
export function hostOfOtherVersion(theirs: readonly number[]): AppError {
  const isHere = sideToUpdate(theirs) === 'here';
  return new AppError('update', {
    happened: isHere
      ? `This session needs a newer ${PRODUCT_NAME}: its computer speaks ${versionText(theirs)} of the protocol, this device ${versionText(PROTOCOL_VERSIONS)}.`
      : `The computer of this session runs an older ${PRODUCT_NAME}: it speaks ${versionText(theirs)} of the protocol, this device ${versionText(PROTOCOL_VERSIONS)}.`,
    kept: 'Nothing was sent. What you have already seen stays on this screen until you close it.',
    remedy: isHere
      ? `Update ${PRODUCT_NAME} here and join again.`
      : `Ask the owner to update ${PRODUCT_NAME} on that computer, and for a new link.`,
  });
}

/** [V1] Somebody knocked who speaks no version of this host; `who` names person and device, `theirs` their versions. */
export function guestOfOtherVersion(who: string, theirs: readonly number[]): AppError {
  const isHere = sideToUpdate(theirs) === 'here';
  return new AppError('update', {
    happened: `${who} wanted to join with ${isHere ? 'a newer' : 'an older'} ${PRODUCT_NAME}: it speaks ${versionText(theirs)} of the protocol, this computer ${versionText(PROTOCOL_VERSIONS)}.`,
    kept: 'They were not let in.',
    remedy: isHere
      ? `Update ${PRODUCT_NAME} on this computer and share again.`
      : `Ask them to update ${PRODUCT_NAME} and to join again.`,
  });
}

/** A command ended in another way than done. */
export function commandFailed(item: OutboxItem | undefined): AppError {
  const isUnknown = item?.status === 'unknown';
  const code = isUnknown
    ? 'command-unknown-outcome'
    : item?.status === 'expired'
      ? 'command-expired'
      : 'command-rejected';
  return new AppError(code, {
    happened: item?.message ?? 'The connection ended before the host answered.',
  });
}

/** The host sent something else than the next part of a long text. */
export function textIncomplete(): AppError {
  return new AppError('command-rejected', {
    happened:
      'The whole text could not be loaded: a part of it is missing on the session’s computer.',
    kept: 'What you see of it in the conversation stays.',
    remedy: 'Try again; if it stays so, ask the owner of the session.',
  });
}

/** A relay did not take the claim of a room; `reason` is what the relay says, if it says something. */
export function claimRefused(url: string, status: number, reason: string): AppError {
  const isTaken = status === 409;
  return new AppError(isTaken ? 'relay-claim-conflict' : 'relay-refused', {
    happened: isTaken
      ? `Another process already serves this session on ${url}.`
      : `The relay ${url} refused the session${reason ? `: ${reason}` : ` (${status}).`}`,
    kept: 'The session goes on here; nothing was published there now.',
    ...(isTaken && { remedy: 'End the other one first, then share again.' }),
    ...(!isTaken && !reason && { remedy: 'Check the address and the access key of the relay.' }),
  });
}

/** A room has as many links as may work at a time. */
export function tooManyInvites(limit: number): AppError {
  return new AppError('too-many', {
    happened: `This session already has ${limit} links that work.`,
    kept: 'They go on working; no further one was made.',
    remedy: 'Stop sharing to end them all, or wait until some have expired.',
  });
}

/** A relay does not answer. */
export function relayUnreachable(url: string, reason: string): AppError {
  return new AppError('relay-unreachable', {
    happened: `The relay ${url} cannot be reached (${reason}).`,
    kept: 'The session goes on here; nothing was published there now.',
    remedy: 'Check the address, the network and that the relay is running.',
  });
}

/** "version 1", "versions 1 and 2"; a list of a stranger is cut. */
function versionText(versions: readonly number[]): string {
  const shown = versions.slice(0, 5);
  if (shown.length < 2) return shown.length === 0 ? 'no version' : `version ${shown.join('')}`;
  return `versions ${shown.slice(0, -1).join(', ')} and ${shown.slice(-1).join('')}`;
}

/** Another process serves the room: this one must stop writing. */
export function anotherHost(isNewer: boolean): Problem {
  return {
    code: isNewer ? 'moved' : 'split',
    happened: isNewer
      ? 'This session is now served by another process.'
      : 'Another process serves this session under the same term.',
    kept: 'Everything up to now is in this computer’s journal.',
    remedy: isNewer ? 'Open it again to follow it there.' : 'End one of the two, then restart.',
  };
}

/** [R18] What a command printed was asked for by somebody who is no owner. */
export function outputForOwner(): CommandRefused {
  return new CommandRefused(
    'not-allowed',
    'What this command printed is for the owner of the session alone. Nothing of it was sent. The owner can show the output of later commands by a tick at Share.',
  );
}

/** [R18] The member has told no key that an answer for it alone could be sealed to. */
export function noSealing(): CommandRefused {
  return new CommandRefused(
    'failed',
    'This device has told no key by which the output could be sent to it alone. It is kept on the session’s computer. Leave the session and join it again.',
  );
}

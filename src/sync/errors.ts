// User-visible errors of joining and serving rooms.
import { say, type Words } from '../base/say.ts';
import { heardText, problemOf } from '../protocol/said.ts';
import { AppError } from '../base/errors.ts';
import { PRODUCT_NAME } from '../base/product.ts';
import type { Problem } from '../protocol/state.ts';
import { CLOSE } from '../protocol/closeCodes.ts';
import { LIMITS } from '../protocol/limits.ts';
import { PROTOCOL_VERSIONS, sideToUpdate } from '../protocol/version.ts';
import { type CommandRefused, refused } from '../session/errors.ts';
import type { OutboxItem } from '../session/view.ts';

/** What the parts of one member may fill on a relay, as people read it. */
const MIB_WAITING = LIMITS.attachedBytes / 1024 / 1024;

/** The relay admits neither the link nor this device. */
export function notAdmitted(): AppError {
  return new AppError('link-revoked', {
    happened: say`This link does not work any more: sharing was stopped, or the link has expired.`,
    kept: say`What you have already seen stays on this screen until you close it.`,
    remedy: say`Ask the owner of the session for a new link.`,
  });
}

/** The owner ended this membership while connected. */
export function revoked(): AppError {
  return new AppError('link-revoked', {
    happened: say`The owner has stopped sharing this session with you.`,
    kept: say`What you have already seen stays on this screen until you close it.`,
    remedy: say`Ask the owner for a new link if you still need it.`,
  });
}

/** The host does not count this device among its people any more. */
export function notMemberAnyMore(): AppError {
  return new AppError('link-revoked', {
    happened: say`You are not in this session any more: its owner has removed you, or you have left it in another window.`,
    kept: say`What you have already seen stays on this screen until you close it.`,
    remedy: say`Join again by a link that still works, or ask the owner for a new one.`,
  });
}

/** The view was closed here while an answer was waited for. */
export function closedHere(): AppError {
  return new AppError('cancelled', {
    happened: say`The connection to this session was closed here before the host answered.`,
    kept: say`The host may have carried it out.`,
    remedy: say`Open the session again to see.`,
  });
}

/** The relay has no such room. */
export function roomNotFound(): AppError {
  return new AppError('room-not-found', {
    happened: say`The relay does not know this session.`,
    kept: say`Nothing was sent.`,
    remedy: say`Check that the link is complete and that the session’s computer is running.`,
  });
}

/** [J7] By this link nobody new finds a place; `places`: how many it has. */
export function linkFull(places: number): AppError {
  return new AppError('too-many', {
    happened:
      places === 1
        ? say`No place is left: this link is for one person, who is in, or the session is full.`
        : say`No place is left: this link is for ${places} people, who are in, or the session is full.`,
    kept: say`The link still works; nothing was sent.`,
    remedy: say`Ask the owner for a link of your own, or open this one again when somebody has left: the place of whoever is gone for a minute becomes free.`,
  });
}

/** [V1] The card of a room names no version that this device speaks; `theirs` are those it names. */
export function hostOfOtherVersion(theirs: readonly number[]): AppError {
  const isHere = sideToUpdate(theirs) === 'here';
  return new AppError('update', {
    happened: isHere
      ? say`This session needs a newer ${PRODUCT_NAME}: its computer speaks ${versionText(theirs)} of the protocol, this device ${versionText(PROTOCOL_VERSIONS)}.`
      : say`The computer of this session runs an older ${PRODUCT_NAME}: it speaks ${versionText(theirs)} of the protocol, this device ${versionText(PROTOCOL_VERSIONS)}.`,
    kept: say`Nothing was sent. What you have already seen stays on this screen until you close it.`,
    remedy: isHere
      ? say`Update ${PRODUCT_NAME} here and join again.`
      : say`Ask the owner to update ${PRODUCT_NAME} on that computer, and for a new link.`,
  });
}

/** [V1] Somebody knocked who speaks no version of this host; empty: no name. `theirs` are their versions. */
export function guestOfOtherVersion(
  { name, device }: { readonly name: string; readonly device: string },
  theirs: readonly number[],
): AppError {
  const isHere = sideToUpdate(theirs) === 'here';
  return new AppError('update', {
    happened: say`${name || say`Somebody`} (${device}) wanted to join with ${isHere ? say`a newer` : say`an older`} ${PRODUCT_NAME}: it speaks ${versionText(theirs)} of the protocol, this computer ${versionText(PROTOCOL_VERSIONS)}.`,
    kept: say`They were not let in.`,
    remedy: isHere
      ? say`Update ${PRODUCT_NAME} on this computer and share again.`
      : say`Ask them to update ${PRODUCT_NAME} and to join again.`,
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
  const { message, said, code: rejection } = item ?? {};
  const happened =
    message === undefined
      ? say`The connection ended before the host answered.`
      : heardText(message, said);
  return new AppError(code, { happened }, rejection === undefined ? {} : { rejection });
}

/** The host sent something else than the next part of a long text. */
export function textIncomplete(): AppError {
  return new AppError('command-rejected', {
    happened: say`The whole text could not be loaded: a part of it is missing on the session’s computer.`,
    kept: say`What you see of it in the conversation stays.`,
    remedy: say`Try again; if it stays so, ask the owner of the session.`,
  });
}

/** A relay did not take the claim of a room; `reason` is what the relay says, if it says something. */
export function claimRefused(url: string, status: number, reason: string): AppError {
  const isTaken = status === 409;
  return new AppError(isTaken ? 'relay-claim-conflict' : 'relay-refused', {
    happened: isTaken
      ? say`Another process already serves this session on ${url}.`
      : reason
        ? say`The relay ${url} refused the session: ${reason}`
        : say`The relay ${url} refused the session (${status}).`,
    kept: say`The session goes on here; nothing was published there now.`,
    ...(isTaken && { remedy: say`End the other one first, then share again.` }),
    ...(!isTaken && !reason && { remedy: say`Check the address and the access key of the relay.` }),
  });
}

/** A room has as many links as may work at a time. */
export function tooManyInvites(limit: number): AppError {
  return new AppError('too-many', {
    happened: say`This session already has ${limit} links that work.`,
    kept: say`They go on working; no further one was made.`,
    remedy: say`Stop sharing to end them all, or wait until some have expired.`,
  });
}

/** A relay does not answer. */
export function relayUnreachable(url: string, reason: Words): AppError {
  return new AppError('relay-unreachable', {
    happened: say`The relay ${url} cannot be reached (${reason}).`,
    kept: say`The session goes on here; nothing was published there now.`,
    remedy: say`Check the address, the network and that the relay is running.`,
  });
}

/** "version 1", "versions 1 and 2"; a list of a stranger is cut. */
function versionText(versions: readonly number[]): Words {
  const shown = versions.slice(0, 5);
  if (shown.length === 0) return say`no version`;
  if (shown.length === 1) return say`version ${shown.join('')}`;
  return say`versions ${shown.slice(0, -1).join(', ')} and ${shown.slice(-1).join('')}`;
}

/** Another process serves the room: this one must stop writing. */
export function anotherHost(isNewer: boolean): Problem {
  return problemOf({
    code: isNewer ? 'moved' : 'split',
    happened: isNewer
      ? say`This session is now served by another process.`
      : say`Another process serves this session under the same term.`,
    kept: say`Everything up to now is in this computer’s journal.`,
    remedy: isNewer
      ? say`Open it again to follow it there.`
      : say`End one of the two, then restart.`,
  });
}

/** [R18] What a command printed was asked for by somebody who is no owner. */
export function outputForOwner(): CommandRefused {
  return refused('not-allowed', {
    happened: say`What this command printed is for the owner of the session alone.`,
    kept: say`Nothing of it was sent.`,
    remedy: say`The owner can show the output of later commands by a tick at Share.`,
  });
}

/** [R18] The member has told no key that an answer for it alone could be sealed to. */
export function noSealing(): CommandRefused {
  return refused('failed', {
    happened: say`This device has told no key by which the output could be sent to it alone.`,
    kept: say`It is kept on the session’s computer.`,
    remedy: say`Leave the session and join it again.`,
  });
}

/** [R4] The member named by a command. */
export function noSuchMember(): CommandRefused {
  return refused('not-found', {
    happened: say`This person is not in the session any more.`,
    remedy: say`Nothing was changed.`,
  });
}

/** Who leaves does so by another command. */
export function ownRemoval(): CommandRefused {
  return refused('invalid', {
    happened: say`You cannot remove yourself.`,
    remedy: say`Use Leave instead.`,
  });
}

/** A blob that is not kept. */
export function noSuchBlob(): CommandRefused {
  return refused('not-found', {
    happened: say`The whole text is not kept on the session’s computer any more.`,
    remedy: say`What you see is all there is.`,
  });
}

/** [I1] A part of a prompt was not taken by its relay, or could not be read there; `code` is the close code, if there was one. */
export function exchangeFailed(code: number | undefined): AppError {
  if (code === CLOSE.tooBig) {
    return new AppError('too-large', {
      happened: say`The relay takes no more of what you attach: ${MIB_WAITING} MB of yours wait there already, or the session has filled its place.`,
      kept: say`Your prompt was not sent; it was kept.`,
      remedy: say`Send fewer or smaller files, or try again in ten minutes.`,
    });
  }
  if (code === CLOSE.notAdmitted || code === CLOSE.revoked) {
    return new AppError('relay-refused', {
      happened: say`The relay does not let you attach anything to this session: only who may send prompts may.`,
      kept: say`Your prompt was not sent; it was kept.`,
      remedy: say`Ask the owner of the session for control.`,
    });
  }
  return new AppError('relay-unreachable', {
    happened: say`What you attached did not reach the relay: the connection broke off.`,
    kept: say`Your prompt was not sent; it was kept.`,
    remedy: say`Send it again when the session is live.`,
  });
}

/** [I4] The parts of a prompt that its command names are not on any relay, or are not what it names. */
export function partsMissing(): CommandRefused {
  return refused('not-found', {
    happened: say`What you attached has not arrived whole at the session’s computer.`,
    kept: say`The prompt was not run; it was kept.`,
    remedy: say`Send it again.`,
  });
}

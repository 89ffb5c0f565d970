// What becomes of a command, as a person can read it: what happened, what was kept, what to do.
import { say, type Words } from '../base/say.ts';
import { AppError, type ErrorWords, isAppError } from '../base/errors.ts';
import { PRODUCT_NAME } from '../base/product.ts';
import type { Rejection } from '../protocol/command.ts';
import { problemOf } from '../protocol/said.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { Problem } from '../protocol/state.ts';

/** A refusal of a command: becomes the ack 'rejected' with its code and text. */
export type CommandRefused = AppError & { readonly rejection: Rejection };

/** The error of a command that is refused. */
export function refused(rejection: Rejection, words: ErrorWords): CommandRefused {
  // The constructor keeps what it is given.
  return new AppError('command-rejected', words, { rejection }) as CommandRefused;
}

/** Whether somebody who carries a command out has refused it. */
export function isRefusal(error: unknown): error is CommandRefused {
  return isAppError(error, 'command-rejected') && error.rejection !== undefined;
}

/** An error of ours as a refusal: the person reads the same three sentences. */
export function refusalFor(error: AppError): CommandRefused {
  const code =
    error.code === 'session-not-found'
      ? 'not-found'
      : error.code === 'session-busy'
        ? 'busy'
        : error.code === 'policy' || error.code === 'not-shareable'
          ? 'not-allowed'
          : error.code === 'invalid-input'
            ? 'invalid'
            : 'failed';
  return refused(code, error.words);
}

/** The sender is not, or no longer, a member of the room. */
export function notMember(): CommandRefused {
  return refused('not-member', {
    happened: say`You are not a member of this session any more.`,
    kept: say`Nothing was run.`,
    remedy: say`Ask its owner for a new link.`,
  });
}

/** The sender's role or rights do not reach; `action` completes "You may not …". */
export function notAllowed(action: Words): CommandRefused {
  return refused('not-allowed', {
    happened: say`You may not ${action}.`,
    kept: say`Nothing was changed.`,
    remedy: say`Ask the session's owner to do it or to allow it.`,
  });
}

/** Made for an earlier process of the session host; the sender seals it again by itself. */
export function staleTerm(): CommandRefused {
  return refused('stale-term', {
    happened: say`The session host was restarted before this arrived.`,
    kept: say`It was not run.`,
    remedy: say`It is sent again by itself.`,
  });
}

/** It arrived after the time its sender gave it. */
export function expiredCommand(): CommandRefused {
  return refused('expired', {
    happened: say`This arrived too late and was not run.`,
    kept: say`Your text is kept.`,
    remedy: say`Send it again if you still want it.`,
  });
}

/** The sender withdrew it, so that what follows need not wait for it. */
export function voidedCommand(): CommandRefused {
  return refused('voided', {
    happened: say`This was withdrawn by its sender and was not run.`,
    remedy: say`Send it again if you still want it.`,
  });
}

/** Somebody else has control; `holder` is their name. */
export function noControl(holder: string | undefined): CommandRefused {
  return refused('no-control', {
    happened: say`${holder ?? say`Somebody else`} has control.`,
    kept: say`Your prompt was not run and is kept in the composer.`,
    remedy: say`Request control to send it.`,
  });
}

/** Somebody else had control since the sender's picture; `holder` is who has it now. */
export function superseded(holder: string | undefined): CommandRefused {
  const remedy =
    holder === undefined
      ? say`Read what happened since, then send it again.`
      : say`${holder} has control now: request control to send it.`;
  return refused('superseded', {
    happened: say`Control had passed to somebody else before your prompt arrived.`,
    kept: say`It was not run and is kept in the composer.`,
    remedy,
  });
}

/** As many wait for control as may. */
export function controlQueueFull(): CommandRefused {
  return refused('too-many', {
    happened: say`${LIMITS.controlQueue} people wait for control already.`,
    kept: say`Everybody keeps their place.`,
    remedy: say`Ask again when some of them have had their turn.`,
  });
}

/** A kind that this version does not know. */
export function unsupportedCommand(): CommandRefused {
  return refused('unsupported', {
    happened: say`The session's computer does not know this command.`,
    kept: say`Nothing was run.`,
    remedy: say`Update Twinhelm there.`,
  });
}

/** Arguments or counter not as the protocol says; `detail` is one short clause. */
export function invalidCommand(detail: Words): CommandRefused {
  return refused('invalid', {
    happened: say`The command was not understood (${detail}).`,
    kept: say`Nothing was run.`,
    remedy: say`Update Twinhelm on both sides and try again.`,
  });
}

/** More commands wait, or fetches run, than one member may have. */
export function tooManyCommands(): CommandRefused {
  return refused('too-many', {
    happened: say`Too many commands of yours are under way.`,
    kept: say`This one was not run.`,
    remedy: say`Wait for the others, then send it again.`,
  });
}

/** A request that somebody answered before; `by` is their name. */
export function alreadyAnswered(by: string | undefined): CommandRefused {
  return refused('already-answered', {
    happened: say`${by ?? say`Somebody`} has answered this already.`,
    kept: say`Your answer was not used.`,
    remedy: say`Nothing more is to be done.`,
  });
}

/** What a command can name by an id. */
const NOT_THERE = {
  member: say`This member is not there any more.`,
  window: say`This window is not there any more.`,
  request: say`This request is not there any more.`,
  'queued prompt': say`This queued prompt is not there any more.`,
  'held prompt': say`This held prompt is not there any more.`,
  'background work': say`This background work does not run any more.`,
} as const;

/** Something named by its id is not there. */
export function notFound(what: keyof typeof NOT_THERE): CommandRefused {
  return refused('not-found', {
    happened: NOT_THERE[what],
    kept: say`Nothing was changed.`,
    remedy: say`Look at the session's newest state and try again.`,
  });
}

/** A session that is only watched. */
export function readOnlySession(): CommandRefused {
  return refused('read-only', {
    happened: say`This session runs in a terminal and is only watched.`,
    kept: say`Nothing was sent; your text is kept.`,
    remedy: say`Type it there, or continue the session here once it has ended.`,
  });
}

/** The host ended between journal and effect. */
export function unknownOutcome(): AppError {
  return new AppError('command-unknown-outcome', {
    happened: say`The session host stopped while this was being carried out, so nobody knows whether it took effect.`,
    kept: say`It is not run again by itself.`,
    remedy: say`Look at the session, then send it again if it is missing.`,
  });
}

/** Something broke on the host; details are in its log. */
export function executionFailed(): CommandRefused {
  return refused('failed', {
    happened: say`This failed on the session's computer.`,
    kept: say`The session goes on.`,
    remedy: say`Try again; the log of the session host says more.`,
  });
}

/** The journal could not be written, so nothing was run. */
export function notJournalled(): CommandRefused {
  return refused('failed', {
    happened: say`The session's computer could not write this down (disk full?), so it was not run.`,
    kept: say`Your text is kept.`,
    remedy: say`Free some space there and try again.`,
  });
}

/** One sentence: what stands deeper in a sentence travels in English. */
function notShown([a, b, c, d]: readonly [Words, ...Words[]]): Words {
  if (b === undefined) {
    return say`More is going on here than can be shown at once. Not shown: ${a}.`;
  }
  if (c === undefined) {
    return say`More is going on here than can be shown at once. Not shown: ${a}, ${b}.`;
  }
  return d === undefined
    ? say`More is going on here than can be shown at once. Not shown: ${a}, ${b}, ${c}.`
    : say`More is going on here than can be shown at once. Not shown: ${a}, ${b}, ${c}, ${d}.`;
}

/** More is in a room than its state can carry; `leftOut` names it: *3 people*. One to four of them. */
export function stateTooLarge(leftOut: readonly [Words, ...Words[]]): Problem {
  return problemOf({
    code: 'state-too-large',
    happened: notShown(leftOut),
    kept: say`The session goes on; nothing of the conversation is lost.`,
    remedy: say`End links and remove people that are not needed any more.`,
  });
}

/** Arguments of so many bytes, which no command can carry; 'too-large'. */
export function commandTooLarge(bytes: number): AppError {
  return new AppError('too-large', {
    happened: say`This is too long to send: ${Math.ceil(bytes / 1024)} KB, the limit is ${Math.floor(LIMITS.commandBytes / 1024) - 2} KB.`,
    kept: say`Nothing was sent; your text was kept.`,
    remedy: say`Put the long part into a file of the project and name the file in the prompt.`,
  });
}

/** The host has answered none of the last ones; 'too-many'. */
export function tooManyUnanswered(): AppError {
  return new AppError('too-many', {
    happened: say`${LIMITS.outstandingCommands} commands of yours are still unanswered.`,
    kept: say`Nothing was sent; your text was kept.`,
    remedy: say`Wait until the session is live again.`,
  });
}

/** The host describes the room in a form that this version cannot read; 'update'. */
export function unreadableState(): AppError {
  return new AppError('update', {
    happened: say`This ${PRODUCT_NAME} cannot read what the computer of the session says about it: that computer probably runs a newer one.`,
    kept: say`What you see is what was last understood; it may be old.`,
    remedy: say`Update ${PRODUCT_NAME} here.`,
  });
}

/** [S11] Entries that this version cannot read; 'update'. */
export function unreadableEntry(): AppError {
  return new AppError('update', {
    happened: say`This ${PRODUCT_NAME} cannot read all that the computer of the session writes: that computer probably runs a newer one.`,
    kept: say`The entries that it can read are shown.`,
    remedy: say`Update ${PRODUCT_NAME} here.`,
  });
}

/** A request of a kind that this version does not know; 'update'. */
export function unknownRequest(kind: string): AppError {
  return new AppError('update', {
    happened: say`This ${PRODUCT_NAME} does not know requests of the kind “${kind}”, and so not what it would allow.`,
    kept: say`Nothing was sent; the request goes on waiting.`,
    remedy: say`Deny it, or update ${PRODUCT_NAME} here to allow it.`,
  });
}

/** Sent, and surely not run: its time is over. */
export function notAnswered(): AppError {
  return new AppError('command-expired', {
    happened: say`The host did not answer in time.`,
    kept: say`Your text was kept.`,
    remedy: say`Send it again when the session is live.`,
  });
}

/** It has never left this device. */
export function neverSent(): AppError {
  return new AppError('command-expired', {
    happened: say`The connection ended before this was sent.`,
    kept: say`Your text was kept.`,
    remedy: say`Nothing of it was run.`,
  });
}

/** Sent, and its answer was not heard. */
export function perhapsRun(): AppError {
  return new AppError('command-unknown-outcome', {
    happened: say`The connection was lost before the host answered.`,
    kept: say`It may have run.`,
    remedy: say`Look at the session before you send it again.`,
  });
}

/** [X3] Same place in the log, other content. */
export const FORK: ErrorWords = {
  happened: say`Two different histories of this session were shown.`,
  remedy: say`Do not trust what you see; ask the owner.`,
};
/** [P4] For long nothing brings what the host says it has written. */
export const WITHHELD: ErrorWords = {
  happened: say`The relay holds back a part of this session.`,
  kept: say`What you see is true, but not all of it.`,
  remedy: say`Ask the owner to share it over another relay.`,
};
/** [T2] Two hosts under one term. */
export const SPLIT: ErrorWords = {
  happened: say`Two computers write this session at the same time.`,
  remedy: say`The owner must end one.`,
};
/** Less than this device has seen before. */
export const ROLLBACK: ErrorWords = {
  happened: say`The relay shows an older state of this session than this device has already seen.`,
};
/** [K1] Not the room's own card. */
export const CARD_REFUSED: ErrorWords = {
  happened: say`The room’s card is not signed by the room’s key.`,
};

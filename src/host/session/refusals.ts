// Refusals of commands that only the session host can make: what happened, what was kept, what to do.
import { isAppError } from '../../base/errors.ts';
import { errorText } from '../../base/log.ts';
import { say, type Words } from '../../base/say.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { type CommandRefused, isRefusal, refusalFor, refused } from '../../session/errors.ts';

/** The session is over. */
export function sessionEnded(): CommandRefused {
  return refused('read-only', {
    happened: say`This session has ended.`,
    kept: say`Your text is kept.`,
    remedy: say`Continue the session first (in VS Code: from the Sessions view), then send it again.`,
  });
}

/** Nothing to run. */
export function emptyPrompt(): CommandRefused {
  return refused('invalid', {
    happened: say`The prompt is empty.`,
    kept: say`Nothing was run.`,
    remedy: say`Type something.`,
  });
}

/** [Q3] An edit that came too late. */
export function promptBegan(): CommandRefused {
  return refused('not-found', {
    happened: say`This prompt has begun already: it runs as it was.`,
    kept: say`Your new text is kept.`,
    remedy: say`Send it as a prompt of its own.`,
  });
}

/** Released, but it waits for its turn alone, or for the whole queue to go on. */
export function notHeld(): CommandRefused {
  return refused('invalid', {
    happened: say`This prompt is not held by itself.`,
    kept: say`It waits as it did.`,
    remedy: say`Let the queue go on if that is held, or send this prompt now.`,
  });
}

/** [Q8] Somebody was faster with another text. */
export function promptChanged(): CommandRefused {
  return refused('invalid', {
    happened: say`Somebody has changed this prompt since you began to edit it.`,
    kept: say`Theirs stands, and your text is kept.`,
    remedy: say`Look at it in the queue, then edit it again.`,
  });
}

/** [Q3] With what an edit adds it would be more than one prompt may be. */
export function promptTooLarge(): CommandRefused {
  return refused('invalid', {
    happened: say`With this the prompt would be too large: the limits are ${LIMITS.promptBytes / 1024 / 1024} MB of text and ${LIMITS.attached} pictures with ${LIMITS.attachedBytes / 1024 / 1024} MB.`,
    kept: say`It waits as it was, and your text is kept.`,
    remedy: say`Take pictures out of it, or put the text into a file.`,
  });
}

/** As many prompts wait as may. */
export function queueFull(): CommandRefused {
  return refused('too-many', {
    happened: say`${LIMITS.queuedPrompts} prompts wait already.`,
    kept: say`Yours was not taken and is kept in the composer.`,
    remedy: say`Send it again when some have run, or take some out of the queue.`,
  });
}

/** The answer names another input than the one that waits. */
export function otherInput(): CommandRefused {
  return refused('invalid', {
    happened: say`This answer belongs to another input than the one that waits now.`,
    kept: say`Nothing was allowed.`,
    remedy: say`Look at the request again.`,
  });
}

/** [R13] A guest's Allow of what was not seen whole. */
export function notSeen(): CommandRefused {
  return refused('unseen', {
    happened: say`All of it must be on your screen before you allow it.`,
    kept: say`Nothing was allowed, and the request still waits.`,
    remedy: say`Show all of it and answer again, or update Twinhelm.`,
  });
}

/** [R20] The request names no such place. */
export function otherPlace(): CommandRefused {
  return refused('invalid', {
    happened: say`Nothing can be kept at the place that this answer names.`,
    kept: say`Nothing was allowed, and the request still waits.`,
    remedy: say`Choose one of the places that the request names, or allow it for this session.`,
  });
}

/** [R21] The request names no such mode. */
export function otherApproval(): CommandRefused {
  return refused('invalid', {
    happened: say`This request cannot be approved into the mode that this answer names.`,
    kept: say`Nothing was allowed, and the request still waits.`,
    remedy: say`Approve it as it is, or into a mode that it names.`,
  });
}

/** [R13] An owner's. */
export function notSeenByOwner(): CommandRefused {
  return refused('unseen', {
    happened: say`You have not seen all of it.`,
    kept: say`Nothing was allowed, and the request still waits.`,
    remedy: say`Show all of it and answer again, or say that you allow it unseen.`,
  });
}

/** The agent that asked is gone. */
export function answerLost(): CommandRefused {
  return refused('not-found', {
    happened: say`The agent that asked does not wait any more.`,
    kept: say`Your answer was not used.`,
    remedy: say`Look at the session and prompt again if needed.`,
  });
}

/** A mode that asks nobody, while guests may control. */
export function bypassWithGuests(): CommandRefused {
  return refused('not-allowed', {
    happened: say`The mode that skips all permissions cannot be used while guests may control.`,
    kept: say`The mode was not changed.`,
    remedy: say`Stop sharing first.`,
  });
}

/** Control of a session that skips all permissions is for nobody but its owner. */
export function controlOfBypass(): CommandRefused {
  return refused('not-allowed', {
    happened: say`This session runs without asking for permissions, so guests cannot be given control.`,
    kept: say`They go on watching.`,
    remedy: say`Change its permission mode first.`,
  });
}

/** The agent refused to switch. */
function switchFailed(detail: string): CommandRefused {
  return refused('failed', {
    happened: say`The agent refused: ${detail || say`no reason given`}.`,
    kept: say`Nothing was changed.`,
    remedy: say`Try another value.`,
  });
}

/** Nothing drives it yet. */
export function sessionOpening(): CommandRefused {
  return refused('busy', {
    happened: say`The session is just being opened.`,
    remedy: say`Try again in a moment.`,
  });
}

/** It has ended, and is open to be read; `hasText`: somebody's prompt was refused. */
export function sessionOver(hasText: boolean): CommandRefused {
  return refused('read-only', {
    happened: say`This session has ended.`,
    ...(hasText && { kept: say`Your text is kept.` }),
    remedy: say`Continue it first (in VS Code: from the Sessions view).`,
  });
}

/** [U2] What was filled in does not fit the form; `what` names the field. */
export function badForm(what: Words): CommandRefused {
  return refused('invalid', {
    happened: what,
    kept: say`Nothing was sent to the agent, and the form still waits.`,
    remedy: say`Correct it and send it again.`,
  });
}

/** Answers to questions are texts or lists of labels. */
export function badLabels(): CommandRefused {
  return refused('invalid', {
    happened: say`An answer to a question is a text, a number or a list of labels.`,
    kept: say`Nothing was sent to the agent, and the question still waits.`,
    remedy: say`Answer again.`,
  });
}

/** [U3] A form that nobody can fill in. */
export function formNotForHere(): CommandRefused {
  return refused('invalid', {
    happened: say`This form can't be filled in.`,
    kept: say`Nothing was sent to the agent, and the form still waits.`,
    remedy: say`Decline it.`,
  });
}

/** [U4] No browser could be started on the session's computer. */
export function addressNotOpened(): CommandRefused {
  return refused('failed', {
    happened: say`The session's computer could not open the address.`,
    kept: say`Nothing was sent to the agent, and the request still waits.`,
    remedy: say`Open it there yourself and answer again, or decline.`,
  });
}

/** [U7] A guest wants the owner's computer to open an address that everybody can open. */
export function addressOfOwners(host: string): CommandRefused {
  return refused('not-allowed', {
    happened: say`Only an owner may have ${host} opened on the session's computer.`,
    kept: say`Nothing was opened or sent, and the request still waits.`,
    remedy: say`Open it on your own computer and answer, or leave it to an owner.`,
  });
}

/** [U7] Somebody else has just asked for the same. */
export function addressIsOpening(host: string): CommandRefused {
  return refused('busy', {
    happened: say`The session's computer is opening ${host} already.`,
    kept: say`It was not opened again, and the request still waits.`,
    remedy: say`Wait a moment.`,
  });
}

/** [Z2] Somebody else writes the conversation: nothing is handed over. */
export function heldForOthers(): CommandRefused {
  return refused('busy', {
    happened: say`Another process has this conversation open, so nothing is handed to the agent.`,
    kept: say`The prompt waits in the queue.`,
    remedy: say`Choose first what becomes of the other’s part, or wait until it leaves.`,
  });
}

/** [Z3] Nobody else is on the conversation. */
export function noOthers(): CommandRefused {
  return refused('not-found', {
    happened: say`Nobody else is on this conversation any more.`,
    kept: say`Nothing was changed.`,
    remedy: say`Go on as usual.`,
  });
}

/** [Z3] A choice is being carried out. */
export function beingSettled(): CommandRefused {
  return refused('busy', {
    happened: say`What was chosen before is just being done.`,
    kept: say`Your choice was not taken.`,
    remedy: say`Look in a moment whether it is still needed.`,
  });
}

/** [M1] Why a session cannot go on in a folder. */
function badFolder(happened: Words): CommandRefused {
  return refused('invalid', {
    happened,
    kept: say`Nothing was changed; what waits goes on waiting.`,
    remedy: say`Name an existing folder of the session’s computer by its full path.`,
  });
}

/** [M1] A path that counts from nobody knows where. */
export function folderNotFull(path: string): CommandRefused {
  return badFolder(say`This is not a full path: ${path}`);
}

/** [M1] The state could not show all of it, or it is no path at all. */
export function folderTooLong(): CommandRefused {
  return badFolder(say`This path is longer than 500 bytes, or is none.`);
}

/** [M1] Nothing is there. */
export function folderNotThere(folder: string): CommandRefused {
  return badFolder(say`There is no folder ${folder}.`);
}

/** [M1] A link, and where it leads; undefined: nowhere. */
export function folderIsLink(folder: string, path: string | undefined): CommandRefused {
  return badFolder(
    path === undefined
      ? say`${folder} is a link that leads nowhere.`
      : say`${folder} is a link to ${path}. A session does not follow links: name that folder if it is meant.`,
  );
}

/** [M1] Something else is there. */
export function folderIsNone(folder: string): CommandRefused {
  return badFolder(say`${folder} is not a folder.`);
}

/** [M1] The host may not look into it. */
export function folderUnreadable(folder: string): CommandRefused {
  return badFolder(say`The folder ${folder} cannot be read by the session host.`);
}

/** [M1] The agent is at work in its folder. */
export function folderInUse(): CommandRefused {
  return refused('busy', {
    happened: say`The agent is at work in its folder.`,
    kept: say`It goes on there.`,
    remedy: say`Stop it or wait for the end of its turn, then choose the folder again.`,
  });
}

/** [I4] Bytes that were sent as a picture. */
export function noPicture(): CommandRefused {
  return refused('invalid', {
    happened: say`What you attached as a picture is none: PNG, JPEG, GIF and WebP with up to 100 million pixels are taken.`,
    kept: say`The prompt was not run; it was kept.`,
    remedy: say`Send it as a file, or another picture.`,
  });
}

/** [I4] More bytes than the agent takes of one picture. */
export function pictureTooLarge(bytes: number): CommandRefused {
  const megabytes = Math.ceil((bytes / 1024 / 1024) * 100) / 100;
  return refused('too-large', {
    happened: say`A picture has ${megabytes} MB; the agent takes up to ${LIMITS.pictureBytes / 1024 / 1024} MB.`,
    kept: say`The prompt was not run; it was kept.`,
    remedy: say`Send a smaller one. The panel makes pictures smaller by itself.`,
  });
}

/** [I4] Bytes that were sent as the text of a prompt. */
export function noText(): CommandRefused {
  return refused('invalid', {
    happened: say`The text of the prompt cannot be read, or has more than ${LIMITS.promptBytes / 1024 / 1024} MB.`,
    kept: say`The prompt was not run; it was kept.`,
    remedy: say`Put it into a file of the project and name the file in the prompt.`,
  });
}

/** What the agent refuses is a refusal of the command: throws CommandRefused. */
export async function carriedOut(work: Promise<void> | undefined): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (isRefusal(error)) throw error;
    // What the adapter says is a sentence of its own, not a part of ours.
    throw isAppError(error) ? refusalFor(error) : switchFailed(errorText(error));
  }
}

// Every error of the session host that a person can see: one factory per message.
import { say, verbatim, type Words } from '../base/say.ts';
import { AppError, isAppError } from '../base/errors.ts';
import { errorText } from '../base/log.ts';
import { PRODUCT_ID, PRODUCT_NAME } from '../base/product.ts';
import { taskNames } from './session/backgroundTasks.ts';

/** Another process holds the lock of this home folder. */
export function hostRunning(home: string): AppError {
  return new AppError('host-running', {
    happened: say`A ${PRODUCT_NAME} session host is running for ${home} already.`,
    kept: say`It was left alone.`,
    remedy: say`Use it, or end it first with “${PRODUCT_ID} host stop”.`,
  });
}

/** The home folder is on a network file system. */
export function homeOnNetwork(home: string): AppError {
  return new AppError('journal-locked', {
    happened: say`${home} is on a network file system, where two computers could write one journal.`,
    kept: say`Nothing was opened or changed.`,
    remedy: say`Set TWINHELM_HOME to a folder on a disk of this computer.`,
  });
}

/** The home folder cannot be made or looked at. */
export function homeUnusable(home: string, cause: unknown): AppError {
  return new AppError(
    'journal-locked',
    {
      happened: say`The folder ${home} cannot be used: ${errorText(cause)}.`,
      kept: say`Nothing was opened or changed.`,
      remedy: say`Make it writable for you, or set TWINHELM_HOME to a folder of your own.`,
    },
    { cause },
  );
}

/** The home folder cannot be made private. */
export function homeNotPrivate(home: string, cause: unknown): AppError {
  return new AppError(
    'journal-locked',
    {
      happened: say`${home} cannot be made readable for you only.`,
      kept: say`Nothing was opened or changed.`,
      remedy: say`Make yourself its owner, or set TWINHELM_HOME to a folder of your own.`,
    },
    { cause },
  );
}

/** `host.json` cannot be used; nothing was sent to the address in it. */
export function hostFileInvalid(file: string, reason: Words): AppError {
  return new AppError('host-file-invalid', {
    happened: say`${file} cannot be used: ${reason}.`,
    kept: say`Nothing was sent to the address in it.`,
    remedy: say`Delete it, and start the session host again.`,
  });
}

/** The host did not become ready; `detail` is the end of its log. */
export function hostDidNotStart(logFile: string, detail: Words | undefined): AppError {
  return new AppError('host-unreachable', {
    happened: say`The session host did not start.${detail ? say` It said: ${detail}` : ''}`,
    remedy: say`See ${logFile}.`,
  });
}

/** A host of another protocol runs and has work to do. */
export function hostOtherProtocol(version: string): AppError {
  return new AppError('host-running', {
    happened: say`A session host of another version (${version}) is running and cannot be used by this one.`,
    kept: say`Its sessions go on.`,
    remedy: say`End it with “${PRODUCT_ID} host stop”, or update the other side.`,
  });
}

/** No runtime with all parts was found. */
export function runtimeUnusable(missing: readonly string[]): AppError {
  return new AppError('host-runtime', {
    happened: say`This runtime cannot run the session host: ${missing.join(', ')} missing.`,
    remedy: say`Install Node.js 22.13 or newer, so that “node” is on PATH.`,
  });
}

/** The relay child cannot be started; `why`: an error, whole sentences of its own (heard), or a clause. */
export function relayChildFailed(why: Words | Error): AppError {
  const words = isAppError(why)
    ? why.words.happened
    : why instanceof Error
      ? verbatim(why.message.replace(/\.$/, ''))
      : why;
  const isSentence = isAppError(why) || words.heard !== undefined;
  return new AppError('relay-unreachable', {
    happened: isSentence
      ? say`The relay of this computer cannot be started: ${words}`
      : say`The relay of this computer cannot be started: ${words}.`,
    kept: say`The session host was not started; its sessions are kept.`,
    remedy: say`Start again; host.log says what the relay said.`,
  });
}

/** No session has this id or prefix. */
export function sessionNotFound(name: string): AppError {
  return new AppError('session-not-found', {
    happened: say`There is no session “${name}” on this computer.`,
    remedy: say`“${PRODUCT_ID} sessions” lists them.`,
  });
}

/** Another process writes this conversation. */
export function sessionBusy(where: Words): AppError {
  return new AppError('session-busy', {
    happened: say`This conversation is open in ${where}.`,
    kept: say`Nothing was started: two writers would split it.`,
    remedy: say`End it there first, then continue it here.`,
  });
}

/** [H6] What runs is not taken out of the list. */
export function unlistRunning(): AppError {
  return new AppError('session-busy', {
    happened: say`This session runs.`,
    kept: say`It stays in the list.`,
    remedy: say`End it first, then remove it.`,
  });
}

/** [H6] What others can reach is not taken out of the list. */
export function unlistShared(): AppError {
  return new AppError('session-busy', {
    happened: say`This session is shared.`,
    kept: say`It stays in the list, and its links work.`,
    remedy: say`Stop sharing first, then remove it.`,
  });
}

/** [H7] What is just being written is not copied. */
export function forkAtWork(): AppError {
  return new AppError('session-busy', {
    happened: say`This session is at work.`,
    kept: say`Nothing was copied.`,
    remedy: say`Fork it when its turn has ended.`,
  });
}

/** [H7] No conversation has begun. */
export function nothingToFork(): AppError {
  return new AppError('invalid-input', {
    happened: say`Nothing has been said in this session yet.`,
    kept: say`Nothing was copied.`,
    remedy: say`Start a new session instead.`,
  });
}

/** [H7] The agent knows no copies. */
export function noFork(name: string): AppError {
  return new AppError('invalid-input', {
    happened: say`Conversations of ${name} cannot be forked.`,
    kept: say`Nothing was copied.`,
  });
}

/** The session was ended, or the host is stopping, before the agent was ready. */
export function startGivenUp(): AppError {
  return new AppError('cancelled', {
    happened: say`The session was ended before its agent was ready.`,
    kept: say`Nothing was run.`,
  });
}

/** The host was ended while it was starting. */
export function stoppedBeforeReady(): AppError {
  return new AppError('cancelled', {
    happened: say`The session host was told to stop before it was ready.`,
  });
}

/** Who wanted a host does not wait for it any more. */
export function hostStartCancelled(): AppError {
  return new AppError('cancelled', {
    happened: say`Starting the session host was cancelled.`,
    kept: say`If it was started already, it runs on and is used next time.`,
  });
}

/** The host is on its way out. */
export function hostStopping(): AppError {
  return new AppError('cancelled', {
    happened: say`The session host is being stopped.`,
    kept: say`Nothing was started or changed.`,
    remedy: say`Try again in a moment: the next one starts by itself.`,
  });
}

/** The session's process belongs to a terminal. */
export function endInTerminal(): AppError {
  return new AppError('invalid-input', {
    happened: say`This session runs in a terminal and is only watched here.`,
    kept: say`It goes on.`,
    remedy: say`End it in its terminal.`,
  });
}

/** [G3] What was asked for would end work that goes on in the background. */
export function wouldBreak(tasks: readonly { readonly title: string }[]): AppError {
  return new AppError('session-busy', {
    happened: say`This would end what runs in the background: ${taskNames(tasks)}.`,
    kept: say`Nothing was ended.`,
    remedy: say`Wait until it is done, or say that you mean it: VS Code asks you and names it, a terminal takes --force.`,
  });
}

/** [G7] Somebody wants to replace a host that nobody newer waits for. */
export function nothingNewer(version: string): AppError {
  return new AppError('invalid-input', {
    happened: say`No newer version wants the place of the background service, which is version ${version}.`,
    kept: say`It goes on.`,
  });
}

/** Why a session cannot be shared in the wished way. */
function notShareable(reason: Words, remedy: Words): AppError {
  return new AppError('not-shareable', {
    happened: reason,
    kept: say`Nothing was shared.`,
    remedy,
  });
}

/** Somebody stopped sharing while a link was being made. */
export function sharingStopped(): AppError {
  return notShareable(
    say`Sharing was stopped while this link was being made.`,
    say`Share again if you still want to.`,
  );
}

/** A link of an owner was asked for. */
export function ownershipByLink(): AppError {
  return notShareable(
    say`Ownership cannot be given away by a link.`,
    say`Share as viewer or controller.`,
  );
}

/** A controller link to a session that is only watched. */
export function controlOfWatched(): AppError {
  return notShareable(
    say`This session runs in a terminal and is only watched, so nobody can control it from here.`,
    say`Share it with viewers.`,
  );
}

/** [R17] A controller link to a session that runs without asking. */
export function controlOfUnattended(): AppError {
  return notShareable(
    say`This session runs without asking for permissions, so guests cannot be given control.`,
    say`Change its permission mode first, or share it with viewers.`,
  );
}

/** An administrator turned sharing off. */
export function sharingOff(policyFile: string): AppError {
  return new AppError('policy', {
    happened: say`Sharing is turned off on this computer by ${policyFile}.`,
    kept: say`Nothing was shared.`,
    remedy: say`Ask who manages this computer.`,
  });
}

/** An address does not lead to this computer's relay. */
export function addressUnreachable(url: string, reason: Words): AppError {
  return new AppError('relay-unreachable', {
    happened: say`${url} does not lead to this session: ${reason}.`,
    kept: say`No link was made.`,
    remedy: say`Check the tunnel, proxy or forwarded port, and that it carries WebSockets.`,
  });
}

/** The folder of a session is not there. */
export function folderMissing(folder: string): AppError {
  return new AppError('invalid-input', {
    happened: say`The folder ${folder} does not exist.`,
    kept: say`Nothing was started.`,
    remedy: say`Choose an existing folder.`,
  });
}

/** The folder of a session was moved, deleted or made unreadable while the session was there. */
export function folderGone(folder: string): AppError {
  return new AppError('agent-folder-gone', {
    happened: say`The folder of this session is not there any more, or cannot be read: ${folder}`,
    kept: say`The conversation is kept, and what waits goes on waiting.`,
    remedy: say`Put it back, then it goes on by itself; or choose the folder in which the session is to go on.`,
  });
}

/** [Z3] What the owner chose about others could not be done. */
export function choiceFailed(detail: string): AppError {
  return new AppError('agent-protocol', {
    happened: say`What was chosen about others on this conversation could not be done: ${detail}`,
    kept: say`Nothing was changed, and what waits still waits.`,
    remedy: say`Look whether the disk is full or the agent’s own folder cannot be written, then choose again.`,
  });
}

/** The folder of a session leads to another place than before. */
export function folderElsewhere(folder: string, path: string): AppError {
  return new AppError('agent-folder-gone', {
    happened: say`The folder of this session, ${folder}, leads to another place than before: ${path}`,
    kept: say`Nothing was run there, and what waits goes on waiting.`,
    remedy: say`Choose the folder in which the session is to go on, if need be that one.`,
  });
}

/** The port that the relay had before is another program's now: it gets another one. */
export function relayPortTaken(): AppError {
  return new AppError('port-busy', { happened: say`The relay’s port is used by another program.` });
}

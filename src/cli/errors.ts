// Errors of the command line: one factory per message.
import { say, verbatim, type Words } from '../base/say.ts';
import { AppError, joinParts, spokenParts } from '../base/errors.ts';
import { PRODUCT_ID } from '../base/product.ts';
import type { Alarm } from '../session/view.ts';

/** The command line was not understood; `command` is the subcommand, if there was one. */
export function usage(detail: string, command?: string): AppError {
  return new AppError('usage', {
    happened: say`${detail.replace(/\.$/, '')}.`,
    remedy: say`See “${[PRODUCT_ID, command, '--help'].filter(Boolean).join(' ')}”.`,
  });
}

/** The file that is to hold the access key of a relay server cannot be read. */
export function accessKeyUnreadable(file: string, cause: unknown): AppError {
  return new AppError(
    'usage',
    { happened: say`The access key file ${file} cannot be read.`, kept: say`Nothing was shared.` },
    { cause },
  );
}

/** A line of the scripting interface; `detail` completes "was not understood: …". */
export function badLine(detail: string): AppError {
  return new AppError('invalid-input', {
    happened: say`This input line was not understood: ${detail}.`,
    kept: say`Nothing was sent.`,
    remedy: say`docs/cli.md describes the lines.`,
  });
}

/** No session has an id that begins with `prefix`. */
export function noSuchSession(prefix: string): AppError {
  return new AppError('session-not-found', {
    happened: say`No session of this computer has an id that begins with “${prefix}”.`,
    remedy: say`“${PRODUCT_ID} sessions” lists them.`,
  });
}

/** Several sessions have an id that begins with `prefix`. */
export function ambiguousSession(prefix: string, matches: readonly string[]): AppError {
  const shown = [matches.slice(0, 5).join(', '), ...(matches.length > 5 ? ['…'] : [])].join(' ');
  return new AppError('session-ambiguous', {
    happened: say`“${prefix}” is the beginning of several ids: ${shown}.`,
    remedy: say`Give more characters of the id.`,
  });
}

/** Nobody in the room has this id, prefix or name. */
export function noSuchMember(name: string, isAmbiguous: boolean): AppError {
  return new AppError('invalid-input', {
    happened: isAmbiguous
      ? say`Several people here are called “${name}”.`
      : say`Nobody here is called “${name}”.`,
    kept: say`Nothing was sent.`,
    remedy: say`Name them by the beginning of their member id.`,
  });
}

/** Nothing waits for an answer, or not what was named. */
export function nothingPending(): AppError {
  return new AppError('invalid-input', {
    happened: say`No such request waits for an answer.`,
    kept: say`Nothing was sent.`,
  });
}

/** Several requests wait and none was named. */
export function severalPending(): AppError {
  return new AppError('invalid-input', {
    happened: say`Several requests wait for an answer.`,
    kept: say`Nothing was sent.`,
    remedy: say`Name one of them.`,
  });
}

/** No prompt waits, or none with this number. */
export function nothingQueued(): AppError {
  return new AppError('invalid-input', {
    happened: say`No such prompt waits.`,
    kept: say`Nothing was sent.`,
    remedy: say`See /queue.`,
  });
}

/** Several prompts wait and none was named. */
export function severalQueued(): AppError {
  return new AppError('invalid-input', {
    happened: say`Several prompts wait.`,
    kept: say`Nothing was sent.`,
    remedy: say`Name one by its number in /queue.`,
  });
}

/** No background work, or none with this number. */
export function nothingInBackground(): AppError {
  return new AppError('invalid-input', {
    happened: say`Nothing with this number runs in the background.`,
    kept: say`Nothing was stopped.`,
    remedy: say`“/stop-task 1” ends the first of those that are listed.`,
  });
}

/** `/move` without numbers. */
export function unknownMove(): AppError {
  return new AppError('usage', {
    happened: say`/move wants the number of a prompt in /queue, and perhaps of the one that it goes before.`,
    kept: say`Nothing was moved.`,
    remedy: say`“/move 3 1” puts the third before the first, “/move 1” the first behind all.`,
  });
}

/** A question waits: allowing it would answer it with nothing. */
export function wantsAnswer(): AppError {
  return new AppError('invalid-input', {
    happened: say`This is a question: it wants an answer.`,
    kept: say`Nothing was sent.`,
    remedy: say`Use /answer with the number of an option, or with your own words.`,
  });
}

/** No question waits; other requests are allowed or denied. */
export function noQuestion(): AppError {
  return new AppError('invalid-input', {
    happened: say`No question waits for an answer.`,
    kept: say`Nothing was sent.`,
    remedy: say`What else waits is answered by /allow or /deny.`,
  });
}

/** The request names no address. */
export function noAddress(): AppError {
  return new AppError('invalid-input', {
    happened: say`This request names no address to open.`,
    kept: say`Nothing was sent.`,
    remedy: say`Use /allow or /deny.`,
  });
}

/** No form waits. */
export function noForm(): AppError {
  return new AppError('invalid-input', {
    happened: say`No form waits to be filled in.`,
    kept: say`Nothing was sent.`,
  });
}

/** The form has no such field. */
export function noSuchField(count: number): AppError {
  return new AppError('invalid-input', {
    happened: say`The form has no field of this number.`,
    kept: say`Nothing was changed.`,
    remedy: say`Use /field with a number from 1 to ${count} and a value.`,
  });
}

/** What was filled in does not fit; `what` names the field. */
export function badField(what: Words): AppError {
  return new AppError('invalid-input', {
    happened: what,
    kept: say`Nothing was sent; what was filled in is kept.`,
    remedy: say`Correct it with /field and the number of the field, then /allow.`,
  });
}

/** A form is answered at once by JSON. */
export function badJson(): AppError {
  return new AppError('invalid-input', {
    happened: say`This is no JSON.`,
    kept: say`Nothing was sent.`,
    remedy: say`Use /field to fill in a field at a time.`,
  });
}

/** Several questions were asked at once. */
export function answersMissing(count: number): AppError {
  return new AppError('invalid-input', {
    happened: say`${count} questions were asked at once.`,
    kept: say`Nothing was sent.`,
    remedy: say`Give ${count} answers, with semicolons between them.`,
  });
}

/** A command of the terminal needs something behind it. */
export function textMissing(name: string): AppError {
  return new AppError('usage', {
    happened: say`/${name} needs something behind it.`,
    kept: say`Nothing was sent.`,
    remedy: say`/help says what.`,
  });
}

/** A command that the terminal does not have. */
export function unknownVerb(name: string): AppError {
  return new AppError('usage', {
    happened: say`/${name} is no command here.`,
    kept: say`Nothing was sent.`,
    remedy: say`/help lists the commands; //${name} sends it as a prompt.`,
  });
}

/** No session host runs. */
export function noHost(home: string): AppError {
  return new AppError('host-unreachable', {
    happened: say`No session host is running for ${home}.`,
    remedy: say`“${PRODUCT_ID} start” starts one.`,
  });
}

/** The host of a joined session cannot be reached. */
export function sessionSilent(): AppError {
  return new AppError('host-unreachable', {
    happened: say`The computer of this session does not answer.`,
    kept: say`Nothing was sent.`,
    remedy: say`Check that it is on and online, or ask its owner.`,
  });
}

/** The relay of a link cannot be reached. */
export function relaySilent(relay: string, reason: string): AppError {
  return new AppError('relay-unreachable', {
    happened: say`The relay ${relay} cannot be reached${reason === '' ? '' : say` (${reason})`}.`,
    kept: say`Nothing was sent.`,
    remedy: say`Check the network, and that the link is meant for this computer: a link to 127.0.0.1 works only where it was made.`,
  });
}

/** Nothing came of a session, though its relay did not refuse either. */
export function sessionUnseen(relay: string): AppError {
  return new AppError('host-unreachable', {
    happened: say`Nothing of this session came from the relay ${relay}.`,
    kept: say`Nothing was sent.`,
    remedy: say`Check the network, and that the computer of the session is on and online.`,
  });
}

/** What came of a session is not to be trusted; `file` remembers what was seen of it before. */
export function sessionDistrusted({ kind, words }: Alarm, file: string): AppError {
  const codes = {
    fork: 'fork-detected',
    split: 'split-detected',
    rollback: 'rollback-detected',
    refused: 'record-refused',
    update: 'update',
    withheld: 'withheld-detected',
  } as const;
  return new AppError(codes[kind], {
    happened: verbatim(joinParts(spokenParts(words))),
    kept: say`Nothing was sent.`,
    remedy:
      kind === 'rollback'
        ? say`Try again in a minute. If the owner says that the session was restored from a backup, delete ${file}.`
        : say`Ask the owner of the session.`,
  });
}

/** A command to end the host was taken and it takes longer. */
export function hostStays(): AppError {
  return new AppError('host-running', {
    happened: say`The session host still lets its sessions end.`,
    kept: say`It will end by itself when they have.`,
    remedy: say`“${PRODUCT_ID} host stop --force --now” ends it at once.`,
  });
}

/** The session has ended, or is not one that can be opened. */
export function notOpen(id: string, hasEnded: boolean): AppError {
  return new AppError('session-not-found', {
    happened: hasEnded
      ? say`The session ${id} has ended.`
      : say`The session ${id} cannot be opened from here.`,
    kept: hasEnded ? say`Its conversation is kept. Nothing was sent.` : say`Nothing was sent.`,
    remedy: hasEnded
      ? say`“Continue Here” in VS Code goes on with it.`
      : say`Use the terminal that it runs in.`,
  });
}

/** A prompt that was waited for is not in the session any more, and has not run. */
export function promptTakenBack(): AppError {
  return new AppError('command-rejected', {
    happened: say`The prompt was taken back, or stopped, before it had begun.`,
    kept: say`It did not run.`,
  });
}

/** A turn that was waited for ended badly. */
export function turnFailed(detail: string): AppError {
  return new AppError('agent-protocol', { happened: say`The turn ended with an error: ${detail}` });
}

/** This Node lacks something every command needs. */
export function nodeTooOld(version: string): AppError {
  return new AppError('host-runtime', {
    happened: say`This needs Node.js 22.13 or newer; ${version} runs it.`,
    remedy: say`Install a newer Node.js and try again. In a clone, node_modules/.bin/node is one: put it before the file.`,
  });
}

/** The identity file cannot be used. */
export function identityUnusable(file: string, reason: Words): AppError {
  return new AppError('invalid-input', {
    happened: say`The identity in ${file} cannot be used: ${reason}.`,
    kept: say`It was not changed.`,
    remedy: say`Delete it to become a new person in every session, or restore it.`,
  });
}

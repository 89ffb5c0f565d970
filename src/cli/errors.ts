// Errors of the command line: one factory per message.
import { AppError } from '../base/errors.ts';
import { PRODUCT_ID } from '../base/product.ts';

/** The command line was not understood; `command` is the subcommand, if there was one. */
export function usage(detail: string, command?: string): AppError {
  return new AppError('usage', {
    happened: `${detail.replace(/\.$/, '')}.`,
    remedy: `See “${[PRODUCT_ID, command, '--help'].filter(Boolean).join(' ')}”.`,
  });
}

/** No session has an id that begins with `prefix`. */
export function noSuchSession(prefix: string): AppError {
  return new AppError('session-not-found', {
    happened: `No session of this computer has an id that begins with “${prefix}”.`,
    remedy: `“${PRODUCT_ID} sessions” lists them.`,
  });
}

/** Several sessions have an id that begins with `prefix`. */
export function ambiguousSession(prefix: string, matches: readonly string[]): AppError {
  return new AppError('session-ambiguous', {
    happened: `“${prefix}” is the beginning of several ids: ${matches.slice(0, 5).join(', ')}${matches.length > 5 ? ' …' : ''}.`,
    remedy: 'Give more characters of the id.',
  });
}

/** Nobody in the room has this id, prefix or name. */
export function noSuchMember(name: string, isAmbiguous: boolean): AppError {
  return new AppError('invalid-input', {
    happened: isAmbiguous
      ? `Several people here are called “${name}”.`
      : `Nobody here is called “${name}”.`,
    kept: 'Nothing was sent.',
    remedy: 'Name them by the beginning of their member id.',
  });
}

/** Nothing waits for an answer, or not what was named. */
export function nothingPending(): AppError {
  return new AppError('invalid-input', {
    happened: 'No such request waits for an answer.',
    kept: 'Nothing was sent.',
  });
}

/** Several requests wait and none was named. */
export function severalPending(): AppError {
  return new AppError('invalid-input', {
    happened: 'Several requests wait for an answer.',
    kept: 'Nothing was sent.',
    remedy: 'Name one of them.',
  });
}

/** No session host runs. */
export function noHost(home: string): AppError {
  return new AppError('host-unreachable', {
    happened: `No session host is running for ${home}.`,
    remedy: `“${PRODUCT_ID} start” starts one.`,
  });
}

/** The session host was found and does not answer. */
export function hostSilent(): AppError {
  return new AppError('host-unreachable', {
    happened: 'The session host of this computer does not answer.',
    kept: 'Its sessions were left alone.',
    remedy: `Try again; if it stays like this, end it with “${PRODUCT_ID} host stop”.`,
  });
}

/** The host of a joined session cannot be reached. */
export function sessionSilent(): AppError {
  return new AppError('host-unreachable', {
    happened: 'The computer of this session does not answer.',
    kept: 'Nothing was sent.',
    remedy: 'Check that it is on and online, or ask its owner.',
  });
}

/** The relay of a link cannot be reached. */
export function relaySilent(relay: string, reason: string): AppError {
  return new AppError('relay-unreachable', {
    happened: `The relay ${relay} cannot be reached${reason === '' ? '' : ` (${reason})`}.`,
    kept: 'Nothing was sent.',
    remedy:
      'Check the network, and that the link is meant for this computer: a link to 127.0.0.1 works only where it was made.',
  });
}

/** A command to end the host was taken and it goes on. */
export function hostStays(reason: string): AppError {
  return new AppError('host-running', {
    happened: `The session host is still running: ${reason}.`,
    kept: 'Its sessions go on.',
    remedy: `“${PRODUCT_ID} host stop --force” ends it and running turns with it.`,
  });
}

/** The session cannot be opened from here. */
export function notOpen(id: string): AppError {
  return new AppError('session-not-found', {
    happened: `The session ${id} is not running under the session host, so nothing can be sent to it.`,
    kept: 'Nothing was sent.',
    remedy: 'Type into its own terminal, or continue it here once it has ended.',
  });
}

/** The host answered in a shape that this version does not know. */
export function strangeAnswer(what: string): AppError {
  return new AppError('internal', {
    happened: `The session host answered ${what} in a way that this version does not know.`,
    remedy: `Update ${PRODUCT_ID} on both sides.`,
  });
}

/** A turn that was waited for ended badly. */
export function turnFailed(detail: string): AppError {
  return new AppError('agent-protocol', { happened: `The turn ended with an error: ${detail}` });
}

/** This Node lacks something every command needs. */
export function nodeTooOld(version: string): AppError {
  return new AppError('host-runtime', {
    happened: `This needs Node.js 22.13 or newer; ${version} runs it.`,
    remedy: 'Install a newer Node.js and try again.',
  });
}

/** The identity file cannot be used. */
export function identityUnusable(file: string, reason: string): AppError {
  return new AppError('invalid-input', {
    happened: `The identity in ${file} cannot be used: ${reason}.`,
    kept: 'It was not changed.',
    remedy: 'Delete it to become a new person in every session, or restore it.',
  });
}

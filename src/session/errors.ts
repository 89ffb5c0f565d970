// What becomes of a command, as a person can read it: what happened, what was kept, what to do.
import { AppError } from '../base/errors.ts';
import { PRODUCT_NAME } from '../base/product.ts';
import type { Rejection } from '../protocol/command.ts';
import type { AgentRules, GuestVerdict } from '../protocol/agentRules.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { Problem } from '../protocol/state.ts';

/** Thrown by whoever executes a command to refuse it; becomes the ack 'rejected' with this code and text. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
  readonly code: Rejection;

  constructor(code: Rejection, message: string) {
    super(message);
    this.code = code;
  }
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
  return new CommandRefused(code, error.message);
}

/** The sender is not, or no longer, a member of the room. */
export function notMember(): CommandRefused {
  return new CommandRefused(
    'not-member',
    'You are not a member of this session any more. Nothing was run. Ask its owner for a new link.',
  );
}

/** The sender's role or rights do not reach; `action` completes "You may not …". */
export function notAllowed(action: string): CommandRefused {
  return new CommandRefused(
    'not-allowed',
    `You may not ${action}. Nothing was changed. Ask the session's owner to do it or to allow it.`,
  );
}

/** The sender came by a controller link and the owner has not pressed Allow control. */
export function waitsForOwner(): CommandRefused {
  return new CommandRefused(
    'not-allowed',
    'The owner has not allowed you to control this session yet. Nothing was run. Wait until they press "Allow control", then send it again.',
  );
}

/** Made for an earlier process of the session host; the sender seals it again by itself. */
export function staleTerm(): CommandRefused {
  return new CommandRefused(
    'stale-term',
    'The session host was restarted before this arrived. It was not run. It is sent again by itself.',
  );
}

/** It arrived after the time its sender gave it. */
export function expiredCommand(): CommandRefused {
  return new CommandRefused(
    'expired',
    'This arrived too late and was not run. Your text is kept. Send it again if you still want it.',
  );
}

/** The sender withdrew it, so that what follows need not wait for it. */
export function voidedCommand(): CommandRefused {
  return new CommandRefused(
    'voided',
    'This was withdrawn by its sender and was not run. Send it again if you still want it.',
  );
}

/** Somebody else has control; `holder` is their name. */
export function noControl(holder: string | undefined): CommandRefused {
  return new CommandRefused(
    'no-control',
    `${holder ?? 'Somebody else'} has control. Your prompt was not run and is kept in the composer. Request control to send it.`,
  );
}

/** Somebody else had control since the sender's picture; `holder` is who has it now. */
export function superseded(holder: string | undefined): CommandRefused {
  const remedy =
    holder === undefined
      ? 'Read what happened since, then send it again.'
      : `${holder} has control now: request control to send it.`;
  return new CommandRefused(
    'superseded',
    `Control had passed to somebody else before your prompt arrived. It was not run and is kept in the composer. ${remedy}`,
  );
}

/** As many wait for control as may. */
export function controlQueueFull(): CommandRefused {
  return new CommandRefused(
    'too-many',
    `${LIMITS.controlQueue} people wait for control already. Everybody keeps their place. Ask again when some of them have had their turn.`,
  );
}

/** A kind that this version does not know. */
export function unsupportedCommand(): CommandRefused {
  return new CommandRefused(
    'unsupported',
    "The session's computer does not know this command. Nothing was run. Update Twinhelm there.",
  );
}

/** Arguments or counter not as the protocol says; `detail` is one short clause. */
export function invalidCommand(detail: string): CommandRefused {
  return new CommandRefused(
    'invalid',
    `The command was not understood (${detail}). Nothing was run. Update Twinhelm on both sides and try again.`,
  );
}

/** More commands wait, or fetches run, than one member may have. */
export function tooManyCommands(): CommandRefused {
  return new CommandRefused(
    'too-many',
    'Too many commands of yours are under way. This one was not run. Wait for the others, then send it again.',
  );
}

/** A guest's slash command outside the allow-list; `name` with its slash. */
function guestSlashCommand(name: string, allowed: readonly string[]): CommandRefused {
  return new CommandRefused(
    'not-allowed',
    `Guests may not run ${name}. Your text is kept in the composer. Guests may run ${allowed.join(', ')}; begin with another character to send it as text, or ask the owner.`,
  );
}

/** [R8] A command that guests may run, but that a file of the project or of the owner stands for here. */
function guestForeignCommand(name: string): CommandRefused {
  return new CommandRefused(
    'not-allowed',
    `Guests may run only the agent's own ${name}, and here it is a command or skill of the project or of the owner. Your text is kept in the composer. Ask the owner to run it.`,
  );
}

/** A guest's slash command with an @ in it. */
function guestArguments(name: string): CommandRefused {
  return new CommandRefused(
    'not-allowed',
    `Guests may run ${name} only without an @ in it. Your text is kept in the composer. Send it without the @.`,
  );
}

/** [R10] A guest's prompt that names what lies outside the session's folder. */
function guestMention(path: string): CommandRefused {
  return new CommandRefused(
    'not-allowed',
    `Guests may not name files outside the session's folder with @, like “${path}”. Your text is kept in the composer. Send it without the @, or ask the owner.`,
  );
}

const SHOWN_CHARS = 40;

/** What a guest's prompt is refused for, or undefined if it may run. */
export function refusedPrompt(
  verdict: GuestVerdict,
  { guestCommands }: Pick<AgentRules, 'guestCommands'>,
): CommandRefused | undefined {
  if (verdict.kind !== 'refused') return undefined;
  const { why, what } = verdict;
  const shown = what.length > SHOWN_CHARS ? `${what.slice(0, SHOWN_CHARS)}…` : what;
  switch (why) {
    case 'outside':
      return guestMention(shown);
    case 'arguments':
      return guestArguments(shown);
    case 'other-command':
      return guestSlashCommand(shown, guestCommands);
    case 'foreign-command':
      return guestForeignCommand(shown);
  }
}

/** [R17] The session runs without asking for permissions. */
export function controlSuspended(): CommandRefused {
  return new CommandRefused(
    'not-allowed',
    'This session runs without asking for permissions now, so guests may only watch. Nothing was run. Wait until its owner changes the mode.',
  );
}

/** A mode that guests can never set. */
export function guestMode(mode: string): CommandRefused {
  return new CommandRefused(
    'not-allowed',
    `The mode "${mode}" can't be set by guests. The mode was not changed. Ask the owner to set it on the session's computer.`,
  );
}

/** A queued prompt of somebody else. */
export function notOwnPrompt(): CommandRefused {
  return new CommandRefused(
    'not-allowed',
    'This prompt is not yours. It stays in the queue. Ask its author or the owner to cancel it.',
  );
}

/** A request that somebody answered before; `by` is their name. */
export function alreadyAnswered(by: string | undefined): CommandRefused {
  return new CommandRefused(
    'already-answered',
    `${by ?? 'Somebody'} has answered this already. Your answer was not used. Nothing more is to be done.`,
  );
}

/** Something named by id is not there; `what` completes "This … is not there". */
export function notFound(what: string): CommandRefused {
  return new CommandRefused(
    'not-found',
    `This ${what} is not there any more. Nothing was changed. Look at the session's newest state and try again.`,
  );
}

/** A session that is only watched. */
export function readOnlySession(): CommandRefused {
  return new CommandRefused(
    'read-only',
    'This session runs in a terminal and is only watched. Nothing was sent; your text is kept. Type it there, or continue the session here once it has ended.',
  );
}

/** The host ended between journal and effect. */
export const UNKNOWN_OUTCOME =
  'The session host stopped while this was being carried out, so nobody knows whether it took effect. It is not run again by itself. Look at the session, then send it again if it is missing.';

/** Something broke on the host; details are in its log. */
export const EXECUTION_FAILED =
  "This failed on the session's computer. The session goes on. Try again; the log of the session host says more.";

/** The journal could not be written, so nothing was run. */
export const NOT_JOURNALLED =
  "The session's computer could not write this down (disk full?), so it was not run. Your text is kept. Free some space there and try again.";

/** More is in a room than its state can carry; `leftOut` names it: '3 people'. */
export function stateTooLarge(leftOut: string): Problem {
  return {
    code: 'state-too-large',
    happened: `More is going on here than can be shown at once. Not shown: ${leftOut}.`,
    kept: 'The session goes on; nothing of the conversation is lost.',
    remedy: 'End links and remove people that are not needed any more.',
  };
}

/** Arguments of so many bytes, which no command can carry; 'too-large'. */
export function commandTooLarge(bytes: number): AppError {
  return new AppError('too-large', {
    happened: `This is too long to send: ${Math.ceil(bytes / 1024)} KB, the limit is ${Math.floor(LIMITS.commandBytes / 1024) - 2} KB.`,
    kept: 'Nothing was sent; your text was kept.',
    remedy: 'Put the long part into a file of the project and name the file in the prompt.',
  });
}

/** The host has answered none of the last ones; 'too-many'. */
export function tooManyUnanswered(): AppError {
  return new AppError('too-many', {
    happened: `${LIMITS.outstandingCommands} commands of yours are still unanswered.`,
    kept: 'Nothing was sent; your text was kept.',
    remedy: 'Wait until the session is live again.',
  });
}

/** The host describes the room in a form that this version cannot read; 'update'. */
export function unreadableState(): AppError {
  return new AppError('update', {
    happened: `This ${PRODUCT_NAME} cannot read what the computer of the session says about it: that computer probably runs a newer one.`,
    kept: 'What you see is what was last understood; it may be old.',
    remedy: `Update ${PRODUCT_NAME} here.`,
  });
}

/** A request of a kind that this version does not know; 'update'. */
export function unknownRequest(kind: string): AppError {
  return new AppError('update', {
    happened: `This ${PRODUCT_NAME} does not know requests of the kind “${kind}”, and so not what it would allow.`,
    kept: 'Nothing was sent; the request goes on waiting.',
    remedy: `Deny it, or update ${PRODUCT_NAME} here to allow it.`,
  });
}

/** Sent, and surely not run: its time is over. */
export const NOT_ANSWERED =
  'The host did not answer in time. Your text was kept. Send it again when the session is live.';

/** It has never left this device. */
export const NEVER_SENT =
  'The connection ended before this was sent. Your text was kept. Nothing of it was run.';

/** Sent, and its answer was not heard. */
export const PERHAPS_RUN =
  'The connection was lost before the host answered. It may have run. Look at the session before you send it again.';

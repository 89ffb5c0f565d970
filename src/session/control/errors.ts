// Why a guest may not do what was asked: the refusals of rights, and of the rules of an agent.
import { say } from '../../base/say.ts';
import type { AgentRules, GuestVerdict } from '../../protocol/agentRules.ts';
import { type CommandRefused, refused } from '../errors.ts';

const SHOWN_CHARS = 40;

/** The sender came by a controller link and the owner has not pressed Allow control. */
export function waitsForOwner(): CommandRefused {
  return refused('not-allowed', {
    happened: say`The owner has not allowed you to control this session yet.`,
    kept: say`Nothing was run.`,
    remedy: say`Wait until they press "Allow control", then send it again.`,
  });
}

/** A guest's slash command outside the allow-list; `name` with its slash. */
function guestSlashCommand(name: string, allowed: readonly string[]): CommandRefused {
  return refused('not-allowed', {
    happened: say`Guests may not run ${name}.`,
    kept: say`Your text is kept in the composer.`,
    remedy: say`Guests may run ${allowed.join(', ')}; begin with another character to send it as text, or ask the owner.`,
  });
}

/** [R8] A command that guests may run, but that a file of the project or of the owner stands for here. */
function guestForeignCommand(name: string): CommandRefused {
  return refused('not-allowed', {
    happened: say`Guests may run only the agent's own ${name}, and here it is a command or skill of the project or of the owner.`,
    kept: say`Your text is kept in the composer.`,
    remedy: say`Ask the owner to run it.`,
  });
}

/** A guest's slash command with an @ in it. */
function guestArguments(name: string): CommandRefused {
  return refused('not-allowed', {
    happened: say`Guests may run ${name} only without an @ in it.`,
    kept: say`Your text is kept in the composer.`,
    remedy: say`Send it without the @.`,
  });
}

/** [R10] A guest's prompt that names what lies outside the session's folder. */
function guestMention(path: string): CommandRefused {
  return refused('not-allowed', {
    happened: say`Guests may not name files outside the session's folder with @, like “${path}”.`,
    kept: say`Your text is kept in the composer.`,
    remedy: say`Send it without the @, or ask the owner.`,
  });
}

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
  return refused('not-allowed', {
    happened: say`This session runs without asking for permissions now, so guests may only watch.`,
    kept: say`Nothing was run.`,
    remedy: say`Wait until its owner changes the mode.`,
  });
}

/** A mode that guests can never set. */
export function guestMode(mode: string): CommandRefused {
  return refused('not-allowed', {
    happened: say`The mode "${mode}" can't be set by guests.`,
    kept: say`The mode was not changed.`,
    remedy: say`Ask the owner to set it on the session's computer.`,
  });
}

/** A queued prompt of somebody else. */
export function notOwnPrompt(): CommandRefused {
  return refused('not-allowed', {
    happened: say`This prompt is not yours.`,
    kept: say`It stays in the queue.`,
    remedy: say`Ask its author or the owner to cancel it.`,
  });
}

// Why a guest may not do what was asked: the refusals of rights, and of the rules of an agent.
import { say } from '../../base/say.ts';
import type { GuestVerdict } from '../../protocol/agentRules.ts';
import { type CommandRefused, refused } from '../errors.ts';

/** The sender came by a controller link and the owner has not pressed Allow control. */
export function waitsForOwner(): CommandRefused {
  return refused('not-allowed', {
    happened: say`The owner has not allowed you to control this session yet.`,
    kept: say`Nothing was run.`,
    remedy: say`Wait until they press "Allow control", then send it again.`,
  });
}

/** What a guest's prompt is refused for, in the words of the agent's rules; undefined if it may run. */
export function refusedPrompt(verdict: GuestVerdict): CommandRefused | undefined {
  return verdict.kind === 'refused' ? refused('not-allowed', verdict.words) : undefined;
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
    remedy: say`Ask its author or the owner to change or cancel it.`,
  });
}

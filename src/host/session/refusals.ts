// Refusals of commands that only the session host can make: what happened, what was kept, what to do.
import { LIMITS } from '../../protocol/limits.ts';
import { CommandRefused } from '../../session/errors.ts';

/** The session is over. */
export function sessionEnded(): CommandRefused {
  return new CommandRefused(
    'read-only',
    'This session has ended. Your text is kept. Continue the session first (in VS Code: from the Sessions view), then send it again.',
  );
}

/** Nothing to run. */
export function emptyPrompt(): CommandRefused {
  return new CommandRefused('invalid', 'The prompt is empty. Nothing was run. Type something.');
}

/** As many prompts wait as may. */
export function queueFull(): CommandRefused {
  return new CommandRefused(
    'too-many',
    `${LIMITS.queuedPrompts} prompts wait already. Yours was not taken and is kept in the composer. Send it again when some have run, or take some out of the queue.`,
  );
}

/** The answer names another input than the one that waits. */
export function otherInput(): CommandRefused {
  return new CommandRefused(
    'invalid',
    'This answer belongs to another input than the one that waits now. Nothing was allowed. Look at the request again.',
  );
}

/** [R13] A guest's Allow of what was not seen whole. */
export function notSeen(): CommandRefused {
  return new CommandRefused(
    'unseen',
    'All of it must be on your screen before you allow it. Nothing was allowed, and the request still waits. Show all of it and answer again, or update Twinhelm.',
  );
}

/** [R13] An owner's. */
export function notSeenByOwner(): CommandRefused {
  return new CommandRefused(
    'unseen',
    'You have not seen all of it. Nothing was allowed, and the request still waits. Show all of it and answer again, or say that you allow it unseen.',
  );
}

/** The agent that asked is gone. */
export function answerLost(): CommandRefused {
  return new CommandRefused(
    'not-found',
    'The agent that asked does not wait any more. Your answer was not used. Look at the session and prompt again if needed.',
  );
}

/** A mode that asks nobody, while guests may control. */
export function bypassWithGuests(): CommandRefused {
  return new CommandRefused(
    'not-allowed',
    'The mode that skips all permissions cannot be used while guests may control. The mode was not changed. Stop sharing first.',
  );
}

/** Control of a session that skips all permissions is for nobody but its owner. */
export function controlOfBypass(): CommandRefused {
  return new CommandRefused(
    'not-allowed',
    'This session runs without asking for permissions, so guests cannot be given control. They go on watching. Change its permission mode first.',
  );
}

/** The agent refused to switch. */
export function switchFailed(detail: string): CommandRefused {
  return new CommandRefused(
    'failed',
    `The agent refused: ${detail || 'no reason given'}. Nothing was changed. Try another value.`,
  );
}

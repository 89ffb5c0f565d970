// Why a guest's prompt is not handed to Claude Code: what happened, what was kept, what to do.
import type { ErrorWords } from '../../base/errors.ts';
import { say } from '../../base/say.ts';

const SHOWN_CHARS = 40;

function shown(text: string): string {
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

/** A slash command outside the allow-list; `name` with its slash. */
export function otherCommand(name: string, allowed: readonly string[]): ErrorWords {
  return {
    happened: say`Guests may not run ${shown(name)}.`,
    kept: say`Your text is kept in the composer.`,
    remedy: say`Guests may run ${allowed.join(', ')}; begin with another character to send it as text, or ask the owner.`,
  };
}

/** [R8] A command that guests may run, but that a file of the project or of the owner stands for here. */
export function foreignCommand(name: string): ErrorWords {
  return {
    happened: say`Guests may run only the agent's own ${shown(name)}, and here it is a command or skill of the project or of the owner.`,
    kept: say`Your text is kept in the composer.`,
    remedy: say`Ask the owner to run it.`,
  };
}

/** A slash command with an @ in it. */
export function commandWithFiles(name: string): ErrorWords {
  return {
    happened: say`Guests may run ${shown(name)} only without an @ in it.`,
    kept: say`Your text is kept in the composer.`,
    remedy: say`Send it without the @.`,
  };
}

/** [R10] A prompt that names what lies outside the session's folder. */
export function fileOutside(path: string): ErrorWords {
  return {
    happened: say`Guests may not name files outside the session's folder with @, like “${shown(path)}”.`,
    kept: say`Your text is kept in the composer.`,
    remedy: say`Send it without the @, or ask the owner.`,
  };
}

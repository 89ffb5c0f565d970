// What a guest may write: any text, as text; and a few slash commands.
import { type CommandRefused, guestArguments, guestMention } from '../errors.ts';
import { outsideMention } from './guestMentions.ts';

/** Slash commands that only look at or shorten the conversation. */
export const GUEST_SLASH_COMMANDS: readonly string[] = ['/compact', '/context', '/cost', '/help'];

const ANY_AT = /[@\uff20\ufe6b]/u;

/** Whether a guest's prompt is one of the commands, to be run as such; everything else is text, however it begins. */
export function isGuestCommand(text: string): boolean {
  return GUEST_SLASH_COMMANDS.includes(firstWord(text));
}

/** [R10] Why a guest's prompt is refused, or undefined if it may run. */
export function refuseGuestPrompt(text: string): CommandRefused | undefined {
  // A command is handed to the agent as it is: nothing in it may be expanded.
  if (isGuestCommand(text) && ANY_AT.test(text)) return guestArguments(firstWord(text));
  const outside = outsideMention(text);
  return outside === undefined ? undefined : guestMention(shown(outside));
}

/**
 * The command that a guest meant and may not run; undefined if the text begins with none of
 * `commands` (names without their slash). To be refused: sent as text it would only puzzle the model.
 */
export function otherCommand(text: string, commands: readonly string[]): string | undefined {
  const word = firstWord(text);
  if (!word.startsWith('/') || GUEST_SLASH_COMMANDS.includes(word)) return undefined;
  return commands.includes(word.slice(1)) ? shown(word) : undefined;
}

function firstWord(text: string): string {
  return /^\S*/.exec(text)?.[0] ?? '';
}

const SHOWN_CHARS = 40;

function shown(text: string): string {
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

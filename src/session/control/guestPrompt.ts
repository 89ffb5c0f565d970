// What a guest may write: any text, as text; and a few slash commands.
import { type CommandRefused, guestArguments, guestMention } from '../errors.ts';
import { outsideMention } from './guestMentions.ts';

/** Slash commands that only look at or shorten the conversation. */
export const GUEST_SLASH_COMMANDS: readonly string[] = ['/compact', '/context', '/cost'];

const ANY_AT = /[@\uff20\ufe6b]/u;

/** Whether a guest's prompt is one of the commands, to be run as such; everything else is text, however it begins. */
export function isGuestCommand(text: string): boolean {
  return GUEST_SLASH_COMMANDS.includes(firstWord(text));
}

/** Slash commands as an agent tells them, names without their slash. */
interface KnownCommand {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly isOwn?: boolean;
}

/**
 * [R8] Whether the command that a guest's prompt runs is the agent's own. One of a file, which a
 * project may have under the same name, may do with the guest's words whatever it says.
 */
export function isOwnCommand(text: string, commands: readonly KnownCommand[]): boolean {
  const name = firstWord(text).slice(1);
  const meant = commands.filter((one) => one.name === name || one.aliases?.includes(name) === true);
  return meant.length > 0 && meant.every(({ isOwn }) => isOwn === true);
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

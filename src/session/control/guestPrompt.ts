// What a guest may write at the beginning of a prompt: text, and slash commands from a short list.
import { type CommandRefused, guestEscape, guestSlashCommand } from '../errors.ts';

/** Slash commands that only look at or shorten the conversation. */
export const GUEST_SLASH_COMMANDS: readonly string[] = ['/compact', '/context', '/cost', '/help'];

/** White space, controls, marks and fillers that nobody sees before the first sign. */
const INVISIBLE = /^[\s\p{C}\p{Z}\p{M}\u115f\u1160\u3164\uffa0]+/u;

/** Why a guest's prompt is refused, or undefined if it may run. Full-width signs count as their plain ones. */
export function refuseGuestPrompt(text: string): CommandRefused | undefined {
  const visible = text.replace(INVISIBLE, '').normalize('NFKC');
  const first = visible[0];
  if (first === '!' || first === '#') return guestEscape(first);
  if (first !== '/') return undefined;
  const name = /^\S+/.exec(visible)?.[0] ?? '/';
  return GUEST_SLASH_COMMANDS.includes(name)
    ? undefined
    : guestSlashCommand(name.slice(0, 40), GUEST_SLASH_COMMANDS);
}

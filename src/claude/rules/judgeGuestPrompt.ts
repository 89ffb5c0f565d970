// What a guest may write to Claude Code: any text, as text; and a few slash commands.
import type { ErrorWords } from '../../base/errors.ts';
import type { AgentCommand } from '../../protocol/agent.ts';
import type { GuestVerdict } from '../../protocol/agentRules.ts';
import { commandWithFiles, fileOutside, foreignCommand, otherCommand } from './guestRefusals.ts';
import { outsideMention } from './outsideMention.ts';

/** Slash commands that only look at or shorten the conversation. */
export const GUEST_COMMANDS: readonly string[] = ['/compact', '/context', '/cost'];

const ANY_AT = /[@\uff20\ufe6b]/u;

/** [R8][R10] What becomes of a guest's prompt; `commands` are not known before the agent has told them. */
export function judgeGuestPrompt(text: string, commands?: readonly AgentCommand[]): GuestVerdict {
  const word = /^\S*/.exec(text)?.[0] ?? '';
  const isForGuests = GUEST_COMMANDS.includes(word);
  // A command is handed to the agent as it is: nothing in it may be expanded.
  if (isForGuests && ANY_AT.test(text)) return refusal(commandWithFiles(word));
  const outside = outsideMention(text);
  if (outside !== undefined) return refusal(fileOutside(outside));
  if (isForGuests) {
    const isForeign = commands !== undefined && !isOwn(word.slice(1), commands);
    return isForeign ? refusal(foreignCommand(word)) : { kind: 'command' };
  }
  const isOther = word.startsWith('/') && commands?.some(({ name }) => name === word.slice(1));
  // As text it would only puzzle the model.
  return isOther === true ? refusal(otherCommand(word, GUEST_COMMANDS)) : { kind: 'text' };
}

/** One of a file, which a project may have under the same name, may do with the guest's words whatever it says. */
function isOwn(name: string, commands: readonly AgentCommand[]): boolean {
  const meant = commands.filter((one) => one.name === name || one.aliases?.includes(name) === true);
  return meant.length > 0 && meant.every((one) => one.isOwn === true);
}

function refusal(words: ErrorWords): GuestVerdict {
  return { kind: 'refused', words };
}

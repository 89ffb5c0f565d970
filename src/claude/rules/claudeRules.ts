// What holds for Claude Code only: its modes, what its guests may do, how its processes are told.
import type { AgentRules } from '../../protocol/agentRules.ts';
import { fileMentions } from './fileMentions.ts';
import { judgeGuestPrompt } from './judgeGuestPrompt.ts';

/** What the command line of our own child has, and what its tools run has not: they inherit the marking variable. */
const OWN_ARGUMENT = 'stream-json';

/** What a shell is given that runs a command of its: `bash -c "source …/shell-snapshots/snapshot-bash-….sh … && eval '…'"`. */
const OWN_SHELL = /^source [^;&|\n]*\/shell-snapshots\/snapshot-/;

/** Where it keeps its files, who pays, and how it reaches its models. */
const OWN_VARIABLE = /^(?:ANTHROPIC|CLAUDE)_/i;

/** Rules of Claude Code. */
export const CLAUDE_RULES: AgentRules = {
  askingMode: 'default',
  modes: [
    { id: 'default', kind: 'asking', isForGuests: true },
    { id: 'manual', kind: 'asking', isForGuests: false },
    { id: 'acceptEdits', kind: 'guarded', isForGuests: true },
    { id: 'plan', kind: 'guarded', isForGuests: true },
    // Denies what it is not allowed, without a word.
    { id: 'dontAsk', kind: 'guarded', isForGuests: false },
    { id: 'auto', kind: 'unattended', isForGuests: false },
    { id: 'bypassPermissions', kind: 'unattended', isForGuests: false },
  ],
  judgeGuestPrompt,
  fileMentions,
  mentionOf: (path) => `@"${path}"`,
  isAgentProcess: (commandLine) => commandLine.includes(OWN_ARGUMENT),
  isCommandProcess: (commandLine) => commandLine.some((word) => OWN_SHELL.test(word)),
  isNeededVariable: (name) => OWN_VARIABLE.test(name),
};

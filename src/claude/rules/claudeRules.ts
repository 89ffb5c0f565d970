// What holds for Claude Code only: its modes, what its guests may do, how its processes are told.
import { say } from '../../base/say.ts';
import type { AgentModeRule, AgentRules } from '../../protocol/agentRules.ts';
import { fileMentions } from './fileMentions.ts';
import { judgeGuestPrompt } from './judgeGuestPrompt.ts';

/** What the command line of our own child has, and what its tools run has not: they inherit the marking variable. */
const OWN_ARGUMENT = 'stream-json';

/** What a shell is given that runs a command of its: `bash -c "source …/shell-snapshots/snapshot-bash-….sh … && eval '…'"`. */
const OWN_SHELL = /^source [^;&|\n]*\/shell-snapshots\/snapshot-/;

/** Where it keeps its files, who pays, and how it reaches its models. */
const OWN_VARIABLE = /^(?:ANTHROPIC|CLAUDE)_/i;

const ASK = {
  name: say`Ask before edits`,
  explanation: say`Asks before it changes files or runs commands.`,
} as const;

/** Its permission modes. */
const MODES: readonly AgentModeRule[] = [
  { id: 'default', kind: 'asking', isForGuests: true, isInCycle: true, ...ASK },
  { id: 'manual', kind: 'asking', isForGuests: false, aliasOf: 'default', ...ASK },
  {
    ...{ id: 'acceptEdits', kind: 'guarded', isForGuests: true, isInCycle: true },
    name: say`Edit automatically`,
    explanation: say`Changes files of the folder without asking; asks before it runs commands.`,
  },
  {
    ...{ id: 'plan', kind: 'guarded', isForGuests: true, isInCycle: true },
    name: say`Plan`,
    explanation: say`Looks and makes a plan; changes nothing before the plan is allowed.`,
  },
  {
    // Denies what it is not allowed, without a word.
    ...{ id: 'dontAsk', kind: 'guarded', isForGuests: false },
    name: say`Never ask`,
    explanation: say`Does only what the rules allow; refuses everything else without asking.`,
  },
  {
    ...{ id: 'auto', kind: 'unattended', isForGuests: false },
    name: say`Auto`,
    explanation: say`A second model decides what is safe; most steps run without asking.`,
  },
  {
    ...{ id: 'bypassPermissions', kind: 'unattended', isForGuests: false },
    name: say`Bypass permissions`,
    explanation: say`Runs everything without asking. Only for a computer that nothing can be lost on.`,
  },
];

/** Rules of Claude Code. */
export const CLAUDE_RULES: AgentRules = {
  askingMode: 'default',
  modes: MODES,
  judgeGuestPrompt,
  fileMentions,
  mentionOf: (path) => `@"${path}"`,
  isAgentProcess: (commandLine) => commandLine.includes(OWN_ARGUMENT),
  isCommandProcess: (commandLine) => commandLine.some((word) => OWN_SHELL.test(word)),
  isNeededVariable: (name) => OWN_VARIABLE.test(name),
};

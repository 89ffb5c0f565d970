// What holds for one agent only, as values of its adapter: nobody else knows an agent's modes, commands or processes.
import type { ErrorWords } from '../base/errors.ts';
import { verbatim, type Words } from '../base/say.ts';
import type { AgentCommand, AgentMode } from './agent.ts';
import type { ModeKind } from './state.ts';

/** A permission mode. */
export interface AgentModeRule {
  readonly id: AgentMode;
  /** `unattended`: tools run that nobody was asked about. */
  readonly kind: ModeKind;
  /** Guests with the right to set a mode may set it. */
  readonly isForGuests: boolean;
  /** For people: what it is called, and what it means. */
  readonly name: Words;
  readonly explanation: Words;
  /** One key steps from one of these to the next. */
  readonly isInCycle?: boolean;
  /** Another name of this mode: no choice of its own. */
  readonly aliasOf?: AgentMode;
}

/** What becomes of a guest's prompt. */
export type GuestVerdict =
  /** It is text: nothing in it is run or expanded. */
  | { readonly kind: 'text' }
  /** It runs one of the agent's own commands that guests may run. */
  | { readonly kind: 'command' }
  /** It is not run; the words say why, in the agent's terms. */
  | { readonly kind: 'refused'; readonly words: ErrorWords };

/** A file that a text names: path below the session's folder, with the lines that are meant. */
export interface FileMention {
  readonly path: string;
  readonly fromLine: number;
  /** Infinity: to the end. */
  readonly toLine: number;
}

/** Rules of an agent: data and pure functions. */
export interface AgentRules {
  /** Modes that are known; another one is the owner's and counts as unattended. */
  readonly modes: readonly AgentModeRule[];
  /** The mode that asks about each step; a session that names no mode is in it. */
  readonly askingMode: AgentMode;
  /** [R8][R10] Judges the whole text of a guest's prompt. `commands`: those that the agent has, once they are known. */
  judgeGuestPrompt(text: string, commands?: readonly AgentCommand[]): GuestVerdict;
  /** Files that a text names in the agent's way, at most `max`, each once. */
  fileMentions(text: string, max: number): readonly FileMention[];
  /** How a text of the owner names a file by its full path, so that the agent takes it in. */
  mentionOf(path: string): string;
  /** Whether this command line is the agent's own process, and not one that a tool of it runs. */
  isAgentProcess(commandLine: readonly string[]): boolean;
  /** Whether this command line is that of a shell in which the agent runs a command. */
  isCommandProcess(commandLine: readonly string[]): boolean;
  /** Whether its sessions need this variable: it is the last to go where an environment is too large to travel. */
  isNeededVariable(name: string): boolean;
}

/** What a mode means; undefined is the asking one, an unknown one is unattended. */
export function modeKindOf(rules: AgentRules, mode: AgentMode | undefined): ModeKind {
  const id = mode ?? rules.askingMode;
  return rules.modes.find((one) => one.id === id)?.kind ?? 'unattended';
}

/** [R17] Whether tools run in this mode that nobody was asked about: no guest is in control of such a session. */
export function isUnattendedMode(rules: AgentRules, mode: AgentMode | undefined): boolean {
  return modeKindOf(rules, mode) === 'unattended';
}

/** What a mode is called, for people; one that its adapter does not name is called by its id. */
export function modeNameOf({ modes }: AgentRules, mode: AgentMode): Words {
  return modes.find(({ id }) => id === mode)?.name ?? verbatim(mode);
}

/** [R5] Whether a guest with the right to set a mode may set this one. */
export function isGuestMode(rules: AgentRules, mode: AgentMode): boolean {
  return rules.modes.some((one) => one.id === mode && one.isForGuests);
}

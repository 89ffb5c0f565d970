// Reads user lines that are text: a prompt, a slash command, command output, an interrupt, a note.
import { say } from '../../base/say.ts';
import { saidText } from '../../protocol/said.ts';
import type { EntryImage, PromptOrigin } from '../../protocol/entryParts.ts';
import type { Entry } from '../../protocol/transcript.ts';
import type { MessageLine } from '../wire/messageLine.ts';

/** Id, time and parent of an entry. */
export interface EntryBase {
  readonly id: string;
  readonly at: number;
  readonly parent?: string;
}

/** Text that the CLI writes as a user line when a turn was interrupted. */
const INTERRUPTED = /^\[Request interrupted by user( for tool use)?\]$/;
const COMMAND_NAME = /<command-name>([\s\S]*?)<\/command-name>/;
const COMMAND_ARGS = /<command-args>([\s\S]*?)<\/command-args>/;
const COMMAND_OUTPUT = /^<(local-command-stdout|local-command-stderr)>([\s\S]*?)<\/\1>$/;
const BASH_INPUT = /^<bash-input>([\s\S]*?)<\/bash-input>/;
const BASH_STDOUT = /<bash-stdout>([\s\S]*?)<\/bash-stdout>/;
const BASH_STDERR = /<bash-stderr>([\s\S]*?)<\/bash-stderr>/;
/** Colours of the terminal mean nothing outside it. */
export const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

/** A text that somebody typed, as their prompt: nothing in it is looked at. */
export function personPrompt(
  line: MessageLine,
  text: string,
  images: readonly EntryImage[],
  base: EntryBase,
): Entry {
  const shown = images.length > 0 ? { images: [...images] } : {};
  return { ...base, kind: 'prompt', text, origin: 'person', ...shown, promptId: line.uuid };
}

/** Entries of a text that came as a user line; none for the CLI's notes to the model. */
export function personText(
  line: MessageLine,
  text: string,
  images: readonly EntryImage[],
  base: EntryBase,
): Entry[] {
  if (INTERRUPTED.test(text.trim())) {
    return [
      {
        ...base,
        kind: 'notice',
        level: 'info',
        code: 'interrupted',
        ...saidText(say`Interrupted.`),
      },
    ];
  }
  const command = commandEntry(text, base);
  if (command !== undefined) return command;
  const origin = originOf(line, text);
  // Notes of the CLI to the model: only what another program said is for people.
  if (isNote(line) && origin === 'person') return [];
  // The prompt of a subagent stands in the call that started it.
  if (base.parent !== undefined && origin === 'person') return [];
  if (text === '' && images.length === 0) return [];
  return [
    {
      ...base,
      kind: 'prompt',
      text: origin === 'task' ? taskText(text) : text,
      origin,
      ...(isNote(line) && FOLDED.has(origin) ? { folded: true } : {}),
      ...(images.length > 0 ? { images: [...images] } : {}),
      ...(origin === 'person' ? { promptId: line.uuid } : {}),
    },
  ];
}

/** Summary of a background task's notification, with what it has just printed; or the text itself. */
export function taskText(text: string): string {
  const summary = /<summary>([\s\S]*?)<\/summary>/.exec(text)?.[1];
  if (summary === undefined) return text;
  const event = /<event>([\s\S]*)<\/event>/.exec(text)?.[1]?.trim() ?? '';
  return event === '' ? summary : `${summary}\n${event}`;
}

/** What a local command printed; undefined if the text is not command output. */
export function commandOutput(text: string): string | undefined {
  return COMMAND_OUTPUT.exec(text.trim())?.[2]?.replaceAll(ANSI, '');
}

/** Slash command or shell escape, or its output; undefined if the text is neither. */
export function commandEntry(text: string, base: EntryBase): Entry[] | undefined {
  const entry = (command: string, output: string): Entry[] =>
    command === '' && output === '' ? [] : [{ ...base, kind: 'command', command, text: output }];
  const name = COMMAND_NAME.exec(text)?.[1];
  if (name !== undefined) {
    const args = COMMAND_ARGS.exec(text)?.[1]?.trim() ?? '';
    return entry(`${name.trim()} ${args}`.trim(), '');
  }
  const output = commandOutput(text);
  if (output !== undefined) return entry('', output);
  const shell = BASH_INPUT.exec(text)?.[1];
  if (shell !== undefined) return entry(`!${shell}`, '');
  const stdout = BASH_STDOUT.exec(text)?.[1];
  const stderr = BASH_STDERR.exec(text)?.[1];
  if (stdout === undefined && stderr === undefined) return undefined;
  return entry('', [stdout, stderr].filter(Boolean).join('\n').replaceAll(ANSI, ''));
}

/** Lines that nobody typed: `isSynthetic` live, `isMeta` in the file. */
function isNote(line: MessageLine): boolean {
  return line.isMeta === true || line.isSynthetic === true;
}

/** A prompt that a timer brought. 2.1.197 has no word for it: it is a prompt, and nobody typed it. */
function isScheduled({ turnOrigin, promptSource, isMeta }: MessageLine): boolean {
  if (turnOrigin !== undefined) return turnOrigin === 'scheduled';
  return isMeta === true && promptSource !== undefined;
}

/** What the CLI says to the model by itself, and people should know. */
const SYSTEM_NOTE = /^(?:Output token limit hit|\[Your previous response had no visible output)/;
/** Notes that come into a running turn. */
const FOLDED: ReadonlySet<PromptOrigin> = new Set(['hook', 'skill', 'system']);
const SKILL = /^Base directory for this skill: /;

function originOf(line: MessageLine, text: string): PromptOrigin {
  switch (line.origin?.kind) {
    case 'peer':
      return 'peer';
    case 'task-notification':
      return 'task';
    case undefined:
    case 'human':
      break;
    default:
      return 'system';
  }
  if (text.startsWith('<task-notification>')) return 'task';
  if (isScheduled(line)) return 'scheduled';
  if (!isNote(line)) return 'person';
  if (/^(Stop|SubagentStop) hook feedback:/.test(text)) return 'hook';
  // What a person's own /skill brings along stands in the file alone.
  const isOfCall = line.isSynthetic === true || line.sourceToolUseID !== undefined;
  if (isOfCall && SKILL.test(text)) return 'skill';
  return SYSTEM_NOTE.test(text) ? 'system' : 'person';
}

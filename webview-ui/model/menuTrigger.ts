// What a menu of the composer is asked for by what was typed: a command at the start, a file after an @.
import type { Choice } from '../../src/protocol/local/choices.ts';
import { mentionOf } from '../../src/protocol/local/mention.ts';

/** A place in the text that a choice replaces. */
export interface Trigger {
  readonly list: 'commands' | 'files';
  readonly query: string;
  /** Where the slash or the @ stands, and the end of what was typed behind it. */
  readonly from: number;
  readonly to: number;
}

const COMMAND = /^\/([^\s/]*)$/;
const QUOTED = /(?:^|\s)@"([^"\n]*)$/;
const PLAIN = /(?:^|\s)@([^\s"]*)$/;
/** A command as it is sent; a path that begins with a slash is none. */
const SENT_COMMAND = /^\/([^\s/]+)(?:\s|$)/;

/** What is asked for at this place; undefined: nothing. */
export function triggerAt(text: string, caret: number): Trigger | undefined {
  const before = text.slice(0, caret);
  const command = COMMAND.exec(before);
  if (command)
    return { list: 'commands', query: command[1] ?? '', from: 0, to: endOf(text, caret) };
  const quoted = QUOTED.exec(before);
  const query = (quoted ?? PLAIN.exec(before))?.[1];
  if (query === undefined) return undefined;
  const from = caret - query.length - (quoted ? 2 : 1);
  return { list: 'files', query, from, to: quoted ? caret : endOf(text, caret) };
}

/** The end of the word that the caret stands in. */
function endOf(text: string, caret: number): number {
  const rest = text.slice(caret).search(/\s/);
  return rest < 0 ? text.length : caret + rest;
}

/** The text with a choice in its place, and where the caret stands then; undefined: it cannot be written in a prompt. */
export function chosen(
  text: string,
  { list, from, to }: Trigger,
  { id }: Choice,
): { readonly text: string; readonly caret: number } | undefined {
  const isFolder = list === 'files' && id.endsWith('/');
  const written = list === 'commands' ? `/${id}` : mentionOf(id);
  if (written === undefined) return undefined;
  // A folder is gone on in: its quotes stay open.
  const open = isFolder && written.endsWith('"') ? written.slice(0, -1) : written;
  const rest = text.slice(to);
  const space = isFolder || /^\s/.test(rest) ? '' : ' ';
  const start = `${text.slice(0, from)}${open}${space}`;
  return { text: start + rest, caret: start.length + (space === '' && !isFolder ? 1 : 0) };
}

/** Name of the command that a text runs; undefined: none. */
export function commandIn(text: string): string | undefined {
  return SENT_COMMAND.exec(text)?.[1];
}

/** Whether a command answers to this name. */
export function isNamed({ id, aliases = [] }: Choice, name: string): boolean {
  return id === name || aliases.includes(name);
}

/** Commands that fit, the best first: by how their name begins, then by what it or its explanation contains. */
export function fittingCommands(commands: readonly Choice[], query: string): readonly Choice[] {
  const wanted = query.toLowerCase();
  const rank = ({ id, aliases = [], explanation = '' }: Choice): number => {
    const name = id.toLowerCase();
    if (name.startsWith(wanted)) return 0;
    if (aliases.some((alias) => alias.toLowerCase().startsWith(wanted))) return 1;
    if (name.includes(wanted)) return 2;
    return explanation.toLowerCase().includes(wanted) ? 3 : 4;
  };
  return commands
    .map((command) => ({ command, at: rank(command) }))
    .filter(({ at }) => at < 4)
    .toSorted((a, b) => a.at - b.at)
    .map(({ command }) => command);
}

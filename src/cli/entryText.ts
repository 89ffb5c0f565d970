// A transcript entry as lines of a terminal.
import { assertNever } from '../base/assert.ts';
import type { Json } from '../protocol/json.ts';
import type { Author, CutText, Entry, EntryOf } from '../protocol/transcript.ts';
import { printable } from './io.ts';

/** How many lines of a tool's result are shown. */
const RESULT_LINES = 8;
const RESULT_CHARS = 1200;

/** Colours, or nothing where they are not shown. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/** Makes the colours. */
export function createPaint(hasColours: boolean): Paint {
  const wrap =
    (code: number) =>
    (text: string): string =>
      hasColours ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { bold: wrap(1), dim: wrap(2), red: wrap(31), yellow: wrap(33) };
}

/** Text of an entry, without a final line break; empty for what a terminal need not show. */
export function entryText(entry: Entry, paint: Paint): string {
  switch (entry.kind) {
    case 'prompt':
      return `${paint.bold(`› ${nameOf(entry.author) ?? entry.origin}:`)} ${whole(entry)}`;
    case 'text':
      return whole(entry);
    case 'thinking':
      return paint.dim(`(thinking) ${shorten(whole(entry))}`);
    case 'tool-call':
      return `${paint.bold(`⚙ ${line(entry.displayName ?? entry.tool)}`)} ${inputText(entry.input)}`;
    case 'tool-result': {
      const text = shorten(whole(entry));
      return entry.outcome === 'ok'
        ? paint.dim(indent(text))
        : paint.red(indent(`${entry.outcome}: ${text}`));
    }
    case 'request':
      return paint.yellow(
        [
          `? ${entry.request}: ${requestTitle(entry)}`,
          ...(entry.plan === undefined ? [] : [indent(printable(entry.plan))]),
          ...(entry.questions ?? []).flatMap((question) => [
            indent(printable(question.question)),
            ...question.options.map(({ label }, i) => indent(`${i + 1}. ${line(label)}`)),
          ]),
        ].join('\n'),
      );
    case 'decision': {
      const by = nameOf(entry.author);
      const detail = entry.detail === undefined ? '' : `: ${line(entry.detail)}`;
      return paint.yellow(`→ ${entry.outcome}${by ? ` by ${by}` : ''}${detail}`);
    }
    case 'todos': {
      const marks = { pending: '☐', 'in-progress': '◐', done: '☑' };
      return entry.items.map(({ text, status }) => `  ${marks[status]} ${line(text)}`).join('\n');
    }
    case 'task':
      return paint.dim(`⧉ ${line(entry.title)}: ${entry.status}`);
    case 'compaction':
      return paint.dim('— the conversation was compacted —');
    case 'reset':
      return paint.dim('— a new conversation —');
    case 'command':
      return `${paint.bold(`$ ${line(entry.command)}`)}\n${indent(shorten(whole(entry)))}`;
    case 'turn':
      return turnText(entry, paint);
    case 'retry':
      return paint.yellow(`… trying again (${entry.attempt}): ${line(entry.error)}`);
    case 'notice':
      return entry.level === 'info'
        ? paint.dim(`· ${line(entry.text)}`)
        : paint.yellow(`! ${line(entry.text)}`);
    case 'unknown':
      return paint.dim(`· (${line(entry.type)})`);
    default:
      return assertNever(entry);
  }
}

/** What is asked for; questions and plans follow in lines of their own. */
function requestTitle(entry: EntryOf<'request'>): string {
  const tool = line(entry.displayName ?? entry.tool);
  const isShownBelow = entry.plan !== undefined || (entry.questions ?? []).length > 0;
  return isShownBelow ? tool : `${tool} ${inputText(entry.input)}`;
}

function turnText(entry: EntryOf<'turn'>, paint: Paint): string {
  const seconds =
    entry.durationMs === undefined ? '' : ` after ${(entry.durationMs / 1000).toFixed(1)} s`;
  const cost = entry.costUsd === undefined ? '' : `, $${entry.costUsd.toFixed(4)}`;
  const text = `— ${entry.outcome}${seconds}${cost} —`;
  if (entry.outcome === 'completed') return paint.dim(text);
  return paint.red(entry.error === undefined ? text : `${text} ${line(entry.error)}`);
}

function whole(text: CutText): string {
  if (text.cut === undefined) return printable(text.text);
  return `${printable(text.text)}\n[… ${text.cut.totalBytes} bytes in all …]\n${printable(text.cut.tail)}`;
}

function nameOf(author: Author | undefined): string | undefined {
  return author && line(author.name);
}

/** One line of text from elsewhere. */
function line(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ').trim();
}

function inputText(input: Json): string {
  const command = typeof input === 'object' && input !== null && 'command' in input;
  const text = command && typeof input.command === 'string' ? input.command : JSON.stringify(input);
  const short = line(text);
  return short.length > 300 ? `${short.slice(0, 300)} …` : short;
}

function shorten(text: string): string {
  const lines = text.slice(0, RESULT_CHARS).trimEnd().split('\n');
  const isCut = lines.length > RESULT_LINES || text.length > RESULT_CHARS;
  return lines.slice(0, RESULT_LINES).join('\n') + (isCut ? '\n…' : '');
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

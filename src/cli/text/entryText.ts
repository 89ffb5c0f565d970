// A transcript entry as lines of a terminal.
import { callName } from '../../client/standing/callWords.ts';
import { assertNever } from '../../base/assert.ts';
import type { Json } from '../../protocol/json.ts';
import { authorName } from '../../client/standing/peopleWords.ts';
import { untranslated } from '../../client/translate.ts';
import { choiceLines } from '../join/answerOptions.ts';
import { causeOf } from '../../protocol/requestCauses.ts';
import { requestKindOf, wholeRequest } from '../../protocol/openValues.ts';
import { formProblemOf } from '../../protocol/forms/form.ts';
import { firstDraft } from '../../protocol/forms/formDraft.ts';
import { restOf, textPart } from '../../protocol/toolView.ts';
import type { Author, CutText } from '../../protocol/entryParts.ts';
import type { Entry, EntryOf } from '../../protocol/transcript.ts';
import { oneLine, printable } from '../io.ts';
import { formLines } from './formText.ts';
import { showDeceptive } from '../../base/visibleText.ts';

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
      return `${paint.bold(`⚙ ${oneLine(callName(entry, (word) => word))}`)} ${inputText(entry)}`;
    case 'tool-result': {
      const text = shorten(whole(entry));
      return entry.outcome === 'ok'
        ? paint.dim(indent(text))
        : paint.red(indent(`${entry.outcome}: ${text}`));
    }
    case 'request':
      return paint.yellow(requestText(entry));
    case 'decision': {
      const by = nameOf(entry.author);
      const detail = entry.detail === undefined ? '' : `: ${oneLine(entry.detail)}`;
      return paint.yellow(`→ ${entry.outcome}${by ? ` by ${by}` : ''}${detail}`);
    }
    case 'todos': {
      const marks = { pending: '☐', 'in-progress': '◐', done: '☑' };
      return entry.items
        .map(({ text, status }) => `  ${marks[status]} ${oneLine(text)}`)
        .join('\n');
    }
    case 'task':
      return paint.dim(`⧉ ${oneLine(entry.title)}: ${entry.status}`);
    case 'compaction':
      return paint.dim('— the conversation was compacted —');
    case 'reset':
      return paint.dim('— a new conversation —');
    case 'command':
      return commandText(entry, paint);
    case 'turn':
      return turnText(entry, paint);
    case 'retry':
      return paint.yellow(`… trying again (${entry.attempt}): ${oneLine(entry.error)}`);
    case 'notice':
      return entry.level === 'info'
        ? paint.dim(`· ${oneLine(entry.text)}`)
        : paint.yellow(`! ${oneLine(entry.text)}`);
    case 'unknown':
      return paint.dim(`· (${oneLine(entry.type)})`);
    default:
      return assertNever(entry);
  }
}

/** A command and who ran it, and what it printed: one of both may be missing. */
function commandText(entry: EntryOf<'command'>, paint: Paint): string {
  const by = nameOf(entry.author);
  const line = `${by === undefined ? '' : `${by}: `}$ ${oneLine(entry.command)}`;
  const output = entry.ownerOnly
    ? [paint.dim('  (output of a command, for the owner alone)')]
    : whole(entry) === ''
      ? []
      : [outputText(whole(entry))];
  return [...(entry.command === '' ? [] : [paint.bold(line)]), ...output].join('\n');
}

/** What a command printed, shortened. */
export function outputText(text: string): string {
  return indent(shorten(text));
}

/** What is asked for: all of it, for it is what an answer allows. */
export function requestText(entry: EntryOf<'request'>): string {
  const name = oneLine(callName(entry, (word) => word));
  const kind = oneLine(entry.request);
  // A plan that is called Plan is said once.
  const title = name.toLowerCase() === kind ? `? ${name}` : `? ${kind}: ${name}`;
  const isUnknown = requestKindOf(entry.request) === 'unknown';
  return [
    title,
    ...causeLine(entry),
    ...agentLine(entry),
    ...(isUnknown ? unknownBody(entry) : knownBody(entry)).map(indent),
  ].join('\n');
}

/** Which subagent asks. */
function agentLine({ agent }: EntryOf<'request'>): readonly string[] {
  if (agent === undefined) return [];
  const name = [agent.type, agent.title && `“${agent.title}”`].filter(Boolean).join(' ');
  return [oneLine(`asked by the subagent ${name}`.trim())];
}

/** For whose prompt it is asked. */
function causeLine(entry: EntryOf<'request'>): readonly string[] {
  const isForGuest = entry.causes?.some(({ guest }) => guest === true) === true;
  const cause = isForGuest ? causeOf(entry, undefined) : undefined;
  if (cause === undefined) return [];
  const more = cause.more > 0 ? ` and ${cause.more} more` : '';
  return [oneLine(`for ${cause.name}’s prompt “${cause.text}”${more}`)];
}

function unknownBody(entry: EntryOf<'request'>): readonly string[] {
  return [
    wholeJson(wholeRequest(entry)),
    ...cutNote(entry),
    '(This version does not know such requests: it can only be denied here.)',
  ];
}

function knownBody(entry: EntryOf<'request'>): readonly string[] {
  const { plan, questions = [], reason, form } = entry;
  if (form !== undefined && formProblemOf(form) === undefined) {
    return [...formLines(form, firstDraft(form)), ...cutNote(entry)];
  }
  if (requestKindOf(entry.request) === 'form') return unfillableBody(entry);
  const asked = questions.flatMap((question) => [
    showDeceptive(question.question),
    ...question.options.map(({ label }, i) => `${i + 1}. ${oneLine(label)}`),
  ]);
  const command = textPart(entry, 'command');
  const body =
    plan !== undefined
      ? [showDeceptive(plan)]
      : asked.length > 0
        ? asked
        : command === undefined
          ? [wholeJson(entry.input)]
          : [showDeceptive(command), ...besideCommand(entry)];
  const why = reason === undefined ? [] : [`(${oneLine(reason)})`];
  const choices = choiceLines(entry);
  const also = choices.length === 0 ? [] : ['With /allow also:', ...choices.map(indent)];
  return [...body, ...cutNote(entry), ...why, ...also];
}

/** A form that nobody can fill in. */
function unfillableBody(entry: EntryOf<'request'>): readonly string[] {
  return [wholeJson(entry.input), ...cutNote(entry), '(It can’t be filled in: /deny declines it.)'];
}

/** What else the agent asks for, such as to leave the sandbox. */
function besideCommand(entry: EntryOf<'request'>): readonly string[] {
  const rest = Object.entries(restOf(entry, ['command'])).filter(
    ([, value]) => value !== entry.description,
  );
  return rest.length === 0 ? [] : [wholeJson(Object.fromEntries(rest))];
}

function cutNote({ inputCut }: EntryOf<'request'>): readonly string[] {
  if (inputCut === undefined) return [];
  return [
    `[… ${inputCut.totalBytes} bytes in all: /view shows the rest, before it can be allowed …]`,
  ];
}

function wholeJson(value: Json): string {
  return showDeceptive(JSON.stringify(value, undefined, 2));
}

function turnText(entry: EntryOf<'turn'>, paint: Paint): string {
  const seconds =
    entry.durationMs === undefined ? '' : ` after ${(entry.durationMs / 1000).toFixed(1)} s`;
  const cost = entry.costUsd === undefined ? '' : `, $${entry.costUsd.toFixed(4)}`;
  const text = `— ${entry.outcome}${seconds}${cost} —`;
  if (entry.outcome === 'completed') return paint.dim(text);
  return paint.red(entry.error === undefined ? text : `${text} ${oneLine(entry.error)}`);
}

/** A text; of one that was cut, its head, how much there is, and its tail. */
export function whole(text: CutText): string {
  if (text.cut === undefined) return printable(text.text);
  return `${printable(text.text)}\n[… ${text.cut.totalBytes} bytes in all …]\n${printable(text.cut.tail)}`;
}

function nameOf(author: Author | undefined): string | undefined {
  return author && oneLine(authorName(author, untranslated));
}

function inputText(call: EntryOf<'tool-call'>): string {
  const short = oneLine(textPart(call, 'command') ?? JSON.stringify(call.input));
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

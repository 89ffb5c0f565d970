// A transcript as one Markdown text, to be copied or saved: what was said whole, what was done in short.
import { assertNever } from '../../base/assert.ts';
import { requestKindOf, wholeRequest } from '../../protocol/openValues.ts';
import type { CutText } from '../../protocol/entryParts.ts';
import { changesOf, textPart } from '../../protocol/toolView.ts';
import type { Entry, EntryOf } from '../../protocol/transcript.ts';
import type { PlacedEntry } from '../../session/view.ts';
import { callName } from '../standing/callWords.ts';
import { authorName } from '../standing/peopleWords.ts';
import { heard } from '../../protocol/said.ts';
import { type Translate, wordsText } from '../translate.ts';

/** Lines of an output that are kept. */
const MAX_OUTPUT_LINES = 40;

/** The text. `title` becomes its heading; `locale` is that of its times. */
export function transcriptMarkdown(
  entries: readonly PlacedEntry[],
  { title, locale, t }: { readonly title: string; readonly locale: string; readonly t: Translate },
): string {
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const blocks = entries.map(({ entry }) => blockOf(entry, t, (at) => time.format(at)));
  return `${[`# ${title.replaceAll('\n', ' ')}`, ...blocks.filter((block) => block !== '')].join('\n\n')}\n`;
}

function blockOf(entry: Entry, t: Translate, time: (at: number) => string): string {
  switch (entry.kind) {
    case 'prompt': {
      const who = entry.author === undefined ? t('Prompt') : authorName(entry.author, t);
      return `## ${who} · ${time(entry.at)}\n\n${cutText(entry, t)}`;
    }
    case 'text':
      return cutText(entry, t);
    case 'thinking':
      return entry.text === '' ? '' : quoted(`*${t('Thinking')}*\n\n${cutText(entry, t)}`);
    case 'tool-call':
      return callBlock(entry, t);
    case 'tool-result':
      return entry.text === '' ? '' : fenced(shortened(cutText(entry, t), t), '');
    case 'request':
      return requestBlock(entry, t);
    case 'decision':
      return `- ${decisionWord(entry, t)}${entry.detail === undefined ? '' : `: ${entry.detail}`}`;
    case 'todos':
      return entry.items
        .map(({ text, status }) => `- [${status === 'done' ? 'x' : ' '}] ${text}`)
        .join('\n');
    case 'task':
      return entry.status === 'running' ? '' : `- ${entry.title}: ${entry.summary ?? entry.status}`;
    case 'compaction':
      return `---\n\n*${t('Compacted')}*`;
    case 'reset':
      return `---\n\n*${t('Conversation cleared')}*`;
    case 'command':
      return commandBlock(entry, t);
    case 'turn':
      return entry.outcome === 'completed'
        ? ''
        : `*${turnWord(entry, t)}* ${entry.error ?? ''}`.trim();
    case 'retry':
      return `*${entry.error}*`;
    case 'notice':
      return `*${wordsText(heard(entry.text, entry.said), t)}*`;
    case 'unknown':
      return fenced(entry.json, 'json');
    default:
      return assertNever(entry);
  }
}

function callBlock(call: EntryOf<'tool-call'>, t: Translate): string {
  const name = callName(call, t);
  const path = textPart(call, 'path');
  const command = textPart(call, 'command');
  const head = `**${name}**${path === undefined ? '' : ` \`${path}\``}`;
  if (command !== undefined) return `${head}\n\n${fenced(command, 'sh')}`;
  const content = textPart(call, 'content');
  if (content !== undefined) return `${head}\n\n${fenced(shortened(content, t), '')}`;
  const changes = changesOf(call).map(({ before, after }) =>
    [...signed(before, '-'), ...signed(after, '+')].join('\n'),
  );
  if (changes.length > 0) return `${head}\n\n${fenced(changes.join('\n'), 'diff')}`;
  const about =
    textPart(call, 'description') ?? textPart(call, 'query') ?? textPart(call, 'subject');
  return about === undefined ? head : `${head} ${about.split('\n', 1)[0] ?? ''}`;
}

function signed(text: string, sign: string): readonly string[] {
  return text === ''
    ? []
    : text
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => sign + line);
}

function requestBlock(request: EntryOf<'request'>, t: Translate): string {
  switch (requestKindOf(request.request)) {
    case 'plan':
      return `**${t('Plan')}**\n\n${request.plan ?? ''}`;
    case 'question':
      return (request.questions ?? [])
        .map(({ question, options }) =>
          [`**${question}**`, ...options.map(({ label }) => `- ${label}`)].join('\n'),
        )
        .join('\n\n');
    case 'form':
      return `**${request.form?.message ?? request.tool}**`;
    // Its call stands there already, with what it does.
    case 'permission':
      return '';
    case 'unknown':
      return fenced(JSON.stringify(wholeRequest(request), undefined, 2), 'json');
  }
}

function decisionWord({ outcome, author }: EntryOf<'decision'>, t: Translate): string {
  const who = author === undefined ? undefined : authorName(author, t);
  switch (outcome) {
    case 'allowed':
      return who === undefined ? t('Allowed') : t('Allowed by {0}', who);
    case 'denied':
      return who === undefined ? t('Denied') : t('Denied by {0}', who);
    case 'answered':
      return who === undefined ? t('Answered') : t('Answered by {0}', who);
    case 'withdrawn':
      return t('No longer asked');
    case 'lost':
      return t('Lost when the session was restarted');
  }
}

function turnWord({ outcome, author }: EntryOf<'turn'>, t: Translate): string {
  switch (outcome) {
    case 'completed':
      return t('Done');
    case 'interrupted':
      return author === undefined
        ? t('Interrupted')
        : t('Interrupted by {0}', authorName(author, t));
    case 'failed':
      return t('The turn failed');
    case 'limit':
      return t('Stopped at a limit');
  }
}

/** [R18] What is for owners alone stays in the panel. */
function commandBlock(entry: EntryOf<'command'>, t: Translate): string {
  const head = entry.command === '' ? '' : `\`${entry.command}\``;
  const output =
    entry.ownerOnly === true
      ? `*${t('Output of a command, for the owner alone')}*`
      : entry.text === ''
        ? ''
        : fenced(cutText(entry, t), '');
  return [head, output].filter((part) => part !== '').join('\n\n');
}

function cutText({ text, cut }: CutText, t: Translate): string {
  return cut === undefined
    ? text
    : `${text}\n\n[… ${t('Only a part is shown here.')}]\n\n${cut.tail}`;
}

function shortened(text: string, t: Translate): string {
  const lines = text.split('\n');
  if (lines.length <= MAX_OUTPUT_LINES) return text;
  return [
    ...lines.slice(0, MAX_OUTPUT_LINES),
    `[… ${t('{0} more', lines.length - MAX_OUTPUT_LINES)}]`,
  ].join('\n');
}

function quoted(text: string): string {
  return text.replace(/^/gm, '> ');
}

/** A fence longer than every one in the text. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([marks]) => marks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`;
}

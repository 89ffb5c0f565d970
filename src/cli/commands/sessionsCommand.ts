// `twinhelm sessions`: the sessions of this computer.
import { parseArgs } from 'node:util';
import { shortId } from '../../base/ids.ts';
import { PRODUCT_ID } from '../../base/product.ts';
import type { Json } from '../../protocol/json.ts';
import { standing } from '../../client/standing/standing.ts';
import { waitText } from '../../client/standing/waitWords.ts';
import { untranslated } from '../../client/translate.ts';
import { holdReasonOf, sourceOf, statusOf } from '../../protocol/openValues.ts';
import { filterMatches, parseFilter } from '../../client/lists/sessionFilter.ts';
import { ownerNeed } from '../../client/standing/ownerNeed.ts';
import { waitingSentence } from '../../client/standing/replacementWords.ts';
import { taskCount } from '../../client/standing/taskWords.ts';
import type { DirectoryRow, Replacement, SessionStatus } from '../../protocol/state.ts';
import { asUsage, noPositionals } from '../arguments.ts';
import { EXIT } from '../exitCode.ts';
import { type CliCommand, type CliIo, oneLine, printJson, printText } from '../io.ts';
import { withHostClient } from '../hostClient.ts';
import { cutToWidth, padToWidth, textWidth } from '../text/textWidth.ts';

const ORDER: Readonly<Record<SessionStatus, number>> = {
  waiting: 0,
  working: 1,
  starting: 2,
  idle: 3,
  ended: 4,
};

/** The subcommand `sessions`. */
export const sessionsCommand: CliCommand = {
  summary: 'list the sessions of this computer',
  help: `Usage: twinhelm sessions [--search TEXT] [--all] [--json]

Lists the sessions of this computer, those that wait for you first: hosted
ones, and those that run in a terminal (watched only). An id may be shortened
everywhere to any beginning that only one session has.

  --search TEXT  only those that have all of its words in title, project, branch,
                 folder, model or id; state:STATE (waiting, working, idle, ended,
                 archived, pinned, shared, terminal) and project:NAME narrow it
  --all   archived sessions too
  --json  one line of JSON: {"sessions": [...]}, with "replacement" while a newer
          version waits for the session host
  --help  print this
`,
  async run(args, io) {
    const { values, positionals } = asUsage('sessions', () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          search: { type: 'string' },
          all: { type: 'boolean' },
          json: { type: 'boolean' },
        },
      }),
    );
    noPositionals('sessions', positionals);
    const [all, waiting] = await withHostClient(io, { mayStart: true }, (machine) =>
      Promise.all([machine.rows(), machine.waiting()]),
    );
    const filter = parseFilter(values.search ?? '');
    const isAll = values.all === true || filter?.states.includes('archived') === true;
    const rows = inOrder(all.filter((row) => isAll || row.archived !== true)).filter(
      (row) => filter === undefined || filterMatches(filter, row),
    );
    if (values.json) {
      // JSON by its schema, which its type does not say.
      const replacement = waiting === undefined ? {} : { replacement: waiting as unknown as Json };
      printJson(io, { sessions: rows.map((row) => rowJson(row)), ...replacement });
    } else {
      printTable(io, rows, filter !== undefined && all.length > 0);
      if (waiting) printText(io, waitingNote(waiting, io.clock.now()));
    }
    return EXIT.ok;
  },
};

/** Pinned first, then what waits for a person; of those in one state the one that was used last. */
export function inOrder(rows: readonly DirectoryRow[]): readonly DirectoryRow[] {
  return rows.toSorted(
    (a, b) => rank(a) - rank(b) || b.session.lastActivityAt - a.session.lastActivityAt,
  );
}

function rank({ session, pinned }: DirectoryRow): number {
  if (pinned === true) return -1;
  return ownerNeed(session) === undefined ? ORDER[statusOf(session.status)] : ORDER.waiting;
}

/** [Z7] Others on its conversation, and what waits for the owner. */
function needNote(session: DirectoryRow['session']): string {
  const need = ownerNeed(session);
  if (need === 'folder') return 'waits for you: its folder is gone';
  if (need === 'others') return 'waits for you: others on it';
  return session.others ? 'others on it' : '';
}

/** A row without what lets others in. */
function rowJson(row: DirectoryRow): Json {
  const { session, sharing, guests, pending, archived, pinned, canContinue } = row;
  // The session's facts are JSON by their schema, which their type does not say.
  const facts = session as unknown as { readonly [key: string]: Json };
  return {
    ...facts,
    shared: sharing !== undefined,
    guests,
    pending,
    archived: archived ?? false,
    pinned: pinned ?? false,
    canContinue: canContinue ?? false,
  };
}

/** What is only watched says where it runs, or in which way it is there that this version does not know. */
function watchedNote(source: DirectoryRow['session']['source']): string {
  if (sourceOf(source) === 'hosted') return '';
  return source === 'observed' ? 'terminal' : `${source}, watched only`;
}

/** What its agent waits for; this computer's time is that of its sessions. */
function waitNote({ session }: DirectoryRow, hostNow: number): string {
  const control = { kind: 'watching', reason: 'joining' } as const;
  const stands = standing({ truth: { kind: 'live' }, control, session, hostNow });
  return waitText(stands, untranslated) ?? '';
}

/** [G6] The newer version that waits, and how it need not; `now`: wall time, ms. */
export function waitingNote(waiting: Replacement, now: number): string {
  const how = `“${PRODUCT_ID} host replace” lets it take over now`;
  const later = waiting.asksSince === undefined ? '' : ', with --wait it goes on waiting';
  return oneLine(`${waitingSentence(waiting, now, untranslated)} ${how}${later}.`);
}

/** [Q5] [Q7] Prompts that wait, and that nothing of them runs by itself. */
function queueNote({ queued = 0, queueHold }: DirectoryRow['session']): string {
  if (queued === 0) return '';
  if (queueHold === undefined) return `${queued} queued`;
  return holdReasonOf(queueHold.why) === 'stop'
    ? `${queued} held by Stop`
    : `${queued} held, the turn failed`;
}

/** What is to be said of a row beside its columns; `now`: wall time, ms. */
export function rowNotes(row: DirectoryRow, now: number): string {
  const notes = [
    needNote(row.session),
    waitNote(row, now),
    row.pending > 0 ? `${row.pending} waiting` : '',
    row.session.tasks ? `${taskCount(row.session)} in the background` : '',
    queueNote(row.session),
    row.sharing ? `shared, ${row.guests} here` : '',
    watchedNote(row.session.source),
    row.pinned ? 'pinned' : '',
    row.archived ? 'archived' : '',
  ];
  return notes.filter(Boolean).join(', ');
}

function printTable(io: CliIo, rows: readonly DirectoryRow[], isFiltered: boolean): void {
  if (rows.length === 0 && isFiltered) return printText(io, 'No session is like that.');
  if (rows.length === 0) {
    printText(io, 'There are no sessions on this computer yet. “twinhelm start” starts one.');
    return;
  }
  const ids = rows.map((row) => row.session.id);
  const cells = rows.map((row) => {
    const { id, status, title, project, branch, lastActivityAt } = row.session;
    const place = [project, branch].filter(Boolean).join(' · ');
    const age = ageText(io.clock.now() - lastActivityAt);
    return [shortId(id, ids), status, title, place, age, rowNotes(row, io.clock.now())];
  });
  const table = [['id', 'state', 'title', 'where', 'last', ''], ...cells];
  for (const line of alignColumns(table, io.columns)) printText(io, line);
}

/** Columns of the table that take what the terminal has: title and place. */
const ELASTIC = [2, 3];
const MAX_COLUMNS = 48;
const MIN_COLUMNS = 8;

/** Lines of a table; text from elsewhere is made printable, and cut where the terminal is narrow. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  columns: number | undefined,
): string[] {
  const clean = rows.map((row) => row.map((cell) => cutToWidth(oneLine(cell), MAX_COLUMNS)));
  const widths = (clean[0] ?? []).map((_, i) =>
    Math.max(...clean.map((row) => textWidth(row[i] ?? ''))),
  );
  const total = widths.reduce((sum, width) => sum + width + 2, -2);
  let over = total - (columns ?? Infinity);
  for (const i of ELASTIC.toReversed()) {
    const width = widths[i] ?? 0;
    const narrow = Math.min(width, Math.max(MIN_COLUMNS, width - Math.max(0, over)));
    over -= width - narrow;
    widths[i] = narrow;
  }
  return clean.map((row) =>
    row
      .map((cell, i) => padToWidth(cutToWidth(cell, widths[i] ?? 0), widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function ageText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes}m`;
  return minutes < 1440 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 1440)}d`;
}

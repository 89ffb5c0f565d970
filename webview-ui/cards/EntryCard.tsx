// One row of the transcript: chooses the card for its kind.
import { useErrorBoundary } from 'preact/hooks';
import { assertNever } from '../../src/base/assert.ts';
import { RowGroup, type ShownRow } from '../model/rowGroups.ts';
import type { TranscriptRow } from '../model/transcriptRow.ts';
import { CommandCard, CompactionCard, TodosCard, UnknownCard } from './foldedCards.tsx';
import { GroupCard } from './GroupCard.tsx';
import { NoticeLine, ResetLine, RetryLine, TaskLine, TurnLine } from './entryLines.tsx';
import { PromptCard, TextCard } from './messageCards.tsx';
import { ThinkingCard } from './ThinkingCard.tsx';
import { DecisionLine, RequestCard } from './RequestCard.tsx';
import { OrphanResultCard, ToolCard } from './ToolCard.tsx';
import { useUi } from '../ui.ts';

/** The card of a row; renders again when the row's parts change. One that fails costs no other. */
export function EntryCard({ row }: { readonly row: TranscriptRow }) {
  const { post } = useUi();
  const [error] = useErrorBoundary(() =>
    post({ type: 'log', level: 'error', text: `a card failed: ${row.entry.kind}` }),
  );
  const entry = row.entry;
  if (error !== undefined) {
    const { id, at, kind } = entry;
    const json = JSON.stringify(entry);
    const unknown = { kind: 'unknown', id, at, type: kind, json } as const;
    return <UnknownCard id={row.key} index={row.index} entry={unknown} />;
  }
  switch (entry.kind) {
    case 'prompt':
      return <PromptCard id={row.key} index={row.index} entry={entry} />;
    case 'text':
      return <TextCard id={row.key} index={row.index} entry={entry} />;
    case 'thinking':
      return <ThinkingCard id={row.key} index={row.index} entry={entry} />;
    case 'tool-call':
      return <ToolCard row={row} call={entry} renderRow={renderRow} />;
    case 'tool-result':
      return <OrphanResultCard id={row.key} index={row.index} entry={entry} />;
    case 'request':
      return <RequestCard id={row.key} index={row.index} request={entry} decision={row.decision} />;
    case 'decision':
      return <DecisionLine decision={entry} />;
    case 'todos':
      return <TodosCard id={row.key} entry={entry} />;
    case 'task':
      return <TaskLine entry={entry} />;
    case 'compaction':
      return <CompactionCard id={row.key} index={row.index} entry={entry} />;
    case 'reset':
      return <ResetLine entry={entry} />;
    case 'command':
      return <CommandCard id={row.key} index={row.index} entry={entry} output={row.output} />;
    case 'turn':
      return <TurnLine entry={entry} />;
    case 'retry':
      return <RetryLine entry={entry} />;
    case 'notice':
      return <NoticeLine entry={entry} />;
    case 'unknown':
      return <UnknownCard id={row.key} index={row.index} entry={entry} />;
    default:
      return assertNever(entry);
  }
}

function renderRow(row: TranscriptRow) {
  return <EntryCard key={row.key} row={row} />;
}

/** A row of the list: a card, or several as one. */
export function RowCard({ row }: { readonly row: ShownRow }) {
  return row instanceof RowGroup ? (
    <GroupCard group={row} renderRow={renderRow} />
  ) : (
    <EntryCard row={row} />
  );
}

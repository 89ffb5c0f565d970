// A tool call with its result, its permission and its subagent.
import type { ComponentChildren } from 'preact';
import { requestKindOf } from '../../src/protocol/openValues.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import type { TranscriptRow } from '../model/transcriptRow.ts';
import { DiffTotals } from '../parts/DiffView.tsx';
import { FileButton } from '../parts/FileButton.tsx';
import { Fold } from '../parts/Fold.tsx';
import { Icon, Spinner } from '../parts/Icon.tsx';
import { countLines, formatDuration, formatLines, formatTokens } from '../text/format.ts';
import { familyOf, numberPart, textPart, type ToolFamily } from '../../src/protocol/toolView.ts';
import { describeTool } from '../text/toolHead.ts';
import type { Translate } from '../strings.ts';
import { useUi } from '../ui.ts';
import { AnsweredQuestions, DecisionLine, PlanBody } from './RequestCard.tsx';
import { Subagent } from './Subagent.tsx';
import { diffOfCall, ResultBody, ToolBody } from './toolBodies.tsx';

type Outcome =
  'running' | 'waiting' | 'ok' | 'error' | 'denied' | 'blocked' | 'interrupted' | 'none';

function outcomeOf(row: TranscriptRow): Outcome {
  if (row.task?.status === 'running') return 'running';
  if (row.result?.entry.autoDenied === true) return 'blocked';
  if (row.result !== undefined) return row.result.entry.outcome;
  if (row.request !== undefined && row.decision === undefined) return 'waiting';
  return row.isAbandoned === true ? 'none' : 'running';
}

function OutcomeMark({ outcome, t }: { readonly outcome: Outcome; readonly t: Translate }) {
  switch (outcome) {
    case 'running':
      return (
        <span class="outcome" title={t('Running')}>
          <Spinner />
          <span class="sr-only">{t('Running')}</span>
        </span>
      );
    case 'waiting':
      return (
        <span class="outcome outcome-warn">
          <Icon name="question" />
          {t('waiting')}
        </span>
      );
    case 'ok':
      return (
        <span class="outcome outcome-ok" title={t('Done')}>
          <Icon name="check" />
          <span class="sr-only">{t('Done')}</span>
        </span>
      );
    case 'error':
      return (
        <span class="outcome outcome-bad">
          <Icon name="close" />
          {t('failed')}
        </span>
      );
    case 'denied':
      return (
        <span class="outcome outcome-bad">
          <Icon name="close" />
          {t('denied')}
        </span>
      );
    case 'blocked':
      return (
        <span class="outcome outcome-bad">
          <Icon name="close" />
          {t('blocked')}
        </span>
      );
    case 'interrupted':
      return (
        <span class="outcome outcome-warn">
          <Icon name="stop" />
          {t('interrupted')}
        </span>
      );
    case 'none':
      return <span class="outcome muted">{t('no result')}</span>;
  }
}

function kindOf({ request }: TranscriptRow): ReturnType<typeof requestKindOf> | undefined {
  return request && requestKindOf(request.request);
}

function isOpenAtFirst(family: ToolFamily, row: TranscriptRow): boolean {
  // What waits is shown in full above the composer.
  if (row.request !== undefined && row.decision === undefined) return false;
  const outcome = row.result?.entry.outcome;
  if (outcome === 'error' || row.result?.entry.autoDenied === true) return true;
  const kind = kindOf(row);
  if (kind === 'plan' || kind === 'question') return true;
  return family === 'shell' || family === 'edit' || family === 'write';
}

function extraStatus(row: TranscriptRow, call: EntryOf<'tool-call'>, t: Translate) {
  const family = familyOf(call);
  if (family === 'edit' || family === 'write') {
    const diff = diffOfCall(call, row.result?.entry);
    return diff === undefined ? null : <DiffTotals diff={diff} />;
  }
  if (family === 'agent') return <TaskFigures row={row} />;
  const code = family === 'shell' ? row.result?.entry.exitCode : undefined;
  if (code !== undefined && code !== 0) return <span class="muted">{t('exit {0}', code)}</span>;
  const result = row.result?.entry;
  if (result?.outcome !== 'ok' || (family !== 'read' && family !== 'search')) return null;
  return <span class="muted">{formatLines(countLines(result.text), t)}</span>;
}

function TaskFigures({ row }: { readonly row: TranscriptRow }) {
  const { t } = useUi();
  const task = row.task;
  if (task === undefined) return null;
  const parts = [
    task.toolUses === undefined ? '' : t('{0} tool uses', task.toolUses),
    task.totalTokens === undefined ? '' : t('{0} tokens', formatTokens(task.totalTokens)),
    task.durationMs === undefined ? '' : formatDuration(task.durationMs),
  ].filter((part) => part !== '');
  return <span class="muted">{parts.join(' · ')}</span>;
}

/** The card of a call; `renderRow` renders what its subagent did. */
export function ToolCard(props: {
  readonly row: TranscriptRow;
  readonly call: EntryOf<'tool-call'>;
  readonly renderRow: (row: TranscriptRow) => ComponentChildren;
}) {
  const { row, call, renderRow } = props;
  const { store, t } = useUi();
  const folder = store.header.value?.session?.cwd;
  const head = describeTool(call, folder, t);
  const family = familyOf(call);
  const kind = kindOf(row);
  const path = textPart(call, 'path');
  const isPlan = kind === 'plan' || family === 'plan';
  const isQuestion = kind === 'question';
  return (
    <Fold
      id={row.key}
      class={`tool tool-${outcomeOf(row)}`}
      icon={head.icon}
      title={head.title}
      subtitle={
        <span dir={head.isCode ? 'ltr' : 'auto'} class={head.isCode ? 'mono' : ''}>
          {head.subtitle}
        </span>
      }
      status={
        <>
          {extraStatus(row, call, t)}
          <OutcomeMark outcome={outcomeOf(row)} t={t} />
        </>
      }
      isOpenAtFirst={isOpenAtFirst(family, row)}
      action={path !== undefined && <FileButton path={path} line={numberPart(call, 'fromLine')} />}
    >
      {isPlan ? (
        <PlanBody plan={row.request?.plan ?? textPart(call, 'plan') ?? ''} />
      ) : isQuestion && row.request !== undefined ? (
        <AnsweredQuestions request={row.request} decision={row.decision} />
      ) : (
        <ToolBody row={row} call={call} />
      )}
      {(isPlan || isQuestion) && <WhyNot row={row} />}
      {family === 'agent' && <Subagent row={row} callId={call.callId} renderRow={renderRow} />}
      {row.result?.entry.autoDenied === true && (
        <p class="line notice-warning">
          <Icon name="warning" />
          <span class="line-text">
            {t(
              'Refused by an automatic check of the agent. Nobody was asked, and nobody denied it.',
            )}
          </span>
        </p>
      )}
      {row.decision !== undefined && <DecisionLine decision={row.decision} />}
    </Fold>
  );
}

/** What became of a plan or a question that nobody answered: the agent's own reason. */
function WhyNot({ row }: { readonly row: TranscriptRow }) {
  const result = row.result;
  if (result === undefined || result.entry.outcome === 'ok') return null;
  if (row.decision !== undefined) return null;
  const { index, entry } = result;
  return (
    <ResultBody
      id={`${row.key}/why`}
      index={index}
      result={entry}
      isTerminal={false}
      foldAfter={20}
    />
  );
}

/** A result whose call is not loaded. */
export function OrphanResultCard(props: {
  id: string;
  index: number;
  entry: EntryOf<'tool-result'>;
}) {
  const { t } = useUi();
  const { id, index, entry } = props;
  return (
    <Fold
      id={id}
      class="tool"
      icon="plug"
      title={t('Result of an earlier call')}
      status={<OutcomeMark outcome={entry.outcome} t={t} />}
    >
      <ResultBody id={id} index={index} result={entry} isTerminal={false} foldAfter={20} />
    </Fold>
  );
}

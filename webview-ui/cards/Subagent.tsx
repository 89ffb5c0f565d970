// What a subagent did, inside the card of the call that started it.
import type { ComponentChildren } from 'preact';
import { Fold } from '../parts/Fold.tsx';
import type { TranscriptRow } from '../model/transcriptRow.ts';
import { useUi } from '../ui.ts';
import { LiveCard } from './LiveCard.tsx';
import { Icon, Spinner } from '../parts/Icon.tsx';

// Rendered at once; earlier steps of a long run on demand.
const SHOWN_AT_FIRST = 40;

/** Steps of the subagent, folded, with its newest news. */
export function Subagent(props: {
  readonly row: TranscriptRow;
  readonly callId: string;
  readonly renderRow: (row: TranscriptRow) => ComponentChildren;
}) {
  const { row, callId, renderRow } = props;
  const { store, t } = useUi();
  const live = store.live.nested.value.get(callId) ?? [];
  const steps = row.children;
  const key = `${row.key}/steps`;
  const allKey = `${key}/all`;
  const isAll = store.opened.value.get(allKey) ?? false;
  const shown = isAll ? steps : steps.slice(-SHOWN_AT_FIRST);
  const task = row.task;
  return (
    <>
      {task !== undefined && (
        <p class="line muted">
          {task.status === 'running' ? <Spinner /> : <Icon name="agent" />}
          <bdi>{task.summary ?? task.title}</bdi>
        </p>
      )}
      {(steps.length > 0 || live.length > 0) && (
        <Fold id={key} class="nested" title={t('{0} steps', steps.length)}>
          {shown.length < steps.length && (
            <button type="button" class="link-button" onClick={() => store.setOpened(allKey, true)}>
              {t('Show {0} earlier steps', steps.length - shown.length)}
            </button>
          )}
          {shown.map((child) => (
            <div key={child.key} class="row">
              {renderRow(child)}
            </div>
          ))}
          {live.map((block) => (
            <div key={block.key} class="row">
              <LiveCard row={block} />
            </div>
          ))}
        </Fold>
      )}
    </>
  );
}

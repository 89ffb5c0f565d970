// Calls that only look, as one line that opens into them.
import type { ComponentChildren } from 'preact';
import { familyOf, textPart } from '../../src/protocol/toolView.ts';
import type { RowGroup } from '../model/rowGroups.ts';
import type { TranscriptRow } from '../model/transcriptRow.ts';
import { Fold } from '../parts/Fold.tsx';
import { Icon, Spinner } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';
import { relativePath } from '../text/format.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { useUi } from '../ui.ts';

/** What was looked at, in words: 'Read 4 files, 2 searches'. */
export function groupText(rows: readonly TranscriptRow[], t: Translate): string {
  const calls = rows.flatMap(({ entry }) => (entry.kind === 'tool-call' ? [entry] : []));
  const reads = calls.filter((call) => familyOf(call) === 'read');
  const files = new Set(reads.map((call) => textPart(call, 'path') ?? call.id)).size;
  const searches = calls.length - reads.length;
  return [
    files === 0 ? '' : files === 1 ? t('Read 1 file') : t('Read {0} files', files),
    searches === 0 ? '' : searches === 1 ? t('1 search') : t('{0} searches', searches),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** The group; `renderRow` renders one of its rows. */
export function GroupCard(props: {
  readonly group: RowGroup;
  readonly renderRow: (row: TranscriptRow) => ComponentChildren;
}) {
  const { group, renderRow } = props;
  const { store, t } = useUi();
  const { rows } = group;
  const folder = store.header.value?.session?.cwd;
  const names = rows.flatMap(({ entry }) => {
    const about =
      entry.kind === 'tool-call'
        ? (textPart(entry, 'path') ?? textPart(entry, 'query'))
        : undefined;
    return about === undefined ? [] : [relativePath(about, folder)];
  });
  const isRunning = rows.some(
    ({ entry, result, isAbandoned }) =>
      entry.kind === 'tool-call' && result === undefined && !isAbandoned,
  );
  return (
    <Fold
      id={group.key}
      class="tool group"
      icon="search"
      title={groupText(rows, t)}
      subtitle={
        <span dir="ltr" class="mono">
          {showDeceptive([...new Set(names)].join(', '))}
        </span>
      }
      status={isRunning ? <Spinner /> : <Icon name="check" />}
    >
      {rows.map((row) => (
        <div key={row.key} class="row">
          {renderRow(row)}
        </div>
      ))}
    </Fold>
  );
}

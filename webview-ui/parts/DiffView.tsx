// A unified diff with line numbers; colour is never the only mark.
import { useMemo } from 'preact/hooks';
import type { Diff, DiffLine } from '../text/diffLines.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { formatLines } from '../text/format.ts';
import { useUi } from '../ui.ts';

const FOLD_AFTER = 30;
const MAX_SHOWN = 2000;

const SIGNS: Readonly<Record<DiffLine['kind'], string>> = {
  added: '+',
  removed: '−',
  context: ' ',
  gap: '⋯',
};

/** Totals of a diff: '+3 −1'. */
export function DiffTotals({ diff }: { readonly diff: Diff }) {
  return (
    <span class="diff-totals" dir="ltr">
      <span class="diff-plus">+{diff.added}</span> <span class="diff-minus">−{diff.removed}</span>
    </span>
  );
}

function LineText({ line }: { readonly line: DiffLine }) {
  const [from, to] = line.changed ?? [0, 0];
  if (to <= from) return <>{showDeceptive(line.text)}</>;
  return (
    <>
      {showDeceptive(line.text.slice(0, from))}
      <span class="diff-changed">{showDeceptive(line.text.slice(from, to))}</span>
      {showDeceptive(line.text.slice(to))}
    </>
  );
}

/** The lines of a diff, folded when long. */
export function DiffView({ id, diff, index }: { id: string; diff: Diff; index: number }) {
  const { store, post, t } = useUi();
  const key = `${id}/diff`;
  const isOpen = store.opened.value.get(key) ?? false;
  const isLong = diff.lines.length > FOLD_AFTER + 2;
  const shown = diff.lines.slice(0, isLong && !isOpen ? FOLD_AFTER : MAX_SHOWN);
  const width = useMemo(() => {
    const numbers = diff.lines.flatMap((line) => [line.oldNumber ?? 0, line.newNumber ?? 0]);
    return String(numbers.reduce((most, number) => Math.max(most, number), 0)).length;
  }, [diff]);
  const hasNumbers = width > 1 || shown.some((line) => line.newNumber !== undefined);
  return (
    <>
      <div class="diff" dir="ltr" tabIndex={0} role="region" aria-label={t('Changes')}>
        <div class="diff-lines">
          {shown.map((line, at) => (
            <div key={at} class={`diff-line diff-${line.kind}`}>
              {hasNumbers && (
                <span class="diff-number" aria-hidden="true">
                  {String(line.newNumber ?? line.oldNumber ?? '').padStart(width)}
                </span>
              )}
              <span class="diff-sign">{SIGNS[line.kind]}</span>
              <span class="diff-text">
                <LineText line={line} />
              </span>
            </div>
          ))}
        </div>
      </div>
      {isOpen && diff.lines.length > MAX_SHOWN && (
        <p class="warn">{t('Only a part is shown here.')}</p>
      )}
      <div class="fold">
        {isLong && (
          <button type="button" class="link-button" onClick={() => store.setOpened(key, !isOpen)}>
            {isOpen ? t('Show less') : t('Show all {0}', formatLines(diff.lines.length, t))}
          </button>
        )}
        <button
          type="button"
          class="link-button"
          onClick={() => post({ type: 'open-entry', index })}
        >
          {t('Open diff')}
        </button>
      </div>
    </>
  );
}

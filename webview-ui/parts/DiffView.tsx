// A unified diff with line numbers; colour is never the only mark.
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { type CodePiece, languageOfPath, pieceLines, slicePieces } from '../text/codePieces.ts';
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

/** The text of a line: its syntax colours, and a mark on what has changed in it. */
function LineText({ line, pieces }: { line: DiffLine; pieces: readonly CodePiece[] | undefined }) {
  const all = pieces ?? [{ text: line.text }];
  const parts: VNode[] = [];
  let at = 0;
  const add = (to: number, isChanged: boolean): void => {
    const shown = slicePieces(all, at, to).map(({ text, kind }, n) => (
      <span key={n} class={kind && `hl-${kind}`}>
        {showDeceptive(text)}
      </span>
    ));
    parts.push(
      <span key={at} class={isChanged ? 'diff-changed' : undefined}>
        {shown}
      </span>,
    );
    at = to;
  };
  for (const [from, to] of line.changed ?? []) {
    if (from > at) add(from, false);
    add(to, true);
  }
  if (at < line.text.length) add(line.text.length, false);
  return <>{parts}</>;
}

/** The lines as they stood before or stand after, for colours that know what is around a line. */
function sideOf(diff: Diff, left: DiffLine['kind']): string {
  return diff.lines.flatMap(({ kind, text }) => (kind === left ? [] : [text])).join('\n');
}

/** The coloured pieces of each line of a diff, once they are there. */
function useColours(diff: Diff, path: string): (at: number) => readonly CodePiece[] | undefined {
  const { code } = useUi().store;
  const language = languageOfPath(path);
  const sides = useMemo(
    () => ({ before: sideOf(diff, 'added'), after: sideOf(diff, 'removed') }),
    [diff],
  );
  const before = code.pieces(sides.before, language).value;
  const after = code.pieces(sides.after, language).value;
  const lines = useMemo(() => {
    if (before === undefined || after === undefined) return undefined;
    const [old, made] = [pieceLines(before), pieceLines(after)];
    let [oldAt, madeAt] = [0, 0];
    return diff.lines.map(({ kind }) => {
      const pieces = kind === 'removed' ? old[oldAt] : made[madeAt];
      if (kind !== 'added') oldAt++;
      if (kind !== 'removed') madeAt++;
      return pieces;
    });
  }, [diff, before, after]);
  return (at) => lines?.[at];
}

/** The lines of a diff, folded when long. */
export function DiffView(props: {
  readonly id: string;
  readonly diff: Diff;
  readonly index: number;
  /** Of the file: its ending says which language it is. */
  readonly path: string;
}) {
  const { id, diff, index, path } = props;
  const { store, post, t } = useUi();
  const coloursOf = useColours(diff, path);
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
                <LineText line={line} pieces={coloursOf(at)} />
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

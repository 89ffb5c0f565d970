// A text that may be cut (head and tail are here, the whole is fetched) or just long (folded).
import type { ComponentChildren } from 'preact';
import type { CutText } from '../../src/protocol/entryParts.ts';
import { countLines, formatBytes, formatLines } from '../text/format.ts';
import { useUi } from '../ui.ts';

// Rendered at once at the most; longer texts open in an editor.
const MAX_SHOWN_CHARACTERS = 200_000;

/** How LongText shows a text. */
export interface LongTextProps {
  /** Key of the card, for what was opened. */
  readonly id: string;
  readonly body: Pick<CutText, 'text' | 'cut'>;
  /** Lines shown before folding. */
  readonly foldAfter: number;
  /** Which end stays when folded: of a log the end matters. */
  readonly keep: 'head' | 'tail';
  /** Entry to open in an editor. */
  readonly index: number;
  readonly render: (text: string) => ComponentChildren;
}

function fold(text: string, lines: number, keep: 'head' | 'tail'): string {
  const all = text.replace(/\n$/, '').split('\n');
  return (keep === 'head' ? all.slice(0, lines) : all.slice(-lines)).join('\n');
}

/** The text with what it takes to see all of it. */
export function LongText({ id, body, foldAfter, keep, index, render }: LongTextProps) {
  const { store, t } = useUi();
  const cut = body.cut;
  const blob = cut?.blob;
  const loaded = blob === undefined ? undefined : store.blobs.value.get(blob);
  const whole = loaded?.kind === 'loaded' ? loaded.text : cut === undefined ? body.text : undefined;
  if (whole === undefined && cut !== undefined) {
    return <CutParts body={body} blob={blob} index={index} render={render} />;
  }
  const text = whole ?? body.text;
  const lines = countLines(text);
  const key = `${id}/fold`;
  const isOpen = store.opened.value.get(key) ?? loaded?.kind === 'loaded';
  const isLong = lines > foldAfter + 2;
  const shown = isLong && !isOpen ? fold(text, foldAfter, keep) : text;
  const more = isLong && (
    <div class="fold">
      <button type="button" class="link-button" onClick={() => store.setOpened(key, !isOpen)}>
        {isOpen ? t('Show less') : t('Show all {0}', formatLines(lines, t))}
      </button>
    </div>
  );
  return (
    <>
      {keep === 'tail' && !isOpen && more}
      {render(shown.slice(0, MAX_SHOWN_CHARACTERS))}
      {shown.length > MAX_SHOWN_CHARACTERS && (
        <p class="cut">
          {t('Only a part is shown here.')}
          <OpenInEditor index={index} />
        </p>
      )}
      {(keep === 'head' || isOpen) && more}
    </>
  );
}

function CutParts({
  body,
  blob,
  index,
  render,
}: Pick<LongTextProps, 'body' | 'index' | 'render'> & { readonly blob: string | undefined }) {
  const { store, t } = useUi();
  const cut = body.cut;
  if (cut === undefined) return null;
  const state = blob === undefined ? undefined : store.blobs.value.get(blob);
  const size = formatBytes(cut.totalBytes);
  return (
    <>
      {body.text !== '' && render(body.text)}
      <div class="cut" role="note">
        {state?.kind === 'loading' ? (
          <span>{t('Loading {0} …', size)}</span>
        ) : blob === undefined ? (
          <span>{t('Cut: {0} in all. The rest was not kept.', size)}</span>
        ) : (
          <button type="button" class="link-button" onClick={() => store.fetchBlob(blob)}>
            {t('Show all ({0})', size)}
          </button>
        )}
        <OpenInEditor index={index} />
        {state?.kind === 'failed' && <span class="bad">{state.error}</span>}
      </div>
      {cut.tail !== '' && render(cut.tail)}
    </>
  );
}

function OpenInEditor({ index }: { readonly index: number }) {
  const { post, t } = useUi();
  return (
    <button type="button" class="link-button" onClick={() => post({ type: 'open-entry', index })}>
      {t('Open in editor')}
    </button>
  );
}

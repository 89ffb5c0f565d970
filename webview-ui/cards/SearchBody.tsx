// What a search has found: each place opens its file.
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { FileLink } from '../parts/FileButton.tsx';
import { LongText } from '../parts/LongText.tsx';
import { relativePath } from '../text/format.ts';
import { searchLine } from '../text/searchHits.ts';
import { useUi } from '../ui.ts';

function Line({ text }: { readonly text: string }) {
  const { store } = useUi();
  const { place, path, line, rest } = searchLine(text);
  if (path === undefined) return <span class="found-line">{showDeceptive(rest)}</span>;
  return (
    <span class="found-line">
      <FileLink
        path={path}
        line={line}
        text={relativePath(place, store.header.value?.session?.cwd)}
      />
      {showDeceptive(rest)}
    </span>
  );
}

/** The lines of the result. */
export function SearchBody(props: {
  readonly id: string;
  readonly index: number;
  readonly result: EntryOf<'tool-result'>;
}) {
  const { id, index, result } = props;
  const { t } = useUi();
  if (result.text === '' && result.cut === undefined)
    return <p class="muted line">{t('No output')}</p>;
  return (
    <LongText
      id={`${id}/result`}
      index={index}
      body={result}
      foldAfter={24}
      keep="head"
      render={(text) => (
        <pre class="output" dir="ltr" tabIndex={0}>
          {text
            .replace(/\n$/, '')
            .split('\n')
            .map((line, at) => (
              <Line key={at} text={line} />
            ))}
        </pre>
      )}
    />
  );
}

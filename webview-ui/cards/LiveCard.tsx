// A block that streams now.
import { useComputed } from '@preact/signals';
import type { LiveRow } from '../model/liveModel.ts';
import { Fold } from '../parts/Fold.tsx';
import { Spinner } from '../parts/Icon.tsx';
import { StreamingMarkdown } from '../parts/Markdown.tsx';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { useUi } from '../ui.ts';

/** The block; a screen reader hears it when it is finished. */
export function LiveCard({ row }: { readonly row: LiveRow }) {
  const { t } = useUi();
  switch (row.type) {
    case 'text':
      return (
        <section class="reply reply-live" data-live>
          <StreamingMarkdown text={row.text} />
        </section>
      );
    case 'thinking':
      return (
        <Fold id={row.key} class="thinking" title={t('Thinking …')} status={<Spinner />}>
          <StreamingMarkdown text={row.text} />
        </Fold>
      );
    case 'tool-input':
      return (
        <Fold
          id={row.key}
          class="tool tool-running"
          title={row.tool ?? t('Tool')}
          subtitle={t('being written …')}
          status={<Spinner />}
        >
          <InputText row={row} />
        </Fold>
      );
  }
}

function InputText({ row }: { readonly row: LiveRow }) {
  const text = useComputed(() => showDeceptive(row.text.value));
  return (
    <pre class="value" dir="ltr">
      {text}
    </pre>
  );
}

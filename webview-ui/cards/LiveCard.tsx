// A block that streams now.
import { useComputed } from '@preact/signals';
import type { LiveRow } from '../model/liveModel.ts';
import { Fold } from '../parts/Fold.tsx';
import { Icon, Spinner } from '../parts/Icon.tsx';
import { StreamingMarkdown } from '../parts/Markdown.tsx';
import { LiveThinking } from './ThinkingCard.tsx';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { useUi } from '../ui.ts';

/** The block; a screen reader hears it when it is finished. */
export function LiveCard({ row }: { readonly row: LiveRow }) {
  const { t } = useUi();
  const isBroken = row.brokenAt !== undefined;
  switch (row.type) {
    case 'text':
      return (
        <section
          class={isBroken ? 'reply reply-broken' : 'reply reply-live'}
          data-live={isBroken ? undefined : ''}
        >
          <StreamingMarkdown text={row.text} />
          {isBroken && <BrokenOff />}
        </section>
      );
    case 'thinking':
      return <LiveThinking row={row} />;
    case 'tool-input':
      return (
        <Fold
          id={row.key}
          class={isBroken ? 'tool' : 'tool tool-running'}
          title={row.tool ?? t('Tool')}
          subtitle={isBroken ? t('broken off') : t('being written …')}
          status={<Sign isBroken={isBroken} />}
        >
          <InputText row={row} />
        </Fold>
      );
  }
}

/** Turns only while it is known that it goes on. */
function Sign({ isBroken }: { readonly isBroken: boolean }) {
  const { store } = useUi();
  if (isBroken) return <Icon name="stop" />;
  return store.standing.value?.isPresent === true ? <Spinner /> : <Icon name="circle" />;
}

/** Why there is no more of it. */
function BrokenOff() {
  const { t } = useUi();
  return (
    <p class="line broken-off">
      <Icon name="stop" />
      <span class="line-text">
        {t(
          'Broken off when the computer stopped. If the agent finished it, the whole comes below.',
        )}
      </span>
    </p>
  );
}

function InputText({ row }: { readonly row: LiveRow }) {
  const text = useComputed(() => showDeceptive(row.text.value));
  return (
    <pre class="value" dir="ltr">
      {text}
    </pre>
  );
}

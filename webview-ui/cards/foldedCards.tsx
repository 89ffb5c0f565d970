// Cards that are folded at first: commands, compaction, checklists, unknown records.
import { useEffect } from 'preact/hooks';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { AuthorBadge } from '../parts/AuthorBadge.tsx';
import { Ansi } from '../parts/Ansi.tsx';
import { Fold } from '../parts/Fold.tsx';
import { Icon, Spinner } from '../parts/Icon.tsx';
import { LongText, type LongTextProps } from '../parts/LongText.tsx';
import { Markdown } from '../parts/Markdown.tsx';
import { formatTokens } from '../text/format.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { useUi } from '../ui.ts';

/** A slash command or shell escape, who ran it, and what it has printed, for owners or for all. */
export function CommandCard(props: {
  id: string;
  index: number;
  entry: EntryOf<'command'>;
  output?: { readonly index: number; readonly entry: EntryOf<'command'> } | undefined;
}) {
  const { store, t } = useUi();
  const { id, entry } = props;
  const { index, entry: printed } = props.output ?? props;
  const isOwn = printed.ownerOnly === true;
  const isOwner = store.header.value?.me?.role === 'owner';
  const author = entry.author !== undefined && <AuthorBadge author={entry.author} />;
  const title =
    entry.command === '' ? t('Output') : <code dir="ltr">{showDeceptive(entry.command)}</code>;
  if (isOwn && !isOwner) {
    return (
      <p class="line muted">
        <Icon name="terminal" />
        {entry.command !== '' && title}
        {t('Output of a command, for the owner alone')}
      </p>
    );
  }
  if (printed.text === '' && printed.cut === undefined) {
    return (
      <p class="line muted">
        <Icon name="terminal" />
        {title}
        {author}
      </p>
    );
  }
  return (
    <Fold
      id={id}
      class="tool"
      icon="terminal"
      title={title}
      subtitle={isOwn ? t('Guests do not see this') : undefined}
      status={author}
      isOpenAtFirst
    >
      {isOwn ? (
        <OwnOutput id={id} index={index} entry={printed} />
      ) : (
        <OutputText id={id} index={index} body={printed} />
      )}
    </Fold>
  );
}

/** What is for owners alone: it is not in the log, and loads by itself. */
function OwnOutput(props: { id: string; index: number; entry: EntryOf<'command'> }) {
  const { store } = useUi();
  const { cut } = props.entry;
  const blob = cut?.blob;
  const state = blob === undefined ? undefined : store.blobs.value.get(blob);
  useEffect(() => {
    if (blob !== undefined && state === undefined) store.fetchBlob(blob);
  }, [blob]);
  const body = state?.kind === 'loaded' ? { text: state.text } : props.entry;
  return <OutputText {...props} body={body} />;
}

function OutputText(props: { id: string; index: number; body: LongTextProps['body'] }) {
  return (
    <LongText
      id={props.id}
      index={props.index}
      body={props.body}
      foldAfter={30}
      keep="head"
      render={(text) =>
        isMarkdown(text) ? (
          <Markdown text={text} />
        ) : (
          <pre class="output" dir="auto" tabIndex={0}>
            <Ansi text={text} />
          </pre>
        )
      }
    />
  );
}

/** Newer agents print headings and tables for people; a terminal's output has signs of its own. */
function isMarkdown(text: string): boolean {
  return !text.includes('\u001b') && /^(?:#{1,4} |\*\*|\|.*\|$)/m.test(text);
}

/** The agent made its memory shorter. */
export function CompactionCard(props: { id: string; index: number; entry: EntryOf<'compaction'> }) {
  const { t } = useUi();
  const { id, index, entry } = props;
  const figures =
    entry.preTokens === undefined
      ? ''
      : entry.postTokens === undefined
        ? t('{0} tokens before', formatTokens(entry.preTokens))
        : t('{0} → {1} tokens', formatTokens(entry.preTokens), formatTokens(entry.postTokens));
  const title = entry.trigger === 'auto' ? t('Compacted automatically') : t('Compacted');
  const summary = entry.summary;
  if (summary === undefined) {
    return (
      <p class="line muted">
        <Icon name="compress" />
        {title}
        <span class="figures">{figures}</span>
      </p>
    );
  }
  return (
    <Fold id={id} class="tool" icon="compress" title={title} subtitle={figures}>
      <LongText
        id={id}
        index={index}
        body={summary}
        foldAfter={60}
        keep="head"
        render={(text) => <Markdown text={text} />}
      />
    </Fold>
  );
}

/** Items of a checklist. */
export function Checklist({ items }: { readonly items: EntryOf<'todos'>['items'] }) {
  const { t } = useUi();
  const words = { done: t('done'), 'in-progress': t('in progress'), pending: t('to do') };
  return (
    <ul class="checklist">
      {items.map((item, at) => (
        <li key={at} class={`check-${item.status}`}>
          {item.status === 'in-progress' ? (
            <Spinner />
          ) : (
            <Icon name={item.status === 'done' ? 'check' : 'circle'} />
          )}
          <span dir="auto">
            <span class="sr-only">{words[item.status]}: </span>
            {showDeceptive(item.text)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A checklist as it stood then. */
export function TodosCard({
  id,
  entry,
}: {
  readonly id: string;
  readonly entry: EntryOf<'todos'>;
}) {
  const { t } = useUi();
  const done = entry.items.filter((item) => item.status === 'done').length;
  return (
    <Fold
      id={id}
      class="tool"
      icon="list"
      title={t('Checklist')}
      subtitle={t('{0} of {1} done', done, entry.items.length)}
    >
      <Checklist items={entry.items} />
    </Fold>
  );
}

/** A record of a kind that this version does not know. */
export function UnknownCard(props: { id: string; index: number; entry: EntryOf<'unknown'> }) {
  const { t } = useUi();
  const { id, index, entry } = props;
  return (
    <Fold
      id={id}
      class="tool"
      icon="question"
      title={t('Not known to this version')}
      subtitle={<span class="mono">{showDeceptive(entry.type)}</span>}
    >
      <LongText
        id={id}
        index={index}
        body={{ text: prettyJson(entry.json) }}
        foldAfter={40}
        keep="head"
        render={(text) => (
          <pre class="output" dir="ltr" tabIndex={0}>
            {showDeceptive(text)}
          </pre>
        )}
      />
    </Fold>
  );
}

function prettyJson(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), undefined, 2);
  } catch {
    return json;
  }
}

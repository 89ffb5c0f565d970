// Finds in the whole session, goes from prompt to prompt, and takes the transcript along.
import { useEffect, useRef } from 'preact/hooks';
import type { FoundEntry } from '../../src/protocol/reading/foundEntries.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import type { Search } from '../model/readingModel.ts';
import { Icon, type IconName, Spinner } from '../parts/Icon.tsx';
import type { StringKey, Translate } from '../strings.ts';
import { formatClock } from '../text/format.ts';
import { type Ui, useUi } from '../ui.ts';

/** After the last key. */
const TYPED_MS = 250;

const KINDS: Readonly<Record<string, IconName>> = {
  prompt: 'person',
  text: 'spark',
  thinking: 'spark',
  'tool-call': 'plug',
  'tool-result': 'terminal',
  command: 'terminal',
  request: 'question',
  decision: 'check',
  todos: 'list',
  task: 'agent',
};

/** Opens and closes the bar. */
export function FindButton() {
  const { store, t } = useUi();
  const { isFinding } = store.reading;
  return (
    <button
      type="button"
      class="button-quiet"
      aria-label={t('Find in the session')}
      aria-pressed={isFinding.value}
      title={t('Find in the session')}
      onClick={() => (isFinding.value = !isFinding.value)}
    >
      <Icon name="search" />
    </button>
  );
}

/** Ctrl+F, or Cmd+F. */
export function opensFind(event: KeyboardEvent): boolean {
  return (
    event.code === 'KeyF' && event.ctrlKey !== event.metaKey && !event.altKey && !event.shiftKey
  );
}

/** The bar, while it is open. */
export function FindBar() {
  const { store } = useUi();
  return store.reading.isFinding.value ? <OpenFindBar /> : null;
}

function close({ store }: Ui): void {
  store.reading.isFinding.value = false;
  store.reading.marked.value = undefined;
  document.querySelector<HTMLElement>('.transcript')?.focus();
}

/** Goes to the hit that follows the one that is marked; older ones come after newer ones. */
function stepHit({ store }: Ui, by: -1 | 1): void {
  const { reading } = store;
  const { hits = [] } = reading.search.value ?? {};
  const at = hits.findIndex(({ index }) => index === reading.marked.value);
  const hit = hits[at < 0 ? 0 : at + by];
  if (hit !== undefined) reading.goTo(hit.index);
  else if (by > 0) reading.findMore();
}

function OpenFindBar() {
  const ui = useUi();
  const { store, post, t } = ui;
  const { reading } = store;
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const search = reading.search.value;
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
    return () => clearTimeout(timer.current);
  }, []);
  const find = (): void => {
    clearTimeout(timer.current);
    reading.find(input.current?.value ?? '');
  };
  const handleKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'Escape') close(ui);
    else if (event.key === 'Enter' && event.target === input.current) {
      const isSame = reading.search.value?.query === input.current?.value.trim();
      if (isSame) stepHit(ui, event.shiftKey ? -1 : 1);
      else find();
    } else return;
    event.preventDefault();
  };
  const step = (by: -1 | 1): void => reading.step(reading.marked.value ?? reading.top, by);
  return (
    <search class="find" onKeyDown={handleKey}>
      <div class="find-line">
        <input
          ref={input}
          type="text"
          class="find-input"
          dir="auto"
          maxLength={200}
          placeholder={t('Find in the session')}
          aria-label={t('Find in the session')}
          value={search?.query ?? ''}
          onInput={() => {
            clearTimeout(timer.current);
            timer.current = setTimeout(find, TYPED_MS);
          }}
        />
        <BarButton name="up" label="Next match" onClick={() => stepHit(ui, 1)} />
        <BarButton name="down" label="Previous match" onClick={() => stepHit(ui, -1)} />
        <span class="find-gap" />
        <BarButton name="prompt-up" label="Previous prompt or decision" onClick={() => step(-1)} />
        <BarButton name="prompt-down" label="Next prompt or decision" onClick={() => step(1)} />
        <span class="find-gap" />
        <BarButton
          name="copy"
          label="Copy the transcript as Markdown"
          onClick={() => post({ type: 'export', to: 'clipboard' })}
        />
        <BarButton
          name="save"
          label="Save the transcript as Markdown"
          onClick={() => post({ type: 'export', to: 'file' })}
        />
        <BarButton name="close" label="Close" onClick={() => close(ui)} />
      </div>
      {search !== undefined && <Hits search={search} />}
    </search>
  );
}

function BarButton(props: {
  readonly name: IconName;
  readonly label: StringKey;
  readonly onClick: () => void;
}) {
  const { t } = useUi();
  const label = t(props.label);
  return (
    <button
      type="button"
      class="find-button"
      aria-label={label}
      title={label}
      onClick={props.onClick}
    >
      <Icon name={props.name} />
    </button>
  );
}

/** How the search stands, in words. */
function stateText({ hits, next, isLoading, error }: Search, t: Translate): string {
  if (error !== undefined) return error;
  if (isLoading) return t('Looking through the whole session …');
  if (next > 0) return t('{0} found so far', hits.length);
  return hits.length === 0 ? t('Nothing was found.') : t('{0} found', hits.length);
}

function Hits({ search }: { readonly search: Search }) {
  const { store, t } = useUi();
  return (
    <>
      <p class="find-state" role="status">
        {search.isLoading && <Spinner />}
        <span class={search.error === undefined ? 'muted' : 'bad'}>{stateText(search, t)}</span>
        {search.next > 0 && !search.isLoading && (
          <button type="button" class="link-button" onClick={() => store.reading.findMore()}>
            {t('Look further back')}
          </button>
        )}
      </p>
      {search.hits.length > 0 && (
        <ol class="hits" aria-label={t('Found')}>
          {search.hits.map((hit) => (
            <li key={hit.index}>
              <Hit hit={hit} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function Hit({ hit }: { readonly hit: FoundEntry }) {
  const { store } = useUi();
  const { snippet, from, to } = hit;
  const isMarked = store.reading.marked.value === hit.index;
  return (
    <button
      type="button"
      class={isMarked ? 'hit hit-marked' : 'hit'}
      aria-current={isMarked ? 'true' : undefined}
      onClick={() => store.reading.goTo(hit.index)}
    >
      <Icon name={KINDS[hit.kind] ?? 'info'} />
      <span class="hit-text" dir="auto">
        {showDeceptive(snippet.slice(0, from))}
        <mark>{showDeceptive(snippet.slice(from, to))}</mark>
        {showDeceptive(snippet.slice(to))}
      </span>
      <time class="muted">{formatClock(hit.at, store.locale.value)}</time>
    </button>
  );
}

// What may be remembered with a yes: each rule in its own text, and where it is kept.
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { isRecord } from '../../src/base/isRecord.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { Translate } from '../strings.ts';
import { useUi } from '../ui.ts';

/** Which of the suggestions, and where; '' = for this session. */
export interface Remembered {
  readonly at: readonly number[];
  readonly place: string;
}

/** Nothing. */
export const NOTHING: Remembered = { at: [], place: '' };

/** As it was kept for a page that reloads. */
export function rememberedOf(kept: Json | undefined): Remembered {
  if (!isRecord(kept) || !Array.isArray(kept['at'])) return NOTHING;
  const at = kept['at'].filter((one) => typeof one === 'number');
  return { at, place: typeof kept['place'] === 'string' ? kept['place'] : '' };
}

/** Its parts of an answer. */
export function rememberParts({ at, place }: Remembered): {
  readonly remember?: number[];
  readonly place?: string;
} {
  if (at.length === 0) return {};
  return { remember: [...at], ...(place === '' ? {} : { place }) };
}

/** [R20] A place in words; undefined for one that is not known here: it is not offered. */
function placeText(place: string, file: string | undefined, t: Translate): string | undefined {
  const words = placeWords(place, t);
  if (words === undefined || file === undefined) return words;
  return `${words} · ${showDeceptive(file)}`;
}

function placeWords(place: string, t: Translate): string | undefined {
  switch (place) {
    case 'local':
      return t('for me in this project');
    case 'project':
      return t('for everybody in this project');
    case 'user':
      return t('for me in all projects');
    default:
      return undefined;
  }
}

/** In the agent's words; of an older host as they came. */
function textsOf(
  { suggestions = [], suggestionTexts = [], suggestionSaid = [] }: EntryOf<'request'>,
  heard: ReturnType<typeof useUi>['store']['heard'],
): readonly string[] {
  return suggestions.map((one, at) =>
    showDeceptive(heard(suggestionTexts[at] ?? JSON.stringify(one), suggestionSaid[at])),
  );
}

/** A rule as the agent writes it, or a sentence. */
function isRule(text: string): boolean {
  return /^\S+\(|^\S+$/.test(text);
}

/** The rules with a box each, and one menu for where they go. Nothing without suggestions. */
export function Remember(props: {
  readonly request: EntryOf<'request'>;
  readonly value: Remembered;
  readonly isBlocked: boolean;
  readonly onChange: (value: Remembered) => void;
}) {
  const { store, t } = useUi();
  const { request, value, isBlocked, onChange } = props;
  const texts = textsOf(request, store.heard);
  if (texts.length === 0) return null;
  const isOwner = store.header.value?.me?.role === 'owner';
  const places = (request.places ?? []).flatMap(({ place, file }) => {
    const words = placeText(place, file, t);
    return words === undefined ? [] : [{ place, words }];
  });
  const toggle = (at: number): void => {
    const others = value.at.filter((one) => one !== at);
    const next = value.at.includes(at) ? others : [...others, at].toSorted((a, b) => a - b);
    onChange({ ...value, at: next });
  };
  return (
    <fieldset
      class="remember"
      disabled={isBlocked || !isOwner}
      aria-label={t('Do not ask again about:')}
    >
      <span class="muted" aria-hidden>
        {t('Do not ask again about:')}
      </span>
      {texts.map((text, at) => (
        <label key={at} class="remember-rule">
          <input type="checkbox" checked={value.at.includes(at)} onChange={() => toggle(at)} />
          <span dir="auto" class={isRule(text) ? 'mono' : ''}>
            {text}
          </span>
        </label>
      ))}
      <select
        aria-label={t('Where it is kept')}
        value={value.place}
        onChange={(event) => onChange({ ...value, place: event.currentTarget.value })}
      >
        <option value="">{t('for this session')}</option>
        {places.map(({ place, words }) => (
          <option key={place} value={place}>
            {words}
          </option>
        ))}
      </select>
      {!isOwner && <p class="muted">{t('Only an owner’s answer is remembered.')}</p>}
    </fieldset>
  );
}

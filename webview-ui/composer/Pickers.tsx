// Mode, model and effort: shown to everybody, changed by who may, each in the same place.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Choice } from '../../src/protocol/local/choices.ts';
import { Icon } from '../parts/Icon.tsx';
import type { PanelStore } from '../model/panelStore.ts';
import { type Picker, pickersOf, stepMode } from '../model/pickers.ts';
import { useUi } from '../ui.ts';
import { ChoiceList } from './ChoiceList.tsx';

/** The next mode of those that one key steps through; false: nothing can be stepped here. */
export function cycleMode(store: PanelStore, post: ReturnType<typeof useUi>['post']): boolean {
  const header = store.header.value;
  const mode = stepMode(header, store.composer.choices.items('modes'), store.standing.value);
  if (mode === undefined) return false;
  post({ type: 'set-mode', mode: mode.id });
  store.announce(store.t('Permission mode: {0}', mode.name));
  return true;
}

interface OpenPickerProps {
  readonly picker: Picker;
  readonly close: () => void;
}

/** A mode that asks nobody is asked about first. */
function Confirm(props: {
  readonly mode: Choice;
  readonly yes: () => void;
  readonly no: () => void;
}) {
  const { t } = useUi();
  const back = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => back.current?.focus(), []);
  return (
    <div
      class="menu-confirm"
      role="alertdialog"
      aria-label={props.mode.name}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        props.no();
      }}
    >
      <p class="line">
        <Icon name="warning" />
        <span class="line-text" dir="auto">
          {t(
            '{0}: tools run without asking anybody. Guests cannot control the session meanwhile.',
            props.mode.name,
          )}
        </span>
      </p>
      <div class="answers">
        <button type="button" class="button-second" onClick={props.yes}>
          {t('Use this mode')}
        </button>
        <button ref={back} type="button" class="button-quiet" onClick={props.no}>
          {t('Back')}
        </button>
      </div>
    </div>
  );
}

function OpenPicker({ picker, close }: OpenPickerProps) {
  const { store, post, t } = useUi();
  const { items, current, label, set, error } = picker;
  const id = `picker-${picker.kind}`;
  const at = Math.max(
    0,
    items.findIndex((item) => item.id === current),
  );
  const [active, setActive] = useState<number | undefined>();
  const [asked, setAsked] = useState<Choice | undefined>();
  /** The list goes, and the keyboard with it, to the question. */
  const isAsking = useRef(false);
  const now = Math.min(active ?? at, items.length - 1);
  const leave = (): void => {
    close();
    store.composer.focusRequests.value++;
  };
  const take = (item: Choice): void => {
    if (item.id !== current) post(set(item.id));
    leave();
  };
  const choose = (which: number): void => {
    const item = items[which];
    if (item === undefined) return;
    if (item.isUnattended !== true || item.id === current) return take(item);
    isAsking.current = true;
    setAsked(item);
  };
  const handleKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setActive((now + step + items.length) % Math.max(1, items.length));
    else if (event.key === 'Home') setActive(0);
    else if (event.key === 'End') setActive(items.length - 1);
    else if (event.key === 'Enter' || event.key === ' ') choose(now);
    else if (event.key === 'Escape' || event.key === 'Tab') leave();
    else return;
    event.preventDefault();
  };
  if (asked !== undefined) {
    return (
      <div class="menu">
        <Confirm mode={asked} yes={() => take(asked)} no={leave} />
      </div>
    );
  }
  return (
    <div class="menu">
      <ChoiceList
        {...{ id, label, items, current, choose }}
        active={now}
        keyboard={{ onKeyDown: handleKey, onLeave: () => isAsking.current || close() }}
      />
      {items.length === 0 && (
        <p class="muted menu-note" role="status">
          {error ?? t('Loading …')}
        </p>
      )}
    </div>
  );
}

/** The open picker, above the field. */
export function PickerMenu() {
  const { store, t } = useUi();
  const { openPicker } = store.composer;
  const picker = pickersOf(store, t).find(({ kind }) => kind === openPicker.value);
  if (picker === undefined || picker.isFixed) return null;
  return (
    <OpenPicker key={picker.kind} picker={picker} close={() => (openPicker.value = undefined)} />
  );
}

/** The row below the field. */
export function Pickers() {
  const { store, t } = useUi();
  const { composer } = store;
  const { choices } = composer;
  const { openPicker } = composer;
  const hasSession = store.header.value?.me !== undefined;
  useEffect(() => {
    if (!hasSession) return;
    choices.need('modes');
    choices.need('models');
  }, [hasSession]);
  return (
    <>
      {pickersOf(store, t).map(({ kind, label, text, title, isFixed, icon }) =>
        isFixed ? (
          <span key={kind} class="picker picker-fixed muted" title={title}>
            <Icon name={icon} />
            <span class="sr-only">{label}: </span>
            <bdi class="picker-text">{text}</bdi>
            <span class="sr-only">{title}</span>
          </span>
        ) : (
          <button
            key={kind}
            type="button"
            class="button-quiet picker"
            aria-haspopup="listbox"
            aria-expanded={openPicker.value === kind}
            title={title}
            onClick={() => {
              if (kind !== 'mode') choices.lookUp('models', '', true);
              openPicker.value = openPicker.value === kind ? undefined : kind;
            }}
          >
            <Icon name={icon} />
            <span class="sr-only">{label}: </span>
            <bdi class="picker-text">{text}</bdi>
          </button>
        ),
      )}
    </>
  );
}

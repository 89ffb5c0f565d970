// The menu that typing opens: commands after a slash, files after an @.
import { useEffect, useState } from 'preact/hooks';
import type { ComponentChildren, RefObject } from 'preact';
import type { Choice } from '../../src/protocol/local/choices.ts';
import { chosen, fittingCommands, type Trigger, triggerAt } from '../model/menuTrigger.ts';
import type { FoundList } from '../model/choicesModel.ts';
import { useUi } from '../ui.ts';
import { ChoiceList, optionId } from './ChoiceList.tsx';

const LIST_ID = 'composer-menu';

/** What the composer does with it. */
export interface TypedMenu {
  /** Attributes of the field while the menu is open. */
  readonly field: Readonly<Record<string, string | undefined>>;
  /** Takes a key; true: it was the menu's. */
  readonly takeKey: (event: KeyboardEvent) => boolean;
  readonly view: ComponentChildren;
}

/** `send` runs a command that needs nothing behind it. */
export function useTypedMenu(options: {
  readonly ref: RefObject<HTMLTextAreaElement | null>;
  readonly caret: number;
  readonly isOff: boolean;
  readonly send: () => void;
}): TypedMenu {
  const { store, t } = useUi();
  const { composer } = store;
  const { choices } = composer;
  const { ref, caret, isOff, send } = options;
  const text = composer.draft.value;
  const [closed, setClosed] = useState<string | undefined>();
  const [active, setActive] = useState(0);
  const trigger = isOff ? undefined : triggerAt(text, caret);
  const key = trigger && `${trigger.list} ${trigger.from}`;
  const query = trigger?.query ?? '';
  useEffect(() => {
    if (key !== closed) setClosed(undefined);
    if (trigger?.list === 'commands') choices.lookUp('commands');
  }, [key]);
  useEffect(() => {
    setActive(0);
    if (trigger?.list === 'files') choices.lookUp('files', query);
  }, [key, query]);
  const isOpen = trigger !== undefined && key !== closed;
  const found = trigger && choices.found.value[trigger.list];
  const items: readonly Choice[] =
    !isOpen || found === undefined
      ? []
      : trigger.list === 'files'
        ? found.items
        : fittingCommands(found.items, query);
  const at = Math.min(active, items.length - 1);
  const label = trigger?.list === 'files' ? t('Files and folders') : t('Commands');
  const note = isOpen ? noteOf(trigger, found, items.length, t) : undefined;

  const choose = (which: number, isRun: boolean): void => {
    const item = items[which];
    if (trigger === undefined || item === undefined) return;
    const put = chosen(text, trigger, item);
    if (put === undefined) {
      composer.reason.value = t(
        'This name cannot be written in a prompt. Describe the file in words.',
      );
      return;
    }
    composer.type(put.text);
    composer.caret.value = put.caret;
    if (trigger.list === 'commands' && isRun && item.hint === undefined) return send();
    // Once the text is in the field.
    requestAnimationFrame(() => ref.current?.setSelectionRange(put.caret, put.caret));
  };
  const takeKey = (event: KeyboardEvent): boolean => {
    if (!isOpen || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false;
    if (event.key === 'Escape') {
      setClosed(key);
      return true;
    }
    if (items.length === 0) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((at + step + items.length) % items.length);
      return true;
    }
    if (event.key !== 'Enter' && event.key !== 'Tab') return false;
    // A command that is typed whole, with what follows it, is sent as it is.
    choose(at, event.key === 'Enter');
    return true;
  };
  return {
    field: {
      'aria-autocomplete': 'list',
      'aria-controls': isOpen && items.length > 0 ? LIST_ID : undefined,
      'aria-activedescendant': isOpen && items.length > 0 ? optionId(LIST_ID, at) : undefined,
    },
    takeKey,
    view: isOpen && (
      <div class="menu">
        {items.length > 0 && (
          <ChoiceList
            id={LIST_ID}
            label={label}
            items={items}
            active={at}
            sign={trigger.list === 'commands' ? '/' : '@'}
            choose={(which) => choose(which, true)}
          />
        )}
        {note !== undefined && (
          <p class="muted menu-note" role="status">
            {note}
          </p>
        )}
      </div>
    ),
  };
}

function noteOf(
  { list, query }: Trigger,
  found: FoundList | undefined,
  count: number,
  t: ReturnType<typeof useUi>['t'],
): string | undefined {
  if (found === undefined) return t('Loading …');
  if (found.error !== undefined) return found.error;
  if (list === 'files' && found.query !== query) return count === 0 ? t('Loading …') : undefined;
  if (count === 0) return list === 'files' ? t('No such file or folder.') : t('No such command.');
  return found.more === true ? t('The first {0}; type on for others.', count) : undefined;
}

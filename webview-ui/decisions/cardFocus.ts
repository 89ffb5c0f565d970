// Where the keyboard is among the requests that wait: whose keys are heard, and when a request gets it.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useUi } from '../ui.ts';

/** Whether keys that arrive at `target` belong to it: text, or the list of a menu. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches('textarea, select, input:not([type=radio]):not([type=checkbox])');
}

function cardOf(element: Element | null): HTMLElement | undefined {
  return element?.closest<HTMLElement>('.pending[data-request]') ?? undefined;
}

function isComposer(element: Element | null): boolean {
  return element?.id === 'composer';
}

/** The request whose keys are heard: where the focus is, else the oldest; undefined: keys are text, or go elsewhere. */
function keyedIn(ids: readonly string[]): string | undefined {
  const active = document.activeElement;
  if (!document.hasFocus() || isTyping(active)) return undefined;
  return cardOf(active)?.dataset['request'] ?? ids[0];
}

/** As keyedIn, while the focus moves. */
export function useKeyed(ids: readonly string[]): string | undefined {
  const [, look] = useState(0);
  useEffect(() => {
    const again = (): void => look((count) => count + 1);
    // What loses the focus has it still while it is told so.
    const soon = (): void => queueMicrotask(again);
    const events = ['focusin', 'focusout'] as const;
    for (const name of events) document.addEventListener(name, soon);
    window.addEventListener('focus', soon);
    window.addEventListener('blur', soon);
    return () => {
      for (const name of events) document.removeEventListener(name, soon);
      window.removeEventListener('focus', soon);
      window.removeEventListener('blur', soon);
    };
  }, []);
  return keyedIn(ids);
}

/**
 * Gives the keyboard to the oldest request when one comes, if nothing else is done with it: the
 * composer is empty, and the focus there or nowhere. `list` holds the cards.
 */
export function useTakenFocus(ids: readonly string[], list: { readonly current: Element | null }) {
  const { composer, attachments } = useUi().store;
  const before = useRef<readonly string[]>([]);
  useLayoutEffect(() => {
    const hasNew = ids.some((id) => !before.current.includes(id));
    before.current = ids;
    const active = document.activeElement;
    const isFree = active === null || active === document.body || isComposer(active);
    const isEmpty = composer.draft.value === '' && attachments.isEmpty;
    if (!hasNew || !isFree || !isEmpty || !document.hasFocus()) return;
    // There the keyboard on the screen would go, and everything with it.
    if (matchMedia('(pointer: coarse)').matches) return;
    focusCard(list.current);
  }, [ids.join(' ')]);
}

/** Focuses the oldest card itself, so that no button of it is pressed by chance; false: there is none. */
export function focusCard(list: Element | null): boolean {
  const card = list?.querySelector<HTMLElement>('.pending[data-request]');
  card?.focus({ preventScroll: true });
  return card !== undefined && card !== null;
}

/** On a request itself, a character that is no key of it is the beginning of a prompt. */
export function typeInComposer(event: KeyboardEvent): void {
  const isOnCard = event.target instanceof HTMLElement && event.target.matches('.pending');
  if (!isOnCard || event.key.length !== 1 || event.key === ' ') return;
  document.getElementById('composer')?.focus();
}

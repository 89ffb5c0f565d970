// Keys of a waiting request: single letters and digits, while the focus is where they reach it and no text is typed.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isTyping, typeInComposer } from './cardFocus.ts';
import type { KeyState } from './KeyHint.tsx';

// A request that has just slid under the hand is not answered by a key meant for something else.
const DEAF_MS = 600;

/** Where a request stands, and whether keys are meant for it. */
export interface RequestPlace {
  /** How many wait before it. */
  readonly position: number;
  readonly hasKeys: boolean;
}

/** What a request does with each of its keys, now. */
export type RequestKeys = Readonly<Record<string, () => void>>;

/** Of a request that cannot be answered from here. */
export const NO_KEYS: RequestKeys = {};

/**
 * Runs what `keys` has for a plain key that is meant for its request, from a moment after that has come
 * or moved up; until then these keys do nothing. Other characters begin a prompt. Gives what hints say.
 */
export function useRequestKeys({ position, hasKeys }: RequestPlace, keys: RequestKeys): KeyState {
  const [awakeAt, setAwakeAt] = useState<number>();
  const latest = useRef(keys);
  latest.current = keys;
  const isAwake = awakeAt === position;
  useEffect(() => {
    const timer = setTimeout(() => setAwakeAt(position), DEAF_MS);
    return () => clearTimeout(timer);
  }, [position]);
  // With the hint that shows it, not after it.
  useLayoutEffect(() => {
    if (!hasKeys) return undefined;
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || isTyping(event.target)) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const { key, repeat } = event;
      // Enter on a button or link means that one.
      if (key === 'Enter' && document.activeElement?.matches('button, a, summary')) return;
      const run = Object.hasOwn(latest.current, key) ? latest.current[key] : undefined;
      if (run === undefined) return typeInComposer(event);
      event.preventDefault();
      if (isAwake && !repeat) run();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [isAwake, hasKeys]);
  return !hasKeys ? 'away' : isAwake ? 'awake' : 'asleep';
}

// Keys of the oldest waiting request: single letters and digits, never while text is typed.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

// A request that has just slid under the hand is not answered by a key meant for something else.
const DEAF_MS = 600;

/** Whether keys that arrive at `target` are text. */
function isTextTarget(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches('textarea, input:not([type=radio]):not([type=checkbox])');
}

/**
 * Calls `handle` for plain keys while its request is the first one, from a moment after it became
 * that; `handle` says if it took the key. Gives whether keys are listened to already.
 */
export function useRequestKeys(isFirst: boolean, handle: (key: string) => boolean): boolean {
  const [isAwake, setAwake] = useState(false);
  const latest = useRef(handle);
  latest.current = handle;
  useEffect(() => {
    setAwake(false);
    if (!isFirst) return undefined;
    const timer = setTimeout(() => setAwake(true), DEAF_MS);
    return () => clearTimeout(timer);
  }, [isFirst]);
  // With the hint that shows it, not after it.
  useLayoutEffect(() => {
    if (!isAwake) return undefined;
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || isTextTarget(event.target)) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (latest.current(event.key)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [isAwake]);
  return isAwake;
}

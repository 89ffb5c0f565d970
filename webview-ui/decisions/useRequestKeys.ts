// Keys of the oldest waiting request: single letters and digits, never while text is typed.
import { useEffect, useRef, useState } from 'preact/hooks';

// A request that has just slid under the hand is not answered by a key meant for something else.
const DEAF_MS = 600;

/** Whether keys that arrive at `target` are text. */
function isTextTarget(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches('textarea, input:not([type=radio]):not([type=checkbox])');
}

function isFirst(requestId: string): boolean {
  return document.querySelector<HTMLElement>('[data-request]')?.dataset['request'] === requestId;
}

/**
 * Calls `handle` for plain keys while its request is the first one; `handle` says if it took the
 * key. Gives whether keys are listened to already.
 */
export function useRequestKeys(requestId: string, handle: (key: string) => boolean): boolean {
  const [isAwake, setAwake] = useState(false);
  const latest = useRef(handle);
  latest.current = handle;
  useEffect(() => {
    const timer = setTimeout(() => setAwake(true), DEAF_MS);
    return () => clearTimeout(timer);
  }, [requestId]);
  useEffect(() => {
    if (!isAwake) return undefined;
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || isTextTarget(event.target)) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (isFirst(requestId) && latest.current(event.key)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [requestId, isAwake]);
  return isAwake;
}

// Keys of the oldest waiting request: single letters and digits, never while text is typed.
import { useEffect, useRef } from 'preact/hooks';

// A request that has just slid under the hand is not answered by a key meant for something else.
const DEAF_MS = 600;

/** Whether keys that arrive at `target` are text. */
export function isTextTarget(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches('textarea, input:not([type=radio]):not([type=checkbox])');
}

/** Calls `handle` for plain keys while its request is the first one; `handle` says if it took the key. */
export function useRequestKeys(requestId: string, handle: (key: string) => boolean): void {
  const latest = useRef(handle);
  latest.current = handle;
  useEffect(() => {
    const since = performance.now();
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || isTextTarget(event.target)) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (performance.now() - since < DEAF_MS) return;
      const first = document.querySelector<HTMLElement>('[data-request]');
      if (first?.dataset['request'] !== requestId) return;
      if (latest.current(event.key)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [requestId]);
}

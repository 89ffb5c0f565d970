// The order of requests on the screen: what comes or goes moves nothing that the pointer is on.
import { useEffect, useRef, useState } from 'preact/hooks';

/** A place in the list: a request that waits, or the room of one that has just gone. */
export type Place =
  | { readonly id: string; readonly isHere: true }
  | { readonly id: string; readonly isHere: false; readonly height: number };

/**
 * Requests in their order, with those that went while the pointer was over `list` and others still
 * wait: their room stays until the pointer leaves.
 */
export function useStack(
  ids: readonly string[],
  list: { readonly current: HTMLElement | null },
): readonly Place[] {
  const [, look] = useState(0);
  const places = useRef<readonly Place[]>([]);
  const heights = useRef(new Map<string, number>());
  const isOver = list.current?.matches(':hover') === true;
  const stays = places.current.filter(({ id }) => ids.includes(id) || isOver);
  const fresh = ids.filter((id) => !places.current.some((place) => place.id === id));
  places.current =
    ids.length === 0
      ? []
      : [
          ...stays.map(({ id }): Place => {
            const height = heights.current.get(id) ?? 0;
            return ids.includes(id) ? { id, isHere: true } : { id, isHere: false, height };
          }),
          ...fresh.map((id): Place => ({ id, isHere: true })),
        ];
  useEffect(() => {
    const cards = list.current?.querySelectorAll<HTMLElement>('[data-request]') ?? [];
    for (const card of cards) {
      heights.current.set(card.dataset['request'] ?? '', card.offsetHeight);
    }
  });
  useEffect(() => {
    const element = list.current;
    const leave = (): void => look((count) => count + 1);
    element?.addEventListener('pointerleave', leave);
    return () => element?.removeEventListener('pointerleave', leave);
  }, []);
  return places.current;
}

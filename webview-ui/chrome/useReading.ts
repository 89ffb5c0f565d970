// Brings rows of the list into view, and brings a reader back to where they were.
import type { Virtualizer } from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { itemAt, type List, placeOf } from '../model/transcriptList.ts';
import type { ReadingPlace } from '../model/readingModel.ts';
import { RowGroup } from '../model/rowGroups.ts';
import type { PanelStore } from '../model/panelStore.ts';
import { useUi } from '../ui.ts';

/** The list as it is scrolled. */
export interface ScrolledList {
  readonly list: List;
  readonly frame: RefObject<HTMLElement | null>;
  readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  /** The end is not followed any more. */
  readonly leaveEnd: () => void;
}

/** Rows are measured when they are shown: so many frames it may take until one stands where it should. */
const MAX_FRAMES = 30;
/** Below the top of the view. */
const MARGIN_PX = 8;
const KEEP_MS = 400;

/** Holds the row at a place of the list at a distance from the top of the view until it stays there; px. */
function hold({ virtualizer, frame }: ScrolledList, at: number, fromTop: number): () => void {
  let frames = 0;
  let steady = 0;
  let request = 0;
  const step = (): void => {
    const element = frame.current;
    const row = element?.querySelector(`article[data-index="${at}"]`);
    if (element && row) {
      const off = row.getBoundingClientRect().top - element.getBoundingClientRect().top - fromTop;
      const before = element.scrollTop;
      if (Math.abs(off) >= 1) element.scrollTop += off;
      steady = Math.abs(off) < 1 || element.scrollTop === before ? steady + 1 : 0;
    } else virtualizer.scrollToIndex(at, { align: 'start' });
    frames++;
    if (steady < 3 && frames < MAX_FRAMES) request = requestAnimationFrame(step);
  };
  virtualizer.scrollToIndex(at, { align: 'start' });
  request = requestAnimationFrame(step);
  return () => cancelAnimationFrame(request);
}

/** Opens all that hides an entry. */
function uncover(store: PanelStore, list: List, at: number, index: number): void {
  const item = itemAt(list, at);
  if (item === undefined || !('row' in item)) return;
  if (item.row instanceof RowGroup) store.setOpened(item.row.key, true);
  const row = store.transcript.rowOf(index);
  if (row === undefined) return;
  store.setOpened(row.key, true);
  if (row.hasChildren()) {
    store.setOpened(`${row.key}/steps`, true);
    store.setOpened(`${row.key}/steps/all`, true);
  }
}

/** Where the view begins; undefined for what has no place in the log. */
function placeNow({ list, frame, virtualizer }: ScrolledList): ReadingPlace | undefined {
  const top = frame.current?.scrollTop ?? 0;
  const first = virtualizer.getVirtualItemForOffset(top);
  const item = first && itemAt(list, first.index);
  if (first === undefined || item === undefined || !('row' in item)) return undefined;
  return { index: item.row.index, offset: Math.round(top - first.start) };
}

/** Gives what is to be called when the view has moved. */
export function useReading(scrolled: ScrolledList, isFollowing: () => boolean): () => void {
  const { store } = useUi();
  const { reading } = store;
  const stop = useRef<() => void>(() => undefined);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const now = useRef(scrolled);
  now.current = scrolled;

  const hasRows = scrolled.list.rows.length > 0;
  useLayoutEffect(() => {
    const { place } = reading;
    if (!hasRows || place === undefined) return;
    const at = placeOf(now.current.list, place.index);
    if (at < 0) return;
    now.current.leaveEnd();
    stop.current = hold(now.current, at, -place.offset);
  }, [hasRows]);

  const target = reading.target.value;
  useLayoutEffect(() => {
    if (target === undefined) return;
    const row = store.transcript.rowOf(target.index);
    const at = placeOf(now.current.list, row?.index ?? target.index);
    if (at < 0) return;
    now.current.leaveEnd();
    uncover(store, now.current.list, at, target.index);
    stop.current();
    stop.current = hold(now.current, at, MARGIN_PX);
  }, [target]);

  useLayoutEffect(() => {
    const end = (): void => stop.current();
    const element = now.current.frame.current;
    // Who scrolls goes where they want to.
    for (const type of ['wheel', 'touchstart', 'keydown', 'pointerdown']) {
      element?.addEventListener(type, end, { passive: true });
    }
    return () => {
      end();
      clearTimeout(timer.current);
    };
  }, []);

  return () => {
    reading.top = placeNow(now.current)?.index ?? reading.top;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      reading.keepPlace(isFollowing() ? undefined : placeNow(now.current));
    }, KEEP_MS);
  };
}

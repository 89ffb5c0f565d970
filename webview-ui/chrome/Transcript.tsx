// The transcript: one scroll container, only what is near the view is rendered, the end is followed.
import {
  elementScroll,
  measureElement,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import { useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import { RowCard } from '../cards/EntryCard.tsx';
import { LiveCard } from '../cards/LiveCard.tsx';
import { countOf, itemAt, keyAt, type List, placeOf } from '../model/transcriptList.ts';
import { RowGroup } from '../model/rowGroups.ts';
import type { TranscriptRow } from '../model/transcriptRow.ts';
import { Icon, Spinner } from '../parts/Icon.tsx';
import { useUi } from '../ui.ts';
import { UnreadLine } from './UnreadLine.tsx';
import { useReading } from './useReading.ts';

// Distance from the end, in px, within which who scrolls down follows the end again.
const END_PX = 48;
// Sizes are measured in fractions of a px: the list itself moves by up to 2 px when it sums them up.
const SLACK_PX = 4;
// Older entries are asked for this far before the top.
const OLDER_PX = 600;
const TOP_PX = 44;

const ESTIMATES: Readonly<Record<string, number>> = {
  prompt: 90,
  text: 140,
  'tool-call': 130,
};

function createVirtualizer(list: List, frame: { current: HTMLElement | null }, render: () => void) {
  return new Virtualizer<HTMLElement, HTMLElement>({
    count: 0,
    getScrollElement: () => frame.current,
    estimateSize: (index) => {
      const item = itemAt(list, index);
      if (item === undefined || 'live' in item) return ESTIMATES['text'] ?? 44;
      return item.row instanceof RowGroup ? 44 : (ESTIMATES[item.row.peek().entry.kind] ?? 44);
    },
    // Stable, reading the present list: a new function would throw all measurements away.
    getItemKey: (index) => keyAt(list, index),
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    measureElement,
    overscan: 6,
    // Keeps what is read in its place when older entries come; following the end is ours.
    anchorTo: 'end',
    onChange: render,
  });
}

function useVirtualizer(list: List) {
  const frame = useRef<HTMLDivElement>(null);
  const [, render] = useReducer((count: number) => count + 1, 0);
  const [virtualizer] = useState(() => createVirtualizer(list, frame, () => render(undefined)));
  virtualizer.setOptions({
    ...virtualizer.options,
    count: countOf(list),
    paddingStart: TOP_PX,
  });
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  return { frame, virtualizer };
}

/** The region with all entries, and the way back to its end. */
export function Transcript() {
  const { store, t } = useUi();
  const [list] = useState<List>({ rows: [], broken: [], live: [] });
  list.rows = store.transcript.shown;
  list.broken = store.live.broken.value;
  list.live = store.live.rows.value;
  const { frame, virtualizer } = useVirtualizer(list);
  const count = countOf(list);
  const [isFollowing, setFollowing] = useState(true);
  const seenIndex = useRef(-1);
  const following = useRef(true);
  const last = useRef({ top: 0, height: 0, view: 0 });
  if (isFollowing) seenIndex.current = store.transcript.rows.at(-1)?.index ?? -1;

  const remember = ({ scrollTop: top, scrollHeight: height, clientHeight: view }: HTMLElement) =>
    (last.current = { top, height, view });
  const toEnd = (element: HTMLElement): void => {
    element.scrollTop = element.scrollHeight;
    remember(element);
  };

  const leaveEnd = (): void => {
    following.current = false;
    setFollowing(false);
  };
  const moved = useReading({ list, frame, virtualizer, leaveEnd }, () => following.current);

  const handleScroll = (): void => {
    const element = frame.current;
    if (element === null) return;
    const { top, height, view } = last.current;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const gap = scrollHeight - scrollTop - clientHeight;
    // Only a reader goes up while nothing else moves: what is measured anew, and a card below that
    // comes or goes, move the end too. However little it is, a stream that pulled back to the end
    // would never let a trackpad or an arrow key get away.
    const isSame = scrollHeight === height && clientHeight === view;
    if (isSame && scrollTop < top && gap > SLACK_PX) following.current = false;
    else if (gap <= END_PX) following.current = true;
    else if (!isSame && following.current) toEnd(element);
    remember(element);
    setFollowing(following.current);
    moved();
    store.reading.looks(following.current);
    if (element.scrollTop < OLDER_PX && count > 0) store.fetchOlderByScroll();
  };
  // The end is where a reader begins, and stays while sizes are still being measured.
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null || !following.current) return;
    toEnd(element);
  });
  // A first screen that is not full cannot be scrolled.
  useLayoutEffect(() => {
    const element = frame.current;
    if (element !== null && element.scrollHeight <= element.clientHeight + OLDER_PX && count > 0) {
      store.fetchOlderByScroll();
    }
  }, [count, store.hasOlder.value]);

  const jump = (): void => {
    following.current = true;
    setFollowing(true);
    virtualizer.scrollToEnd();
  };
  // Who says something wants to see it, and the answer.
  const sent = store.composer.sent.value;
  useLayoutEffect(() => {
    if (sent === 0) return;
    store.reading.answered();
    jump();
  }, [sent]);
  const version = store.transcript.version.value;
  useLayoutEffect(() => store.reading.looks(following.current), [version]);
  const unread = firstUnread(list, store.reading.unreadAfter.value);
  const items = virtualizer.getVirtualItems();
  const markedRow = store.transcript.rowOf(store.reading.marked.value ?? -1);
  const marked = markedRow === undefined ? -1 : placeOf(list, markedRow.index);
  const { isUnreadFar } = store.reading;
  const isUnreadShown = unread >= (items[0]?.index ?? 0);
  useLayoutEffect(() => {
    if (isUnreadFar.value && unread >= 0 && isUnreadShown) isUnreadFar.value = false;
  }, [unread, isUnreadShown]);
  const news = newRows(store.transcript.rows, seenIndex.current);
  return (
    <div class="transcript-frame">
      <div
        class="transcript"
        ref={frame}
        onScroll={handleScroll}
        role="log"
        aria-live="off"
        aria-label={t('Transcript')}
        aria-busy={!store.hasEntries.value}
        tabIndex={0}
      >
        <div class="transcript-space" style={{ height: `${virtualizer.getTotalSize()}px` }}>
          <TopLine count={count} />
          <div
            class="transcript-rows"
            style={{ transform: `translateY(${items[0]?.start ?? TOP_PX}px)` }}
          >
            {items.map(({ index, key }) => {
              const item = itemAt(list, index);
              return item === undefined ? null : (
                <article
                  key={key}
                  class={index === marked ? 'row row-marked' : 'row'}
                  data-index={index}
                  ref={virtualizer.measureElement}
                  aria-posinset={index + 1}
                  aria-setsize={store.hasOlder.value ? -1 : count}
                >
                  {index === unread && <UnreadLine />}
                  {'row' in item ? <RowCard row={item.row} /> : <LiveCard row={item.live} />}
                </article>
              );
            })}
          </div>
        </div>
      </div>
      {isUnreadFar.value && unread >= 0 && !isUnreadShown && (
        <button
          type="button"
          class="jump-up"
          onClick={() => store.reading.goTo(unreadIndex(list, unread))}
        >
          <Icon name="up" />
          {t('New since you last looked')}
        </button>
      )}
      {!isFollowing && (
        <button type="button" class="jump" onClick={jump}>
          <Icon name="down" />
          {news === 0 ? t('Jump to latest') : t('Jump to latest · {0} new', news)}
        </button>
      )}
    </div>
  );
}

/** Place in the list of the first row that was not read; -1 if there is none. */
function firstUnread(list: List, after: number | undefined): number {
  if (after === undefined) return -1;
  const place = placeOf(list, after) + 1;
  return place > 0 && place < countOf(list) ? place : -1;
}

function unreadIndex(list: List, at: number): number {
  const item = itemAt(list, at);
  return item !== undefined && 'row' in item ? item.row.index : 0;
}

/** Rows that came after the one at `seenIndex`; older ones that were loaded meanwhile are not new. */
function newRows(rows: readonly TranscriptRow[], seenIndex: number): number {
  let at = rows.length;
  while (at > 0 && (rows[at - 1]?.index ?? -1) > seenIndex) at--;
  return rows.length - at;
}

function TopLine({ count }: { readonly count: number }) {
  const { store, t } = useUi();
  const header = store.header.value;
  const isComing = header?.session === undefined && header?.truth.kind !== 'over';
  if (!store.hasEntries.value || (count === 0 && isComing)) {
    return (
      <p class="top-line">
        <Spinner />
        {t('Loading the session …')}
      </p>
    );
  }
  if (store.hasOlder.value) {
    return (
      <p class="top-line">
        {store.isLoadingOlder.value ? (
          <>
            <Spinner />
            {t('Loading older entries …')}
          </>
        ) : (
          <button type="button" class="link-button" onClick={() => store.fetchOlder()}>
            {t('Load older entries')}
          </button>
        )}
      </p>
    );
  }
  return (
    <p class="top-line">
      {count === 0 ? t('Nothing has been said yet.') : t('Beginning of the session')}
    </p>
  );
}

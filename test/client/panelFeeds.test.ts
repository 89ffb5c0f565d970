// A panel that follows the messages of the feeds shows what the view has.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EntryFeed, LiveFeed } from '../../src/client/panel/panelFeeds.ts';
import type { ToPanel } from '../../src/protocol/local/panel.ts';
import type { LiveBlock } from '../../src/session/view.ts';
import { entries } from './samples.ts';

/** What a page does with the messages. */
class Page {
  indexes: number[] = [];
  live: { key: string; text: string }[] = [];

  take(messages: readonly ToPanel[]): void {
    for (const message of messages) this.takeOne(message);
  }

  private takeOne(message: ToPanel): void {
    const of = (list: readonly { index: number }[]): number[] => list.map(({ index }) => index);
    if (message.type === 'entries') this.indexes = of(message.entries);
    if (message.type === 'append') this.indexes = [...this.indexes, ...of(message.entries)];
    if (message.type === 'prepend') this.indexes = [...of(message.entries), ...this.indexes];
    if (message.type === 'live') {
      this.live = message.blocks.map((b) => ({ key: `${b.messageId}/${b.block}`, text: b.text }));
    }
    if (message.type === 'live-append') {
      const block = this.live.find(({ key }) => key === `${message.messageId}/${message.block}`);
      if (block) block.text += message.text;
    }
  }
}

describe('entries', () => {
  test('new entries travel alone, older ones in front', () => {
    const feed = new EntryFeed();
    feed.next(entries(10, 20));
    expect(feed.next(entries(10, 22))).toEqual([{ type: 'append', entries: entries(20, 22) }]);
    expect(feed.next(entries(5, 22))).toEqual([
      { type: 'prepend', entries: entries(5, 10), hasOlder: true },
    ]);
    expect(feed.next(entries(5, 22))).toEqual([]);
  });

  test('where the very first entry is there, nothing older is offered', () => {
    const feed = new EntryFeed();
    expect(feed.next(entries(0, 2))).toMatchObject([{ type: 'entries', hasOlder: false }]);
    feed.reset();
    expect(feed.next(entries(3, 5))).toMatchObject([{ type: 'entries', hasOlder: true }]);
    expect(feed.next(entries(0, 5))).toMatchObject([{ type: 'prepend', hasOlder: false }]);
  });

  test('after any series of ranges and resets the page has the newest range', () => {
    const range = fc.tuple(fc.nat(30), fc.nat(30), fc.boolean());
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), (steps) => {
        const feed = new EntryFeed();
        let page = new Page();
        for (const [first, length, isReset] of steps) {
          if (isReset) {
            feed.reset();
            page = new Page();
          }
          const range_ = entries(first, first + length);
          page.take(feed.next(range_));
          expect(page.indexes).toEqual(range_.map(({ index }) => index));
        }
      }),
    );
  });
});

describe('live text', () => {
  const block = (text: string, changes: Partial<LiveBlock> = {}): LiveBlock => ({
    messageId: 'm',
    block: 0,
    type: 'text',
    text,
    ...changes,
  });

  test('growth travels as the piece that is new', () => {
    const feed = new LiveFeed();
    feed.next([block('Hel')]);
    expect(feed.next([block('Hello')])).toEqual([
      { type: 'live-append', messageId: 'm', block: 0, text: 'lo' },
    ]);
  });

  test('text that shrinks, changes or ends replaces what the page has', () => {
    const feed = new LiveFeed();
    feed.next([block('Hello')]);
    expect(feed.next([block('Help')])[0]).toMatchObject({ type: 'live' });
    expect(feed.next([])).toEqual([{ type: 'live', blocks: [] }]);
    expect(feed.next([])).toEqual([]);
  });

  test('after any series of texts the page has the newest', () => {
    const texts = fc.array(
      fc.record({ messageId: fc.constantFrom('a', 'b'), text: fc.string({ maxLength: 4 }) }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 10 }), (steps) => {
        const feed = new LiveFeed();
        const page = new Page();
        for (const step of steps) {
          const blocks = step.map(({ messageId, text }, i) => block(text, { messageId, block: i }));
          page.take(feed.next(blocks));
          expect(page.live.map(({ text }) => text)).toEqual(blocks.map(({ text }) => text));
        }
      }),
    );
  });
});

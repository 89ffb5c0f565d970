// What a panel has to be told so that it shows the newest entries and live text: as little as possible.
import type { ToPanel } from '../../protocol/local/panel.ts';
import type { LiveBlock, PlacedEntry } from '../../session/view.ts';

/** Remembers which entries a panel has. */
export class EntryFeed {
  private first = 0;
  private end = 0;
  private isFresh = true;

  /** Forgets what the panel has: the next message replaces all. */
  reset(): void {
    this.isFresh = true;
  }

  /** Messages that bring the panel to `entries` (in order, without gaps). */
  next(entries: readonly PlacedEntry[]): readonly ToPanel[] {
    const first = entries[0]?.index ?? 0;
    const end = first + entries.length;
    const hadNone = this.end === this.first;
    const continues = !this.isFresh && !hadNone && first <= this.first && end >= this.end;
    const messages: ToPanel[] = [];
    if (!continues) {
      if (this.isFresh || !hadNone || entries.length > 0) {
        messages.push({ type: 'entries', entries: [...entries], hasOlder: first > 0 });
      }
    } else {
      if (first < this.first) {
        const older = entries.slice(0, this.first - first);
        messages.push({ type: 'prepend', entries: older, hasOlder: first > 0 });
      }
      if (end > this.end) {
        messages.push({ type: 'append', entries: entries.slice(this.end - first) });
      }
    }
    this.isFresh = false;
    this.first = first;
    this.end = end;
    return messages;
  }
}

/** Remembers which streaming text a panel has. */
export class LiveFeed {
  private last: readonly LiveBlock[] | undefined;

  /** Forgets what the panel has: the next message replaces all. */
  reset(): void {
    this.last = undefined;
  }

  /** Messages that bring the panel to `blocks`; growth of known blocks travels as pieces. */
  next(blocks: readonly LiveBlock[]): readonly ToPanel[] {
    const { last } = this;
    this.last = blocks;
    const grows =
      last !== undefined &&
      last.length === blocks.length &&
      blocks.every((block, i) => isGrowthOf(block, last[i]));
    if (!grows) {
      if (last !== undefined && last.length === 0 && blocks.length === 0) return [];
      return [{ type: 'live', blocks: [...blocks] }];
    }
    return blocks.flatMap((block, i) => {
      const text = block.text.slice(last[i]?.text.length ?? 0);
      const { messageId } = block;
      return text === ''
        ? []
        : [{ type: 'live-append' as const, messageId, block: block.block, text }];
    });
  }
}

function isGrowthOf(block: LiveBlock, before: LiveBlock | undefined): boolean {
  return (
    before !== undefined &&
    block.messageId === before.messageId &&
    block.block === before.block &&
    block.type === before.type &&
    block.tool === before.tool &&
    block.parent === before.parent &&
    block.brokenAt === before.brokenAt &&
    block.text.startsWith(before.text)
  );
}

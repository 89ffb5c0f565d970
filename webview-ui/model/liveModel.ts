// Text that streams now, block by block: a delta touches one signal and nothing else.
import { type Signal, signal } from '@preact/signals';
import type { ShownText } from '../../src/protocol/entryParts.ts';

/** One streaming block. */
export interface LiveRow extends Omit<ShownText, 'text'> {
  readonly key: string;
  readonly text: Signal<string>;
  /** Monotonic ms of its beginning; absent where that was not seen. */
  readonly since?: number;
}

/** Who comes later finds more than this of a block, characters. */
const BEGINNING = 300;

/** Keeps the streaming blocks. */
export class LiveModel {
  /** Blocks of the session that its host did not finish, in the order of their places in the log. */
  readonly broken = signal<readonly LiveRow[]>([]);
  /** Blocks of the session itself that stream, in order of appearance. */
  readonly rows = signal<readonly LiveRow[]>([]);
  /** Blocks of subagents by the call that started them. */
  readonly nested = signal<ReadonlyMap<string, readonly LiveRow[]>>(new Map());
  private byKey = new Map<string, LiveRow>();
  private readonly now: () => number;

  /** `now`: monotonic ms. */
  constructor(now: () => number) {
    this.now = now;
  }

  /** Takes the whole present state; blocks that stay keep their identity. */
  replace(blocks: readonly ShownText[]): void {
    const next = new Map<string, LiveRow>();
    for (const block of blocks) {
      const key = liveKey(block.messageId, block.block);
      const known = this.byKey.get(key);
      const isSame = known?.type === block.type && known.brokenAt === block.brokenAt;
      if (isSame) known.text.value = block.text;
      next.set(key, isSame ? known : this.createRow(key, block));
    }
    this.byKey = next;
    const all = [...next.values()];
    const own = all.filter((row) => row.parent === undefined);
    this.rows.value = own.filter((row) => row.brokenAt === undefined);
    this.broken.value = own.filter((row) => row.brokenAt !== undefined);
    const nested = new Map<string, LiveRow[]>();
    for (const row of all) {
      if (row.parent === undefined) continue;
      nested.set(row.parent, [...(nested.get(row.parent) ?? []), row]);
    }
    this.nested.value = nested;
  }

  /** Adds text to a block; a block that is not known is left for the next `replace`. */
  append(messageId: string, block: number, text: string): void {
    const row = this.byKey.get(liveKey(messageId, block));
    if (row !== undefined) row.text.value += text;
  }

  private createRow(key: string, block: ShownText): LiveRow {
    const { text } = block;
    const since = text.length <= BEGINNING ? { since: this.now() } : {};
    return { ...block, ...since, key, text: signal(text) };
  }
}

function liveKey(messageId: string, block: number): string {
  return `live:${messageId}:${block}`;
}

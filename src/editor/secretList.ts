// A bounded list of records in the editor's secret storage: links, which are secrets.
import type { SecretStorage } from 'vscode';
import * as z from 'zod/mini';
import { Emitter, type Event } from '../base/emitter.ts';
import { parseJson } from '../protocol/json.ts';
import { DisposableStore } from '../base/disposable.ts';
import { errorText, type Logger } from '../base/log.ts';

/** Records of one shape under one key; other windows' changes are taken over. Newest first. */
export class SecretList<T> {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new Emitter<void>());
  private readonly secrets: SecretStorage;
  private readonly key: string;
  private readonly schema: z.ZodMiniType<T>;
  private readonly maxItems: number;
  private readonly log: Logger;
  private list: readonly T[] = [];
  /** Storage is touched in order, so that a read never sees less than what was written before. */
  private queue: Promise<void> = Promise.resolve();
  private writes = 0;

  readonly onDidChange: Event<void> = this.changed.event;

  constructor(options: {
    readonly secrets: SecretStorage;
    readonly key: string;
    readonly schema: z.ZodMiniType<T>;
    readonly maxItems: number;
    readonly log: Logger;
  }) {
    this.secrets = options.secrets;
    this.key = options.key;
    this.schema = options.schema;
    this.maxItems = options.maxItems;
    this.log = options.log;
    this.store.add(
      this.secrets.onDidChange((event) => {
        if (event.key === this.key) void this.load();
      }),
    );
  }

  get items(): readonly T[] {
    return this.list;
  }

  /** Reads the list from the storage; what is not as expected is left out. */
  load(): Promise<void> {
    const { writes } = this;
    return this.inOrder('read', async () => {
      const text = await this.secrets.get(this.key);
      // What was written meanwhile is newer than what was read.
      if (writes !== this.writes) return;
      const parsed = z.array(z.unknown()).safeParse(parseJson(text ?? '[]'));
      this.list = (parsed.success ? parsed.data : []).flatMap((item) => {
        const record = this.schema.safeParse(item);
        return record.success ? [record.data] : [];
      });
      this.changed.fire();
    });
  }

  /** Puts `item` first, in place of those that `replaces` names. */
  async put(item: T, replaces: (other: T) => boolean): Promise<void> {
    await this.write([item, ...this.list.filter((other) => !replaces(other))]);
  }

  /** Forgets what `matches` names. */
  async remove(matches: (item: T) => boolean): Promise<void> {
    if (this.list.some(matches)) await this.write(this.list.filter((item) => !matches(item)));
  }

  dispose(): void {
    this.store.dispose();
  }

  private write(list: readonly T[]): Promise<void> {
    this.list = list.slice(0, this.maxItems);
    this.writes += 1;
    this.changed.fire();
    const text = JSON.stringify(this.list);
    return this.inOrder('written', () => Promise.resolve(this.secrets.store(this.key, text)));
  }

  private inOrder(what: string, work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((error: unknown) => {
      this.log.warn(`secret storage cannot be ${what}`, { key: this.key, error: errorText(error) });
    });
    return this.queue;
  }
}

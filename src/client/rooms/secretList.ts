// A bounded list of records in a secret storage: links, which are secrets.
import * as z from 'zod/mini';
import { Emitter, type Event } from '../../base/emitter.ts';
import { parseJson } from '../../protocol/json.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { errorText, type Logger } from '../../base/log.ts';
import type { SecretStorage } from '../storage.ts';

/** Records of one shape under one key; other windows' changes are taken over. Newest first. */
export class SecretList<T> {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly secrets: SecretStorage;
  private readonly key: string;
  private readonly schema: z.ZodMiniType<T>;
  private readonly maxItems: number;
  private readonly log: Logger;
  private list: readonly T[] = [];
  /** Storage is touched in order, so that a read never sees less than what was written before. */
  private queue: Promise<void> = Promise.resolve();
  private writes = 0;
  private wasRead = false;

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
    this.disposables.add(
      this.secrets.onDidChange((event) => {
        if (event.key === this.key) void this.load();
      }),
    );
  }

  get items(): readonly T[] {
    return this.list;
  }

  /** Whether the storage was read, or could not be. */
  get isLoaded(): boolean {
    return this.wasRead;
  }

  /** Reads the list from the storage; what is not as expected is left out. */
  load(): Promise<void> {
    const { writes } = this;
    return this.inOrder('read', async () => {
      let stored: readonly T[] | undefined;
      try {
        stored = await this.read();
      } finally {
        this.wasRead = true;
        // What was written meanwhile is newer than what was read.
        this.show(stored && writes === this.writes ? stored : this.list);
      }
    });
  }

  /** Puts `item` first, in place of those that `replaces` names. */
  put(item: T, replaces: (other: T) => boolean): Promise<void> {
    return this.edit((list) => [item, ...list.filter((other) => !replaces(other))]);
  }

  /** Forgets what `matches` names. */
  remove(matches: (item: T) => boolean): Promise<void> {
    return this.edit((list) => list.filter((item) => !matches(item)));
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** Shown at once; what is stored is read again first, for another window may have added to it. */
  private edit(change: (list: readonly T[]) => readonly T[]): Promise<void> {
    this.writes += 1;
    const { writes } = this;
    this.show(change(this.list).slice(0, this.maxItems));
    return this.inOrder('written', async () => {
      const list = change(await this.read()).slice(0, this.maxItems);
      await this.secrets.store(this.key, JSON.stringify(list));
      if (writes === this.writes) this.show(list);
    });
  }

  private async read(): Promise<readonly T[]> {
    const text = await this.secrets.get(this.key);
    const parsed = z.array(z.unknown()).safeParse(parseJson(text ?? '[]'));
    return (parsed.success ? parsed.data : []).flatMap((item) => {
      const record = this.schema.safeParse(item);
      return record.success ? [record.data] : [];
    });
  }

  private show(list: readonly T[]): void {
    this.list = list;
    this.changed.fire();
  }

  private inOrder(what: string, work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((error: unknown) => {
      this.log.warn(`secret storage cannot be ${what}`, { key: this.key, error: errorText(error) });
    });
    return this.queue;
  }
}

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
  async load(): Promise<void> {
    try {
      const text = await this.secrets.get(this.key);
      const parsed = z.array(z.unknown()).safeParse(parseJson(text ?? '[]'));
      this.list = (parsed.success ? parsed.data : []).flatMap((item) => {
        const record = this.schema.safeParse(item);
        return record.success ? [record.data] : [];
      });
    } catch (error) {
      this.log.warn('secret storage cannot be read', { key: this.key, error: errorText(error) });
    }
    this.changed.fire();
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

  private async write(list: readonly T[]): Promise<void> {
    this.list = list.slice(0, this.maxItems);
    this.changed.fire();
    try {
      await this.secrets.store(this.key, JSON.stringify(this.list));
    } catch (error) {
      this.log.warn('secret storage cannot be written', {
        key: this.key,
        error: errorText(error),
      });
    }
  }
}

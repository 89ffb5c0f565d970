// Prompts whose outcome this window does not know yet: kept, so that the next window can show them.
import * as z from 'zod/mini';
import type { Disposable } from '../../base/disposable.ts';
import { isSettled, type OutboxItem } from '../../session/view.ts';
import { promptText } from './refusedPrompts.ts';
import type { RoomPool } from '../rooms/roomPool.ts';
import { sessionState } from '../rooms/sessionFacts.ts';
import { refKey, type SessionRef } from '../rooms/sessionRef.ts';
import type { SharedRoom } from '../rooms/sharedRoom.ts';
import type { KeyValueStorage } from '../storage.ts';
import type { Translate } from '../translate.ts';

const KEY = 'open-prompts';
/** Of each session the newest are kept, for a week. */
const MAX_PROMPTS = 20;
const MAX_AGE_MS = 7 * 24 * 3_600_000;

const promptSchema = z.object({
  id: z.string(),
  text: z.string(),
  at: z.number(),
  message: z.optional(z.string()),
});
const keptSchema = z.record(z.string(), z.array(promptSchema));
type KeptPrompt = z.infer<typeof promptSchema>;

/** What is kept, by session. */
export class OpenPrompts {
  private readonly storage: KeyValueStorage;
  private readonly now: () => number;
  private readonly t: Translate;

  constructor(options: {
    readonly storage: KeyValueStorage;
    readonly now: () => number;
    readonly t: Translate;
  }) {
    this.storage = options.storage;
    this.now = options.now;
    this.t = options.t;
  }

  /** What an earlier window left in doubt, as items that say so. */
  of(ref: SessionRef): readonly OutboxItem[] {
    const message = this.t(
      'The window was closed before this was answered. It may have run. Look at the session before you send it again.',
    );
    return (this.kept()[refKey(ref)] ?? []).map(({ id, text, at, message: said = message }) => ({
      id,
      kind: 'prompt',
      args: { text },
      status: 'unknown',
      message: said,
      at,
    }));
  }

  /** Follows the rooms of a pool. */
  watch(pool: RoomPool): Disposable {
    return pool.onDidChangeRoom(({ room, parts }) => {
      if (parts.has('entries') || parts.has('state')) forgetThoseThatRan(room);
      if (parts.has('outbox')) this.keep(room);
    });
  }

  private keep({ ref, outbox }: SharedRoom): void {
    const before = this.kept();
    const prompts = outbox.flatMap(keptPrompt).slice(-MAX_PROMPTS);
    const { [refKey(ref)]: known, ...others } = before;
    if (JSON.stringify(known ?? []) === JSON.stringify(prompts)) return;
    void this.storage.update(
      KEY,
      prompts.length === 0 ? others : { ...others, [refKey(ref)]: prompts },
    );
  }

  private kept(): Readonly<Record<string, readonly KeptPrompt[]>> {
    const parsed = keptSchema.safeParse(this.storage.get(KEY));
    if (!parsed.success) return {};
    const oldest = this.now() - MAX_AGE_MS;
    return Object.fromEntries(
      Object.entries(parsed.data)
        .map(([key, prompts]) => [key, prompts.filter(({ at }) => at >= oldest)] as const)
        .filter(([, prompts]) => prompts.length > 0),
    );
  }
}

function keptPrompt(item: OutboxItem): readonly KeptPrompt[] {
  const text = promptText(item);
  const isOpen = item.status === 'unknown' || !isSettled(item);
  if (text === undefined || !isOpen) return [];
  const { id, at, message } = item;
  return [
    { id, text, at, ...(item.status === 'unknown' && message !== undefined ? { message } : {}) },
  ];
}

/** What stands in the transcript or the queue is in no doubt any more. */
function forgetThoseThatRan(room: SharedRoom): void {
  const doubtful = room.outbox.filter(
    ({ kind, status }) => kind === 'prompt' && status === 'unknown',
  );
  const { view } = room;
  if (doubtful.length === 0 || view === undefined) return;
  const taken = new Set<string | undefined>([
    ...view.entries.map(({ entry }) => (entry.kind === 'prompt' ? entry.promptId : undefined)),
    ...(sessionState(view)?.queue ?? []).map(({ promptId }) => promptId),
  ]);
  for (const { id } of doubtful) if (taken.has(id)) room.forget(id);
}

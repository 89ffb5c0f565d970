// Gives the text of a refused prompt back to its author: nothing that was typed is lost.
import * as z from 'zod/mini';
import { DisposableStore } from '../../base/disposable.ts';
import type { OutboxItem } from '../../session/view.ts';
import type { Drafts } from './drafts.ts';
import type { RoomPool } from '../rooms/roomPool.ts';
import type { SharedRoom } from '../rooms/sharedRoom.ts';
import { heard } from '../../protocol/said.ts';
import { outboxMessage, type Translate, wordsText } from '../translate.ts';

const promptArgs = z.looseObject({ text: z.string() });

/** Text of a prompt in the outbox; undefined if the item is none. */
export function promptText(item: OutboxItem): string | undefined {
  if (item.kind !== 'prompt') return undefined;
  const parsed = promptArgs.safeParse(item.args);
  return parsed.success ? parsed.data.text : undefined;
}

/** Whether a prompt surely did not run, so that its text may be typed again. */
export function isRefused(item: OutboxItem): boolean {
  return item.kind === 'prompt' && (item.status === 'rejected' || item.status === 'expired');
}

/** Watches every room of the pool for refused prompts. */
export function returnRefusedPrompts(options: {
  readonly pool: RoomPool;
  readonly drafts: Drafts;
  readonly t: Translate;
}): DisposableStore {
  const disposables = new DisposableStore();
  const check = (room: SharedRoom): void => {
    for (const item of room.outbox.filter(isRefused)) {
      const reason = outboxMessage(item, options.t) ?? options.t('The prompt was not run.');
      const text = promptText(item);
      room.forget(item.id);
      options.drafts.attachments.returned(item.id);
      if (text !== undefined) options.drafts.putBack(room.ref, text, reason);
    }
    options.drafts.attachments.keepOnly(room.ref, new Set(room.outbox.map(({ id }) => id)));
  };
  /** Taken by the host, and refused by a hook of the agent before it began. */
  const checkBlocked = (room: SharedRoom): void => {
    const sent = new Map(room.outbox.map((item) => [item.id, item]));
    for (const { entry } of room.view?.entries ?? []) {
      if (entry.kind !== 'notice' || entry.code !== 'prompt-blocked') continue;
      const item = sent.get(entry.promptId ?? '');
      const text = item && promptText(item);
      if (item === undefined || text === undefined) continue;
      room.forget(item.id);
      options.drafts.attachments.returned(item.id);
      options.drafts.putBack(room.ref, text, wordsText(heard(entry.text, entry.said), options.t));
    }
  };
  disposables.add(
    options.pool.onDidChangeRoom(({ room, parts }) => {
      if (parts.has('outbox')) check(room);
      if (parts.has('entries')) checkBlocked(room);
    }),
  );
  return disposables;
}

// Commands whose answer is waited for, and history that is read by them.
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { logPageSchema } from '../../protocol/command.ts';
import type { CommandArgs, CommandKind } from '../../protocol/commandTable.ts';
import type { Json } from '../../protocol/json.ts';
import type { Replica } from '../../session/replica.ts';
import { isSettled, type OutboxItem, type RoomView } from '../../session/view.ts';
import { commandFailed } from '../errors.ts';

/** A goodbye that is not answered by then is left to lease and roster. */
const GOODBYE_MS = 1_000;
/** Entries of one page of history. */
const PAGE_ENTRIES = 200;

/** Sends a command and waits until it is settled, `awaited` meanwhile; rejects with AppError, or the signal's reason. */
export async function requestOf<K extends CommandKind>(
  view: RoomView,
  kind: K,
  args: CommandArgs<K>,
  { signal, awaited }: { readonly signal: AbortSignal; readonly awaited: Set<string> },
): Promise<Json | undefined> {
  signal.throwIfAborted();
  const { id } = view.send(kind, args);
  awaited.add(id);
  const settled = await new Promise<OutboxItem | undefined>((resolve) => {
    const waiting = new DisposableStore();
    const check = (): void => {
      const item = view.outbox.find((one) => one.id === id);
      const isOver = view.truth.kind === 'over' || signal.aborted;
      if (!isOver && item && !isSettled(item)) return;
      waiting.dispose();
      resolve(item);
    };
    waiting.add(view.onDidChange(check));
    signal.addEventListener('abort', check, { once: true });
    waiting.defer(() => signal.removeEventListener('abort', check));
    check();
  });
  awaited.delete(id);
  signal.throwIfAborted();
  view.forget(id);
  if (settled?.status === 'done') return settled.result;
  throw view.truth.kind === 'over' ? view.truth.error : commandFailed(settled);
}

/** Says goodbye if there is anybody to hear it; resolves whatever becomes of it. */
export async function sayGoodbye(
  view: RoomView,
  kind: 'leave' | 'focus-release',
  clock: Pick<Clock, 'after'>,
): Promise<void> {
  if (!view.me || view.truth.kind === 'over') return;
  const waiting = new AbortController();
  const timer = clock.after(GOODBYE_MS, () => waiting.abort());
  await view.request(kind, {}, { signal: waiting.signal }).catch(() => undefined);
  timer.dispose();
}

/** Loads the page before the oldest entry held; false if there is none. */
export async function fetchPage(view: RoomView, replica: Replica): Promise<boolean> {
  const first = view.entries[0]?.index ?? 0;
  if (first === 0) return false;
  const from = Math.max(0, first - PAGE_ENTRIES);
  const answer = await view.request('fetch', { what: 'log', from, to: first });
  const page = logPageSchema.safeParse(answer);
  if (!page.success || page.data.records.length === 0) return false;
  return replica.insertOlder(page.data.records);
}

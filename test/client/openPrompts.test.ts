// Prompts that were on their way when the window went.
import { describe, expect, test } from 'vitest';
import { OpenPrompts } from '../../src/client/prompts/openPrompts.ts';
import type { SessionRef } from '../../src/client/rooms/sessionRef.ts';
import type { SharedRoom } from '../../src/client/rooms/sharedRoom.ts';
import { untranslated } from '../../src/client/translate.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { MemoryStorage, FakeView, poolOf, sessionState } from './samples.ts';

const ref: SessionRef = { kind: 'joined', room: 'r' };
const DAY_MS = 24 * 3_600_000;

/** One window after the other, over one storage. */
function setUp() {
  const storage = new MemoryStorage();
  const clock = createFakeClock();
  const openWindow = async (): Promise<{ readonly room: SharedRoom; readonly view: FakeView }> => {
    const view = new FakeView();
    const open = new OpenPrompts({ storage, now: () => clock.now(), t: untranslated });
    const pool = poolOf(view, { clock, leftBehind: (one) => open.of(one) });
    open.watch(pool);
    const { room } = pool.acquire(ref);
    await waitUntil('joined', () => room.view);
    return { room, view };
  };
  const send = ({ view }: { readonly view: FakeView }, text: string): void => {
    view.send('prompt', { text });
    view.settle({ id: `id of ${text}`, at: clock.now() });
  };
  return { storage, clock, openWindow, send };
}

describe('a prompt that was not answered when the window went', () => {
  test('is there in the next window, with its text and what is not known, until it is dismissed', async () => {
    const { storage, openWindow, send } = setUp();
    send(await openWindow(), 'half way');
    const next = await openWindow();
    expect(next.room.outbox).toMatchObject([
      { id: 'id of half way', kind: 'prompt', args: { text: 'half way' }, status: 'unknown' },
    ]);
    expect(next.room.outbox[0]?.message).toMatch(/window was closed .* may have run/);
    expect((await openWindow()).room.outbox).toHaveLength(1);
    next.room.forget('id of half way');
    expect((await openWindow()).room.outbox).toEqual([]);
    expect(JSON.stringify([...storage.values])).not.toContain('half way');
  });

  test('is in no doubt any more once it stands in the transcript or in the queue', async () => {
    const { openWindow, send } = setUp();
    const first = await openWindow();
    for (const text of ['ran', 'waits', 'lost']) send(first, text);
    const { room, view } = await openWindow();
    const prompt = {
      kind: 'prompt',
      id: 'e',
      at: 0,
      text: 'ran',
      origin: 'person',
      promptId: 'id of ran',
    } as const;
    view.entries = [{ index: 0, entry: prompt }];
    view.change('entries');
    const author = { member: 'ada', name: 'Ada' };
    view.state = sessionState({
      queue: [{ promptId: 'id of waits', text: 'waits', author, since: 0 }],
    });
    view.change('state');
    expect(room.outbox).toMatchObject([{ args: { text: 'lost' } }]);
  });

  test('is forgotten after a week', async () => {
    const { clock, openWindow, send } = setUp();
    send(await openWindow(), 'old');
    clock.advance(6 * DAY_MS);
    expect((await openWindow()).room.outbox).toHaveLength(1);
    clock.advance(2 * DAY_MS);
    expect((await openWindow()).room.outbox).toEqual([]);
  });
});

test('a prompt that was done, refused or given back is not kept', async () => {
  const { storage, openWindow, send } = setUp();
  const window = await openWindow();
  for (const status of ['done', 'rejected', 'expired'] as const) {
    send(window, status);
    window.view.settle({ status });
  }
  window.view.send('focus-request', {});
  expect((await openWindow()).room.outbox).toEqual([]);
  expect(JSON.stringify([...storage.values])).not.toMatch(/done|rejected|expired/);
});

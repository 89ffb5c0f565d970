// Rooms of a window: shared by their users, followed to new addresses, joined again when over.
import { say } from '../../src/base/say.ts';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { Emitter } from '../../src/base/emitter.ts';
import { silentLogger } from '../../src/base/log.ts';
import { RoomPool } from '../../src/client/rooms/roomPool.ts';
import type { SessionRef } from '../../src/client/rooms/sessionRef.ts';
import type { JoinTarget, RoomTarget } from '../../src/client/rooms/joinTarget.ts';
import { SharedRoom } from '../../src/client/rooms/sharedRoom.ts';
import { formatLink } from '../../src/protocol/link.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { FakeView } from './samples.ts';

const own: SessionRef = { kind: 'own', session: 's' };
const joined: SessionRef = { kind: 'joined', room: 'r' };

function linkTo(port: number, secret = 1, room = 'a'): string {
  return formatLink({
    room: room.repeat(26),
    secret: new Uint8Array(32).fill(secret),
    relay: `ws://127.0.0.1:${port}`,
    role: 'owner',
  });
}

function setUp(ref: SessionRef) {
  const clock = createFakeClock();
  const views: FakeView[] = [];
  const links: string[] = [];
  const join: JoinTarget = ({ link }) => {
    links.push(link);
    const view = new FakeView();
    views.push(view);
    return Promise.resolve(view);
  };
  const options = { join, clock, random: () => 0, log: silentLogger };
  return { clock, views, links, options, room: new SharedRoom({ ref, ...options }) };
}

const over = {
  kind: 'over',
  error: new AppError('link-revoked', { happened: say`Over.` }),
} as const;

describe('following the host', () => {
  test('a new port and a new invite of the same room are followed in place', async () => {
    const { room, views, links } = setUp(own);
    room.setTarget({ link: linkTo(1000) });
    await waitUntil('joined', () => room.view);
    room.setTarget({ link: linkTo(2000, 2) });
    expect(links).toHaveLength(1);
    expect(views[0]?.relays).toEqual(['ws://127.0.0.1:2000']);
  });

  test('commands that are long done are forgotten, those that failed are not', async () => {
    const { room } = setUp(own);
    room.setTarget({ link: linkTo(1000) });
    await waitUntil('joined', () => room.view);
    const view = room.view;
    if (!(view instanceof FakeView)) throw new Error('not the view of this test');
    view.send('prompt', { text: 'in doubt' });
    view.settle({ status: 'unknown' });
    for (let n = 0; n < 100; n++) {
      view.send('prompt', { text: `prompt ${n}` });
      view.settle({ status: 'done' });
    }
    expect(room.outbox[0]).toMatchObject({ status: 'unknown' });
    expect(room.outbox.at(-1)).toMatchObject({ args: { text: 'prompt 99' } });
    expect(room.outbox.length).toBeLessThanOrEqual(17);
  });

  test('another link to a joined session is joined anew: it may give more', async () => {
    const { room, views, links } = setUp(joined);
    room.setTarget({ link: linkTo(1000) });
    await waitUntil('joined', () => room.view);
    room.setTarget({ link: linkTo(1000, 2) });
    await waitUntil('joined again', () => links.length === 2 && room.view);
    expect(links[1]).toBe(linkTo(1000, 2));
    expect(views[0]?.closes).toHaveLength(1);
  });

  test('a room says that it is over, by what it was told or because it could not be joined', async () => {
    const { room, views } = setUp(joined);
    room.setTarget({ link: linkTo(1000) });
    const view = await waitUntil('joined', () => room.view && views[0]);
    expect(room.isOver).toBe(false);
    view.truth = over;
    expect(room.isOver).toBe(true);
    void room.rejoin();
    await waitUntil('joined again', () => views.length === 2 && room.view);
    expect(room.isOver).toBe(false);
  });

  test('another room is joined anew, and unanswered commands are kept as unknown', async () => {
    const { room, views, links } = setUp(own);
    room.setTarget({ link: linkTo(1000) });
    const view = await waitUntil('joined', () => room.view);
    view.send('prompt', { text: 'half way' });
    room.setTarget({ link: linkTo(1000, 1, 'b') });
    await waitUntil('joined again', () => links.length === 2 && room.view);
    expect(views[0]?.closes).toHaveLength(1);
    expect(room.outbox).toMatchObject([{ kind: 'prompt', status: 'unknown' }]);
    room.forget('command1');
    expect(room.outbox).toEqual([]);
  });

  test('a prompt of unknown outcome stays to be seen when the room is joined anew', async () => {
    const { room, views } = setUp(joined);
    room.setTarget({ link: linkTo(1000) });
    const view = await waitUntil('joined', () => room.view && views[0]);
    view.send('prompt', { text: 'in doubt' });
    view.settle({ status: 'unknown', message: 'It may have run.' });
    view.send('prompt', { text: 'done' });
    view.settle({ status: 'done' });
    room.setTarget({ link: linkTo(1000, 2) });
    await waitUntil('joined anew', () => room.view === views[1]);
    expect(room.outbox).toMatchObject([{ args: { text: 'in doubt' }, status: 'unknown' }]);
  });

  test('of two joins the later one is shown, however late the first one ends', async () => {
    const { options } = setUp(joined);
    const ends: ((view: FakeView) => void)[] = [];
    const join: JoinTarget = () => new Promise((resolve) => ends.push(resolve));
    const room = new SharedRoom({ ref: joined, ...options, join });
    room.setTarget({ link: linkTo(1000) });
    room.setTarget({ link: linkTo(1000, 2) });
    const [older, newer] = [new FakeView(), new FakeView()];
    ends[1]?.(newer);
    await waitUntil('joined', () => room.view === newer);
    ends[0]?.(older);
    await waitUntil('the older one is closed', () => older.closes.length === 1);
    expect(room.view).toBe(newer);
    expect(newer.closes).toEqual([]);
  });

  test('a room of this computer that is refused is tried again, later and later', async () => {
    const { room, views, links, clock } = setUp(own);
    room.setTarget({ link: linkTo(1000) });
    const first = await waitUntil('joined', () => views[0] && room.view && views[0]);
    first.state = undefined;
    first.truth = over;
    first.change('truth');
    clock.advance(500);
    await waitUntil('second', () => links.length === 2 && room.view && views[1]);
  });

  test('a joined room that is over stays over', async () => {
    const { room, views, clock, links } = setUp(joined);
    room.setTarget({ link: linkTo(1000) });
    const first = await waitUntil('joined', () => room.view && views[0]);
    first.truth = over;
    first.change('truth');
    clock.advance(60_000);
    expect(links).toHaveLength(1);
  });

  test('a link that can never work is an error of the room, not a silence', async () => {
    const clock = createFakeClock();
    const join: JoinTarget = () => Promise.reject(over.error);
    const room = new SharedRoom({ ref: joined, join, clock, random: () => 0, log: silentLogger });
    room.setTarget({ link: linkTo(1) });
    await waitUntil('failed', () => room.error);
    expect(room.error).toBe(over.error);
  });
});

describe('pool', () => {
  const pool = (ref: SessionRef) => {
    const parts = setUp(ref);
    const changed = new Emitter<void>();
    let target: RoomTarget | undefined = { link: linkTo(1) };
    const links = { targetOf: () => target, onDidChange: changed.event };
    return {
      ...parts,
      pool: new RoomPool({ links, ...parts.options }),
      setTarget: (next: RoomTarget | undefined) => {
        target = next;
        changed.fire();
      },
    };
  };

  test('two users share one connection; it closes a while after the last has gone', async () => {
    const { pool: rooms, views, clock } = pool(own);
    const first = rooms.acquire(own);
    const second = rooms.acquire(own);
    await waitUntil('joined', () => first.room.view);
    expect(second.room).toBe(first.room);
    expect(views).toHaveLength(1);
    first.dispose();
    first.dispose();
    clock.advance(60_000);
    expect(views[0]?.closes).toEqual([]);
    second.dispose();
    clock.advance(60_000);
    expect(views[0]?.closes).toHaveLength(1);
    expect(rooms.find(own)).toBeUndefined();
  });

  test('a prompt under way keeps the connection until it is settled', async () => {
    const { pool: rooms, views, clock } = pool(own);
    const lease = rooms.acquire(own);
    const view = await waitUntil('joined', () => lease.room.view && views[0]);
    view.send('prompt', { text: 'hello' });
    lease.dispose();
    clock.advance(60_000);
    expect(view.closes).toEqual([]);
    view.settle({ status: 'done' });
    clock.advance(60_000);
    expect(view.closes).toHaveLength(1);
  });

  test('a room without a link is joined as soon as there is one', async () => {
    const { pool: rooms, setTarget, links } = pool(own);
    setTarget(undefined);
    const lease = rooms.acquire(own);
    expect(lease.room.hasLink).toBe(false);
    setTarget({ link: linkTo(5) });
    await waitUntil('joined', () => lease.room.view);
    expect(links).toEqual([linkTo(5)]);
  });

  test('what changes in any room is told, until the room is closed', async () => {
    const { pool: rooms, views } = pool(own);
    const told: string[] = [];
    rooms.onDidChangeRoom(({ room, parts }) => {
      if (room.ref === own) told.push(...parts);
    });
    const lease = rooms.acquire(own);
    await waitUntil('joined', () => lease.room.view);
    told.length = 0;
    views[0]?.change('outbox');
    expect(told).toEqual(['outbox']);
    await rooms.leave(own);
    views[0]?.change('state');
    expect(told).toEqual(['outbox']);
  });

  test('leaving says goodbye', async () => {
    const { pool: rooms, views } = pool(joined);
    const lease = rooms.acquire(joined);
    await waitUntil('joined', () => lease.room.view);
    await rooms.leave(joined);
    expect(views[0]?.closes).toEqual([{ leave: true }]);
  });
});

// Joining a room again: the link is tried first, and what was seen stays until there is something newer.
import { expect, test } from 'vitest';
import { say } from '../../src/base/say.ts';
import { AppError } from '../../src/base/errors.ts';
import { Emitter } from '../../src/base/emitter.ts';
import { silentLogger } from '../../src/base/log.ts';
import { panelHeader } from '../../src/client/panel/panelModel.ts';
import type { JoinTarget, RoomTarget } from '../../src/client/rooms/joinTarget.ts';
import type { LinkSource } from '../../src/client/rooms/linkSource.ts';
import { SharedRoom } from '../../src/client/rooms/sharedRoom.ts';
import type { SessionRef } from '../../src/client/rooms/sessionRef.ts';
import { untranslated } from '../../src/client/translate.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { entries, FakeView, linkToRoom } from './samples.ts';

const joined: SessionRef = { kind: 'joined', room: 'r' };
const own: SessionRef = { kind: 'own', session: 's' };
const dead = {
  kind: 'over',
  error: new AppError('link-revoked', { happened: say`This link is dead.` }),
} as const;

/** A room whose joins give views that are only connecting. */
function setUp(ref: SessionRef = joined) {
  const clock = createFakeClock();
  const views: FakeView[] = [];
  const links: string[] = [];
  let areJoinsFailing = false;
  const join: JoinTarget = ({ link }) => {
    links.push(link);
    if (areJoinsFailing) return Promise.reject(dead.error);
    const view = new FakeView();
    view.truth = { kind: 'connecting' };
    view.state = undefined;
    views.push(view);
    return Promise.resolve(view);
  };
  const room = new SharedRoom({ ref, join, clock, random: () => 0, log: silentLogger });
  const nth = (n: number): Promise<FakeView> => waitUntil(`view ${n}`, () => views[n]);
  /** The host lets the view in and shows three entries. */
  const letIn = (view: FakeView | undefined): void => {
    if (!view) throw new Error('no view');
    view.state = new FakeView().state;
    view.entries = entries(0, 3);
    view.truth = { kind: 'live', lastBeatAt: 0 };
    view.change('state', 'entries', 'truth');
  };
  const end = (view: FakeView | undefined): void => {
    if (!view) throw new Error('no view');
    view.truth = dead;
    view.change('truth');
  };
  const failJoins = (): void => void (areJoinsFailing = true);
  return { clock, views, links, room, nth, letIn, end, failJoins };
}

/** A room that was joined, seen, and is over. */
async function over() {
  const parts = setUp();
  parts.room.setTarget({ link: linkToRoom('a') });
  parts.letIn(await parts.nth(0));
  await waitUntil('joined', () => parts.room.view?.state);
  parts.end(parts.views[0]);
  return parts;
}

test('the transcript stays while another link is tried, and when it turns out to be dead', async () => {
  const { room, nth, end } = await over();
  room.setTarget({ link: linkToRoom('a', 1) });
  const second = await nth(1);
  const header = () => {
    const { view } = room;
    if (!view) throw new Error('wiped');
    return panelHeader(view, 0, untranslated);
  };
  expect(header().truth.kind).toBe('connecting');
  expect(header().control).toEqual({ kind: 'watching', reason: 'joining' });
  expect(room.view?.entries).toEqual(entries(0, 3));
  end(second);
  expect(header()).toMatchObject({ truth: { kind: 'over', text: 'This link is dead.' } });
  expect(header().control).toEqual({ kind: 'watching', reason: 'ended' });
  expect(header().session?.title).toBe('Fix the parser');
  expect(room.view?.entries).toEqual(entries(0, 3));
  expect(room.isOver).toBe(true);
});

test('a link that cannot even be tried leaves the transcript, and says why', async () => {
  const { room, failJoins } = await over();
  failJoins();
  room.setTarget({ link: linkToRoom('a', 1) });
  await waitUntil('refused', () => room.error);
  expect(room.view?.truth).toEqual(dead);
  expect(room.view?.entries).toEqual(entries(0, 3));
});

test('what the new view shows takes the place of what was kept, at once and whole', async () => {
  const { room, nth, letIn } = await over();
  room.setTarget({ link: linkToRoom('a', 1) });
  const second = await nth(1);
  const told: string[][] = [];
  room.onDidChange((parts) => told.push([...parts]));
  letIn(second);
  expect(room.view).toBe(second);
  expect(told[0]).toEqual(expect.arrayContaining(['entries', 'state', 'truth', 'outbox', 'live']));
});

test('a link tried beside one that works takes nothing away if it is dead, and may be tried again', async () => {
  const { room, nth, views, links, letIn, end } = setUp();
  room.setTarget({ link: linkToRoom('a') });
  letIn(await nth(0));
  await waitUntil('joined', () => room.view === views[0]);
  for (const round of [1, 2]) {
    room.setTarget({ link: linkToRoom('a', 9) });
    end(await nth(round));
    expect(await room.trying).toBe(dead.error);
    expect([room.view, room.isOver, views[0]?.closes]).toEqual([views[0], false, []]);
    expect(views[round]?.closes.length).toBeGreaterThan(0);
    // The list still names it: it is not tried over and over.
    room.setTarget({ link: linkToRoom('a', 9) });
    expect(links).toHaveLength(round + 1);
    // The list has the one that works again.
    room.setTarget({ link: linkToRoom('a') });
    expect(links).toHaveLength(round + 1);
  }
});

test('a better link takes over only once it is in', async () => {
  const { room, nth, views, letIn } = setUp();
  room.setTarget({ link: linkToRoom('a') });
  letIn(await nth(0));
  await waitUntil('joined', () => room.view === views[0]);
  room.setTarget({ link: linkToRoom('a', 1) });
  const second = await nth(1);
  expect([room.view === views[0], views[0]?.closes.length]).toEqual([true, 0]);
  letIn(second);
  await waitUntil('it is in', () => room.view === second);
  expect(await room.trying).toBeUndefined();
  expect(views[0]?.closes).toHaveLength(1);
});

test('a try that comes to nothing in time is given up, and closing ends it', async () => {
  const { room, nth, views, clock, letIn } = setUp();
  room.setTarget({ link: linkToRoom('a') });
  letIn(await nth(0));
  await waitUntil('joined', () => room.view === views[0]);
  room.setTarget({ link: linkToRoom('a', 1) });
  await nth(1);
  await waitUntil('it waits', () => clock.timers > 0);
  clock.advance(30_000);
  expect(await room.trying).toMatchObject({ code: 'timeout' });
  room.setTarget({ link: linkToRoom('a', 2) });
  const third = await nth(2);
  await waitUntil('it waits', () => clock.timers > 0);
  await room.close();
  expect(third.closes.length).toBeGreaterThan(0);
});

/** Links that a test changes. */
function linksOf(first: RoomTarget) {
  const changed = new Emitter<void>();
  const asked: string[] = [];
  let target = first;
  const links: LinkSource = {
    targetOf: () => target,
    onDidChange: changed.event,
    refresh: (ref) => {
      asked.push(ref.kind);
      return Promise.resolve();
    },
  };
  return {
    links,
    asked,
    tell: (next: RoomTarget): void => {
      target = next;
      changed.fire();
    },
  };
}

const link = linkToRoom('a');
const secrets = (...epochs: number[]) => epochs.map((epoch) => ({ epoch, secret: `s${epoch}` }));

test('[P6] every new secret that the directory tells comes into the view, also while it is being joined', async () => {
  const { room, nth } = setUp(own);
  const { links, tell } = linksOf({ link, epochs: secrets(1) });
  room.follow(links);
  tell({ link, epochs: secrets(1, 2) });
  const view = await nth(0);
  await waitUntil('the secret of meanwhile', () => view.epochs.some(({ epoch }) => epoch === 2));
  tell({ link, epochs: secrets(2, 3) });
  expect(view.epochs.map(({ epoch }) => epoch)).toContain(3);
  await room.close();
  tell({ link, epochs: secrets(4) });
  expect(view.epochs.map(({ epoch }) => epoch)).not.toContain(4);
});

test('[P6] a secret that is not told by itself is asked for until it comes', async () => {
  const { room, nth, letIn, clock } = setUp(own);
  const { links, asked } = linksOf({ link });
  room.follow(links);
  const view = await nth(0);
  letIn(view);
  await waitUntil('joined', () => room.view?.state);
  view.truth = { kind: 'unconfirmed', since: 0, locked: true };
  view.change('truth');
  view.change('truth');
  expect(asked).toEqual(['own']);
  clock.advance(10_000);
  expect(asked).toHaveLength(3);
  view.truth = { kind: 'live', lastBeatAt: 0 };
  view.change('truth');
  clock.advance(60_000);
  expect(asked).toHaveLength(3);
});

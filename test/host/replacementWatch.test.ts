// [G6] A newer version that waits for this host's place: what is told of it, and when it is asked about.
import { afterEach, expect, it } from 'vitest';
import {
  type RunningWork,
  runningWork,
  type WorkingSession,
} from '../../src/host/machine/runningWork.ts';
import { ASK_MS, ReplacementWatch } from '../../src/host/replacementWatch.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

const SECOND = 1_000;
const open: ReplacementWatch[] = [];
afterEach(() => {
  for (const watch of open.splice(0)) watch.dispose();
});

function setUp() {
  const clock = createFakeClock();
  const world: { wanted: string | undefined; work: RunningWork; isWatched: boolean } = {
    wanted: undefined,
    work: {},
    isWatched: false,
  };
  const watch = new ReplacementWatch({
    clock,
    wanted: () => world.wanted,
    work: () => world.work,
    isWatched: () => world.isWatched,
  });
  open.push(watch);
  const news: unknown[] = [];
  watch.onDidChange(() => news.push(watch.value));
  return { clock, world, watch, news };
}

it('[G6] is told within a second: which version, since when, and what it waits for', () => {
  const { clock, world, watch, news } = setUp();
  clock.advance(5 * SECOND);
  expect(watch.value).toBeUndefined();
  world.wanted = '0.6.0';
  world.work = { turns: 1 };
  clock.advance(SECOND);
  const since = clock.now();
  expect(news).toEqual([{ version: '0.6.0', since, turns: 1 }]);
  clock.advance(9 * SECOND);
  expect(news).toHaveLength(1);
  world.work = { requests: 2 };
  clock.advance(SECOND);
  expect(news.at(-1)).toEqual({ version: '0.6.0', since, requests: 2 });
  // A still newer one waits since it came.
  world.wanted = '0.7.0';
  clock.advance(SECOND);
  expect(watch.value).toEqual({ version: '0.7.0', since: clock.now(), requests: 2 });
  world.wanted = undefined;
  clock.advance(SECOND);
  expect(news.at(-1)).toBeUndefined();
});

it('[G8] it is asked after a day without a person, and until somebody has answered', () => {
  const { clock, world, watch, news } = setUp();
  world.wanted = '0.6.0';
  clock.advance(SECOND);
  clock.advance(ASK_MS - SECOND);
  expect(watch.value?.asksSince).toBeUndefined();
  clock.advance(SECOND);
  const asksSince = clock.now();
  expect(watch.value).toMatchObject({ asksSince });
  expect(news).toHaveLength(2);
  // Whoever comes is asked: their coming is no answer.
  world.isWatched = true;
  clock.advance(60 * SECOND);
  expect(watch.value).toMatchObject({ asksSince });
  watch.wait();
  expect(watch.value?.asksSince).toBeUndefined();
  clock.advance(3 * ASK_MS);
  expect(watch.value?.asksSince).toBeUndefined();
  world.isWatched = false;
  clock.advance(ASK_MS - SECOND);
  expect(watch.value?.asksSince).toBeUndefined();
  clock.advance(2 * SECOND);
  expect(watch.value?.asksSince).toBeDefined();
});

it('[G8] the day begins anew with everybody who looks in, and not before a version waits', () => {
  const { clock, world, watch } = setUp();
  clock.advance(2 * ASK_MS);
  world.wanted = '0.6.0';
  clock.advance(ASK_MS - SECOND);
  world.isWatched = true;
  clock.advance(SECOND);
  world.isWatched = false;
  clock.advance(ASK_MS - SECOND);
  expect(watch.value).toMatchObject({ version: '0.6.0' });
  expect(watch.value?.asksSince).toBeUndefined();
  clock.advance(2 * SECOND);
  expect(watch.value?.asksSince).toBeDefined();
});

function session(changes: {
  readonly isBusy?: boolean;
  readonly status?: WorkingSession['recorder']['status'];
  readonly requests?: number;
  readonly limited?: number;
  readonly tasks?: readonly number[];
}): WorkingSession {
  const { isBusy = true, status = 'idle', requests = 0, limited = 0, tasks = [] } = changes;
  const recorder = {
    status,
    openRequests: Array.from({ length: requests }),
    wait: { holdsQueue: limited > 0 },
    prompts: { waiting: () => ({ length: limited }) },
    stored: {
      tasks: tasks.map((since) => ({
        ...{ taskId: `t${since}`, title: `task ${since}`, since },
        kind: 'shell' as const,
      })),
    },
  };
  // Only these members of a recorder are looked at.
  return { driver: { isBusy }, recorder } as unknown as WorkingSession;
}

it('[G6] turns, requests, prompts for a limit and background work are counted each by itself', () => {
  expect(runningWork([session({ isBusy: false, status: 'working', tasks: [1] })])).toEqual({});
  expect(
    runningWork([
      session({ status: 'working', tasks: [3, 1] }),
      session({ status: 'waiting', requests: 2 }),
      session({ limited: 4 }),
      session({ tasks: [2] }),
    ]),
  ).toMatchObject({
    ...{ turns: 1, requests: 2, queued: 4 },
    tasks: [{ title: 'task 1' }, { title: 'task 2' }, { title: 'task 3' }],
  });
});

it('[G6] whatever keeps the host is told as something; of much work four pieces are named', () => {
  // About to hand a prompt over: it has no other name.
  expect(runningWork([session({}), session({ status: 'starting' })])).toEqual({ turns: 2 });
  const many = Array.from({ length: 40 }, (_, n) => n);
  const { tasks, tasksMore } = runningWork([session({ tasks: many })]);
  expect(tasks).toHaveLength(LIMITS.backgroundTasks);
  expect(tasksMore).toBe(40 - LIMITS.backgroundTasks);
});

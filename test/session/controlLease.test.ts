// The lease of the input focus, rule by rule.
import { describe, expect, it } from 'vitest';
import type { Focus } from '../../src/protocol/state.ts';
import { ControlLease } from '../../src/session/controlLease.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { createControlJournal } from './memoryRoomJournal.ts';

const ada = { member: 'ada', window: 'a1' };
const adaToo = { member: 'ada', window: 'a2' };
const ben = { member: 'ben', window: 'b1' };
const cyd = { member: 'cyd', window: 'c1' };

function setUp() {
  const clock = createFakeClock();
  const journal = createControlJournal();
  const focus = new ControlLease({ clock, journal });
  const seen: Focus[] = [];
  focus.onDidChange((state) => seen.push(state));
  const holder = () => focus.state.holder?.window;
  /** Lets time pass while the holder's window renews, but does nothing. */
  const idle = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 5_000) {
      const { holder: held, fence } = focus.state;
      if (held) focus.renew(held, fence);
      clock.advance(5_000);
    }
  };
  return { clock, journal, focus, seen, holder, idle };
}

describe('asking and waiting', () => {
  it('[F1] free control is granted at once, under a fence one higher', () => {
    const { focus, journal, holder } = setUp();
    expect(focus.request(ada)).toBe('granted');
    expect(holder()).toBe('a1');
    expect(focus.state.fence).toBe(1);
    expect(journal.fence()).toBe(1);
  });

  it('[F1] a grant is in the journal before anybody can see it', () => {
    const { focus, journal } = setUp();
    const journalled: number[] = [];
    focus.onDidChange(() => journalled.push(journal.fence()));
    focus.request(ada);
    expect(journalled).toEqual([1]);
  });

  it('[F4] a journal that is full when a lease lapses ends nothing; control is passed on when it is not', () => {
    const { clock, focus, journal, holder } = setUp();
    focus.request(ada);
    focus.request(ben);
    const { saveFence } = journal;
    journal.saveFence = () => {
      throw new Error('disk full');
    };
    clock.advance(60_000);
    expect(() => focus.request(cyd)).toThrow('disk full');
    expect(holder()).toBe('a1');
    journal.saveFence = saveFence;
    clock.advance(5_000);
    expect(holder()).toBe('b1');
    clock.advance(15_000);
    expect(holder()).toBeUndefined();
  });

  it('[F1] a grant that cannot be journalled does not happen', () => {
    const { clock, journal } = setUp();
    const focus = new ControlLease({
      clock,
      journal: {
        fence: () => 7,
        saveFence: () => {
          throw new Error('disk full');
        },
      },
    });
    expect(() => focus.request(ada)).toThrow('disk full');
    expect(focus.state).toEqual({ fence: 7, queue: [] });
    expect(journal.fence()).toBe(0);
  });

  it('[F2] who asks while it is held waits in order and gets it on release', () => {
    const { focus, holder } = setUp();
    focus.request(ada);
    expect(focus.request(ben)).toBe('queued');
    expect(focus.request(cyd)).toBe('queued');
    expect(focus.state.queue.map((waiter) => waiter.window)).toEqual(['b1', 'c1']);
    focus.release(ada);
    expect(holder()).toBe('b1');
    focus.release(ben);
    expect(holder()).toBe('c1');
    expect(focus.state.fence).toBe(3);
  });

  it('[F2] asking again keeps the place, also from another window of the member', () => {
    const { focus } = setUp();
    focus.request(ada);
    focus.request(ben);
    focus.request(cyd);
    focus.request({ member: 'ben', window: 'b2' });
    expect(focus.state.queue.map((waiter) => waiter.window)).toEqual(['b2', 'c1']);
  });

  it('[F2] a window that waits can take its request back', () => {
    const { focus, holder } = setUp();
    focus.request(ada);
    focus.request(ben);
    focus.release(ben);
    focus.release(ada);
    expect(holder()).toBeUndefined();
  });

  it('[F3] nobody asks himself: another window of the holder gets control at once', () => {
    const { focus, holder } = setUp();
    focus.request(ada);
    focus.request(ben);
    expect(focus.request(adaToo)).toBe('granted');
    expect(holder()).toBe('a2');
    expect(focus.state.queue.map((waiter) => waiter.window)).toEqual(['b1']);
  });

  it('releasing what one does not hold changes nothing', () => {
    const { focus, seen, holder } = setUp();
    focus.request(ada);
    seen.length = 0;
    focus.release(adaToo);
    focus.release(ben);
    expect(holder()).toBe('a1');
    expect(seen).toEqual([]);
  });
});

describe('the end of a lease', () => {
  it('[F4] a lease ends 15 s after its last renewal, and the next in the queue gets it', () => {
    const { focus, clock, holder } = setUp();
    focus.request(ada);
    focus.request(ben);
    clock.advance(14_999);
    expect(holder()).toBe('a1');
    clock.advance(1);
    expect(holder()).toBe('b1');
  });

  it('[F4] renewals keep it, and are seen by nobody and journalled nowhere', () => {
    const { focus, seen, journal, idle, holder } = setUp();
    focus.request(ada);
    seen.length = 0;
    idle(120_000);
    expect(holder()).toBe('a1');
    expect(seen).toEqual([]);
    expect(journal.fence()).toBe(1);
  });

  it('[F4] a renewal with another fence or window is not one', () => {
    const { focus, clock, holder } = setUp();
    focus.request(ada);
    clock.advance(10_000);
    expect(focus.renew(ada, 0)).toBe(false);
    expect(focus.renew(adaToo, 1)).toBe(false);
    clock.advance(5_000);
    expect(holder()).toBeUndefined();
  });

  it('[F4] a late timer does not prolong a lease: time is looked at before every decision', () => {
    let monotonicMs = 0;
    const base = createFakeClock();
    const clock = { ...base, monotonic: () => monotonicMs, now: () => monotonicMs };
    const focus = new ControlLease({ clock, journal: createControlJournal() });
    focus.request(ada);
    monotonicMs = 15_000;
    expect(focus.renew(ada, 1)).toBe(false);
    expect(focus.request(ben)).toBe('granted');
  });

  it('[F5] an idle holder gives way after 60 s, but only if somebody waits', () => {
    const { focus, idle, holder } = setUp();
    focus.request(ada);
    idle(300_000);
    expect(holder()).toBe('a1');
    focus.request(ben);
    expect(holder()).toBe('a1');
    idle(5_000);
    expect(holder()).toBe('b1');
  });

  it('[F5] who types is not idle', () => {
    const { focus, idle, holder } = setUp();
    focus.request(ada);
    focus.request(ben);
    for (let i = 0; i < 5; i += 1) {
      idle(50_000);
      focus.touch(ada, 1);
    }
    expect(holder()).toBe('a1');
    idle(60_000);
    expect(holder()).toBe('b1');
  });

  it('[F6] a jump of the wall clock over 30 s (sleep) ends the lease and forgets the queue', () => {
    const { focus, clock } = setUp();
    focus.request(ada);
    focus.request(ben);
    clock.jumpWall(31_000);
    clock.advance(5_000);
    expect(focus.state).toEqual({ fence: 1, queue: [] });
  });

  it('[F6] the jump is noticed by the first decision, not only by the tick', () => {
    const { focus, clock } = setUp();
    focus.request(ada);
    clock.jumpWall(8 * 3_600_000);
    expect(focus.renew(ada, 1)).toBe(false);
  });

  it('[F6] a wall clock that is set by less ends nothing', () => {
    const { focus, clock, holder } = setUp();
    focus.request(ada);
    for (let i = 0; i < 4; i += 1) {
      clock.jumpWall(-29_000);
      focus.renew(ada, 1);
      clock.advance(5_000);
    }
    expect(holder()).toBe('a1');
  });

  it('[F6] in a new term nobody holds control and the fence goes on', () => {
    const { focus, clock, journal } = setUp();
    focus.request(ada);
    focus.request(ben);
    focus.dispose();
    const next = new ControlLease({ clock, journal });
    expect(next.state).toEqual({ fence: 1, queue: [] });
    expect(next.request(ben)).toBe('granted');
    expect(next.state.fence).toBe(2);
  });
});

describe('giving, taking, leaving', () => {
  it('[F7] an owner takes control at once, and who waits keeps waiting', () => {
    const { focus, holder } = setUp();
    focus.request(ada);
    focus.request(ben);
    focus.take(cyd);
    expect(holder()).toBe('c1');
    expect(focus.state.fence).toBe(2);
    focus.release(cyd);
    expect(holder()).toBe('b1');
  });

  it('[F7] the holder gives control away, out of turn if they like', () => {
    const { focus, holder } = setUp();
    focus.request(ada);
    focus.request(ben);
    focus.request(cyd);
    expect(focus.give(ada, cyd)).toBe(true);
    expect(holder()).toBe('c1');
    expect(focus.state.queue.map((waiter) => waiter.window)).toEqual(['b1']);
  });

  it('[F7] who does not hold control cannot give it', () => {
    const { focus, holder } = setUp();
    focus.request(ada);
    expect(focus.give(ben, cyd)).toBe(false);
    expect(holder()).toBe('a1');
    expect(focus.give('owner', cyd)).toBe(true);
    expect(holder()).toBe('c1');
  });

  it('[F8] a member who is dropped loses control and place with all windows', () => {
    const { focus, holder } = setUp();
    focus.request(ada);
    focus.request(ben);
    focus.request(cyd);
    focus.drop('ben');
    focus.drop('ada');
    expect(holder()).toBe('c1');
    expect(focus.state.queue).toEqual([]);
  });

  it('[F8] a window that is dropped does not take the others of its member with it', () => {
    const { focus, holder } = setUp();
    focus.request(ada);
    focus.drop(adaToo);
    expect(holder()).toBe('a1');
    focus.drop(ada);
    expect(holder()).toBeUndefined();
  });
});

describe('prompts', () => {
  it('[F9] the holder prompts under the newest fence', () => {
    const { focus } = setUp();
    focus.request(ada);
    expect(focus.admitPrompt(ada, 1)).toEqual({ ok: true, fence: 1 });
  });

  it('[F9] a prompt while control is free asks and prompts in one', () => {
    const { focus, holder } = setUp();
    expect(focus.admitPrompt(ben, undefined)).toEqual({ ok: true, fence: 1 });
    expect(holder()).toBe('b1');
  });

  it('[F9] a lapsed holder whom nobody followed goes on typing', () => {
    const { focus, clock } = setUp();
    focus.request(ada);
    clock.advance(3_600_000);
    expect(focus.state.holder).toBeUndefined();
    expect(focus.admitPrompt(ada, 1)).toEqual({ ok: true, fence: 2 });
  });

  it('[F9] so does one after a restart of the host', () => {
    const { focus, clock, journal } = setUp();
    focus.request(ada);
    const next = new ControlLease({ clock, journal });
    expect(next.admitPrompt(ada, 1)).toEqual({ ok: true, fence: 2 });
  });

  it('[F10] a fence that somebody else has overtaken is refused, even when control is free again', () => {
    const { focus, clock } = setUp();
    focus.request(ada);
    clock.advance(15_000);
    focus.request(ben);
    expect(focus.admitPrompt(ada, 1)).toMatchObject({
      ok: false,
      code: 'superseded',
      holder: ben,
    });
    focus.release(ben);
    expect(focus.admitPrompt(ada, 1)).toEqual({ ok: false, code: 'superseded' });
    expect(focus.admitPrompt(ada, undefined)).toEqual({ ok: true, fence: 3 });
  });

  it('[F10] a prompt of somebody else names who has control and does not queue', () => {
    const { focus } = setUp();
    focus.request(ada);
    expect(focus.admitPrompt(ben, undefined)).toEqual({
      ok: false,
      code: 'no-control',
      holder: ada,
    });
    expect(focus.state.queue).toEqual([]);
  });

  it('[F10] knowing or guessing the fence does not give control', () => {
    const { focus } = setUp();
    focus.request(ada);
    for (const guess of [0, 1, 2, 99]) expect(focus.admitPrompt(ben, guess).ok).toBe(false);
    expect(focus.admitPrompt(ada, 99).ok).toBe(false);
  });

  it('[F3] between windows of one member control moves by typing, at once', () => {
    const { focus, holder } = setUp();
    focus.request(ada);
    focus.request(ben);
    expect(focus.admitPrompt(adaToo, undefined)).toEqual({ ok: true, fence: 2 });
    expect(holder()).toBe('a2');
    expect(focus.admitPrompt(ada, 1)).toEqual({ ok: true, fence: 3 });
    expect(holder()).toBe('a1');
  });

  it('[F3] but what was typed before somebody else had control stays refused', () => {
    const { focus } = setUp();
    focus.request(ada);
    focus.give('owner', ben);
    focus.give('owner', ada);
    expect(focus.admitPrompt(adaToo, 1)).toMatchObject({ ok: false, code: 'superseded' });
    expect(focus.admitPrompt(ada, 3)).toEqual({ ok: true, fence: 3 });
  });

  it('a prompt counts as activity', () => {
    const { focus, idle, holder } = setUp();
    focus.request(ada);
    focus.request(ben);
    idle(55_000);
    focus.admitPrompt(ada, 1);
    idle(55_000);
    expect(holder()).toBe('a1');
  });
});

it('disposing leaves no timer and no listener', () => {
  const { focus, clock } = setUp();
  focus.request(ada);
  focus.request(ben);
  focus.dispose();
  expect(clock.timers).toBe(0);
});

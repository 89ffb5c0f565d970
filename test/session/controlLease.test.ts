// The lease of control, rule by rule.
import { describe, expect, it } from 'vitest';
import type { Focus } from '../../src/protocol/state.ts';
import { ControlLease } from '../../src/session/control/controlLease.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { createControlJournal } from './memoryRoomJournal.ts';

const ada = { member: 'ada', window: 'a1' };
const adaToo = { member: 'ada', window: 'a2' };
const ben = { member: 'ben', window: 'b1' };
const cyd = { member: 'cyd', window: 'c1' };

function setUp() {
  const clock = createFakeClock();
  const journal = createControlJournal();
  const control = new ControlLease({ clock, journal });
  const seen: Focus[] = [];
  control.onDidChange((state) => seen.push(state));
  const holder = () => control.state.holder?.window;
  /** Lets time pass while the holder's window renews, but does nothing. */
  const idle = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 5_000) {
      const { holder: held, fence } = control.state;
      if (held) control.renew(held, fence);
      clock.advance(5_000);
    }
  };
  return { clock, journal, control, seen, holder, idle };
}

describe('asking and waiting', () => {
  it('[F1] free control is granted at once, under a fence one higher', () => {
    const { control, journal, holder } = setUp();
    expect(control.request(ada)).toBe('granted');
    expect(holder()).toBe('a1');
    expect(control.state.fence).toBe(1);
    expect(journal.fence()).toBe(1);
  });

  it('[F1] a grant is in the journal before anybody can see it', () => {
    const { control, journal } = setUp();
    const journalled: number[] = [];
    control.onDidChange(() => journalled.push(journal.fence()));
    control.request(ada);
    expect(journalled).toEqual([1]);
  });

  it('[F4] a journal that is full when a lease lapses ends nothing; control is passed on when it is not', () => {
    const { clock, control, journal, holder } = setUp();
    control.request(ada);
    control.request(ben);
    const { saveFence } = journal;
    journal.saveFence = () => {
      throw new Error('disk full');
    };
    clock.advance(60_000);
    expect(() => control.request(cyd)).toThrow('disk full');
    expect(holder()).toBe('a1');
    journal.saveFence = saveFence;
    clock.advance(5_000);
    expect(holder()).toBe('b1');
    clock.advance(15_000);
    expect(holder()).toBeUndefined();
  });

  it('[F1] a grant that cannot be journalled does not happen', () => {
    const { clock, journal } = setUp();
    const control = new ControlLease({
      clock,
      journal: {
        fence: () => 7,
        saveFence: () => {
          throw new Error('disk full');
        },
      },
    });
    expect(() => control.request(ada)).toThrow('disk full');
    expect(control.state).toEqual({ fence: 7, queue: [] });
    expect(journal.fence()).toBe(0);
  });

  it('[F2] who asks while it is held waits in order and gets it on release', () => {
    const { control, holder } = setUp();
    control.request(ada);
    expect(control.request(ben)).toBe('queued');
    expect(control.request(cyd)).toBe('queued');
    expect(control.state.queue.map((waiter) => waiter.window)).toEqual(['b1', 'c1']);
    control.release(ada);
    expect(holder()).toBe('b1');
    control.release(ben);
    expect(holder()).toBe('c1');
    expect(control.state.fence).toBe(3);
  });

  it('[F2] sixteen wait; one more is told so, and nobody loses a place', () => {
    const { control } = setUp();
    control.request(ada);
    const others = Array.from({ length: 17 }, (_, n) => ({ member: `m${n}`, window: `w${n}` }));
    const outcomes = others.map((window) => control.request(window));
    expect(outcomes).toEqual([...Array.from({ length: 16 }, () => 'queued'), 'full']);
    expect(control.state.queue).toHaveLength(16);
    expect(control.request(others[3] ?? ada)).toBe('queued');
    control.release(ada);
    expect(control.request(others[16] ?? ada)).toBe('queued');
  });

  it('[F2] asking again keeps the place, also from another window of the member', () => {
    const { control } = setUp();
    control.request(ada);
    control.request(ben);
    control.request(cyd);
    control.request({ member: 'ben', window: 'b2' });
    expect(control.state.queue.map((waiter) => waiter.window)).toEqual(['b2', 'c1']);
  });

  it('[F2] a window that waits can take its request back', () => {
    const { control, holder } = setUp();
    control.request(ada);
    control.request(ben);
    control.release(ben);
    control.release(ada);
    expect(holder()).toBeUndefined();
  });

  it('[F3] nobody asks himself: another window of the holder gets control at once', () => {
    const { control, holder } = setUp();
    control.request(ada);
    control.request(ben);
    expect(control.request(adaToo)).toBe('granted');
    expect(holder()).toBe('a2');
    expect(control.state.queue.map((waiter) => waiter.window)).toEqual(['b1']);
  });

  it('releasing what one does not hold changes nothing', () => {
    const { control, seen, holder } = setUp();
    control.request(ada);
    seen.length = 0;
    control.release(adaToo);
    control.release(ben);
    expect(holder()).toBe('a1');
    expect(seen).toEqual([]);
  });
});

describe('the end of a lease', () => {
  it('[F4] a lease ends 15 s after its last renewal, and the next in the queue gets it', () => {
    const { control, clock, holder } = setUp();
    control.request(ada);
    control.request(ben);
    clock.advance(14_999);
    expect(holder()).toBe('a1');
    clock.advance(1);
    expect(holder()).toBe('b1');
  });

  it('[F4] renewals keep it, and are seen by nobody and journalled nowhere', () => {
    const { control, seen, journal, idle, holder } = setUp();
    control.request(ada);
    seen.length = 0;
    idle(120_000);
    expect(holder()).toBe('a1');
    expect(seen).toEqual([]);
    expect(journal.fence()).toBe(1);
  });

  it('[F4] a renewal with another fence or window is not one', () => {
    const { control, clock, holder } = setUp();
    control.request(ada);
    clock.advance(10_000);
    expect(control.renew(ada, 0)).toBe(false);
    expect(control.renew(adaToo, 1)).toBe(false);
    clock.advance(5_000);
    expect(holder()).toBeUndefined();
  });

  it('[F4] a late timer does not prolong a lease: time is looked at before every decision', () => {
    let monotonicMs = 0;
    const base = createFakeClock();
    const clock = { ...base, monotonic: () => monotonicMs, now: () => monotonicMs };
    const control = new ControlLease({ clock, journal: createControlJournal() });
    control.request(ada);
    monotonicMs = 15_000;
    expect(control.renew(ada, 1)).toBe(false);
    expect(control.request(ben)).toBe('granted');
  });

  it('[F5] an idle holder gives way after 60 s, but only if somebody waits', () => {
    const { control, idle, holder } = setUp();
    control.request(ada);
    idle(300_000);
    expect(holder()).toBe('a1');
    control.request(ben);
    expect(holder()).toBe('a1');
    idle(5_000);
    expect(holder()).toBe('b1');
  });

  it('[F5] who types is not idle', () => {
    const { control, idle, holder } = setUp();
    control.request(ada);
    control.request(ben);
    for (let i = 0; i < 5; i += 1) {
      idle(50_000);
      control.touch(ada, 1);
    }
    expect(holder()).toBe('a1');
    idle(60_000);
    expect(holder()).toBe('b1');
  });

  it('[F6] a jump of the wall clock over 30 s (sleep) ends the lease and forgets the queue', () => {
    const { control, clock } = setUp();
    control.request(ada);
    control.request(ben);
    clock.jumpWall(31_000);
    clock.advance(5_000);
    expect(control.state).toEqual({ fence: 1, queue: [] });
  });

  it('[F6] the jump is noticed by the first decision, not only by the tick', () => {
    const { control, clock } = setUp();
    control.request(ada);
    clock.jumpWall(8 * 3_600_000);
    expect(control.renew(ada, 1)).toBe(false);
  });

  it('[F6] a wall clock that is set by less ends nothing', () => {
    const { control, clock, holder } = setUp();
    control.request(ada);
    for (let i = 0; i < 4; i += 1) {
      clock.jumpWall(-29_000);
      control.renew(ada, 1);
      clock.advance(5_000);
    }
    expect(holder()).toBe('a1');
  });

  it('[F6] in a new term nobody holds control and the fence goes on', () => {
    const { control, clock, journal } = setUp();
    control.request(ada);
    control.request(ben);
    control.dispose();
    const next = new ControlLease({ clock, journal });
    expect(next.state).toEqual({ fence: 1, queue: [] });
    expect(next.request(ben)).toBe('granted');
    expect(next.state.fence).toBe(2);
  });
});

describe('giving, taking, leaving', () => {
  it('[F7] an owner takes control at once, and who waits keeps waiting', () => {
    const { control, holder } = setUp();
    control.request(ada);
    control.request(ben);
    control.take(cyd);
    expect(holder()).toBe('c1');
    expect(control.state.fence).toBe(2);
    control.release(cyd);
    expect(holder()).toBe('b1');
  });

  it('[F7] the holder gives control away, out of turn if they like', () => {
    const { control, holder } = setUp();
    control.request(ada);
    control.request(ben);
    control.request(cyd);
    expect(control.give(ada, cyd)).toBe(true);
    expect(holder()).toBe('c1');
    expect(control.state.queue.map((waiter) => waiter.window)).toEqual(['b1']);
  });

  it('[F7] who does not hold control cannot give it', () => {
    const { control, holder } = setUp();
    control.request(ada);
    expect(control.give(ben, cyd)).toBe(false);
    expect(holder()).toBe('a1');
    expect(control.give('owner', cyd)).toBe(true);
    expect(holder()).toBe('c1');
  });

  it('[F8] a member who is dropped loses control and place with all windows', () => {
    const { control, holder } = setUp();
    control.request(ada);
    control.request(ben);
    control.request(cyd);
    control.drop('ben');
    control.drop('ada');
    expect(holder()).toBe('c1');
    expect(control.state.queue).toEqual([]);
  });

  it('[F8] a window that is dropped does not take the others of its member with it', () => {
    const { control, holder } = setUp();
    control.request(ada);
    control.drop(adaToo);
    expect(holder()).toBe('a1');
    control.drop(ada);
    expect(holder()).toBeUndefined();
  });
});

describe('prompts', () => {
  it('[F9] the holder prompts under the newest fence', () => {
    const { control } = setUp();
    control.request(ada);
    expect(control.admitPrompt(ada, 1)).toEqual({ ok: true, fence: 1 });
  });

  it('[F9] a prompt while control is free asks and prompts in one', () => {
    const { control, holder } = setUp();
    expect(control.admitPrompt(ben, undefined)).toEqual({ ok: true, fence: 1 });
    expect(holder()).toBe('b1');
  });

  it('[F9] a lapsed holder whom nobody followed goes on typing', () => {
    const { control, clock } = setUp();
    control.request(ada);
    clock.advance(3_600_000);
    expect(control.state.holder).toBeUndefined();
    expect(control.admitPrompt(ada, 1)).toEqual({ ok: true, fence: 2 });
  });

  it('[F9] so does one after a restart of the host', () => {
    const { control, clock, journal } = setUp();
    control.request(ada);
    const next = new ControlLease({ clock, journal });
    expect(next.admitPrompt(ada, 1)).toEqual({ ok: true, fence: 2 });
  });

  it('[F10] a fence that somebody else has overtaken is refused, even when control is free again', () => {
    const { control, clock } = setUp();
    control.request(ada);
    clock.advance(15_000);
    control.request(ben);
    expect(control.admitPrompt(ada, 1)).toMatchObject({
      ok: false,
      code: 'superseded',
      holder: ben,
    });
    control.release(ben);
    expect(control.admitPrompt(ada, 1)).toEqual({ ok: false, code: 'superseded' });
    expect(control.admitPrompt(ada, undefined)).toEqual({ ok: true, fence: 3 });
  });

  it('[F10] a prompt of somebody else names who has control and does not queue', () => {
    const { control } = setUp();
    control.request(ada);
    expect(control.admitPrompt(ben, undefined)).toEqual({
      ok: false,
      code: 'no-control',
      holder: ada,
    });
    expect(control.state.queue).toEqual([]);
  });

  it('[F10] knowing or guessing the fence does not give control', () => {
    const { control } = setUp();
    control.request(ada);
    for (const guess of [0, 1, 2, 99]) expect(control.admitPrompt(ben, guess).ok).toBe(false);
    expect(control.admitPrompt(ben, 1)).toMatchObject({ code: 'no-control' });
    expect(control.admitPrompt(ada, 99).ok).toBe(false);
  });

  it('[F3] between windows of one member control moves by typing, at once', () => {
    const { control, holder } = setUp();
    control.request(ada);
    control.request(ben);
    expect(control.admitPrompt(adaToo, undefined)).toEqual({ ok: true, fence: 2 });
    expect(holder()).toBe('a2');
    expect(control.admitPrompt(ada, 1)).toEqual({ ok: true, fence: 3 });
    expect(holder()).toBe('a1');
  });

  it('[F3] but what was typed before somebody else had control stays refused', () => {
    const { control } = setUp();
    control.request(ada);
    control.give('owner', ben);
    control.give('owner', ada);
    expect(control.admitPrompt(adaToo, 1)).toMatchObject({ ok: false, code: 'superseded' });
    expect(control.admitPrompt(ada, 3)).toEqual({ ok: true, fence: 3 });
  });

  it('a prompt counts as activity', () => {
    const { control, idle, holder } = setUp();
    control.request(ada);
    control.request(ben);
    idle(55_000);
    control.admitPrompt(ada, 1);
    idle(55_000);
    expect(holder()).toBe('a1');
  });
});

it('disposing leaves no timer and no listener', () => {
  const { control, clock } = setUp();
  control.request(ada);
  control.request(ben);
  control.dispose();
  expect(clock.timers).toBe(0);
});

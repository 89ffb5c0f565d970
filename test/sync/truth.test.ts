// What a window says about its own picture after sleep, with a wrong clock, and when signs come late.
import { expect, test } from 'vitest';
import { HostTime } from '../../src/sync/member/hostTime.ts';
import { TruthTracker } from '../../src/sync/member/truthTracker.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

const HOURS = 3_600_000;

function makeTime() {
  const clock = createFakeClock();
  let jumps = 0;
  const time = new HostTime({ clock, onJump: () => (jumps += 1) });
  return { clock, time, jumps: () => jumps };
}

test("the host's time is carried on by the monotonic clock, whatever this device's own clock says", () => {
  const { clock, time } = makeTime();
  expect(time.now).toBeUndefined();
  const hostNow = clock.now() - 24 * HOURS;
  expect(time.saw(hostNow)).toBe(true);
  clock.advance(7_000);
  expect(time.now).toBe(hostNow + 7_000);
  // A record that was on its way for long does not put the clock back.
  expect(time.saw(hostNow + 2_000)).toBe(false);
  expect(time.now).toBe(hostNow + 7_000);
});

test('after a sleep nothing is known of the time until the host says it again', () => {
  const { clock, time, jumps } = makeTime();
  time.saw(clock.now());
  clock.jumpWall(8 * HOURS);
  expect(time.now).toBeUndefined();
  expect(jumps()).toBe(1);
  expect(time.saw(clock.now())).toBe(true);
  expect(time.now).toBe(clock.now());
});

test('a sleep is noticed by itself, and a clock that is put right by seconds is none', () => {
  const { clock, jumps } = makeTime();
  for (const jumpMs of [5_000, -20_000]) {
    clock.jumpWall(jumpMs);
    clock.advance(5_000);
  }
  expect(jumps()).toBe(0);
  clock.jumpWall(6_000);
  clock.advance(5_000);
  expect(jumps()).toBe(1);
  clock.jumpWall(-24 * HOURS);
  clock.advance(5_000);
  expect(jumps()).toBe(2);
});

test('[P7] a process that stood still for longer than five seconds knows it by its clock', () => {
  const clock = createFakeClock();
  let jumps = 0;
  let ticks = (): void => undefined;
  const every = (_: number, callback: () => void) => {
    ticks = callback;
    return { dispose: () => undefined };
  };
  new HostTime({ clock: { ...clock, every }, onJump: () => (jumps += 1) });
  clock.advance(4_900);
  ticks();
  expect(jumps).toBe(0);
  clock.advance(5_100);
  ticks();
  expect(jumps).toBe(1);
});

test('[P3] a picture from before a sleep is not called live', () => {
  const clock = createFakeClock();
  const tracker = new TruthTracker(clock);
  tracker.synced();
  tracker.beat({ isSeen: true, ageMs: 0 });
  expect(tracker.truth.kind).toBe('live');
  tracker.doubt();
  expect(tracker.truth.kind).toBe('unconfirmed');
  tracker.beat({ isSeen: true, ageMs: 0 });
  expect(tracker.truth.kind).toBe('live');
});

test('[P3] a host that is not heard for 25 s is offline, and was live until then', () => {
  const clock = createFakeClock();
  const tracker = new TruthTracker(clock);
  tracker.synced();
  tracker.beat({ isSeen: true, ageMs: 0 });
  clock.advance(24_000);
  expect(tracker.truth.kind).toBe('live');
  clock.advance(2_000);
  expect(tracker.truth.kind).toBe('host-offline');
});

test('[P3] a beat whose check ends after the connection did does not call it live', () => {
  const clock = createFakeClock();
  const tracker = new TruthTracker(clock);
  tracker.synced();
  tracker.beat({ isSeen: true, ageMs: 0 });
  tracker.offline('gone');
  tracker.beat({ isSeen: true, ageMs: 0 });
  expect(tracker.truth.kind).toBe('relay-offline');
  tracker.synced();
  tracker.beat({ isSeen: true, ageMs: 0 });
  expect(tracker.truth.kind).toBe('live');
});

test('[O12] what was last seen is the last thing that the host has signed, and not its last beat', () => {
  const clock = createFakeClock();
  const tracker = new TruthTracker(clock);
  tracker.synced();
  tracker.beat({ isSeen: true, ageMs: 0 });
  const beatAt = clock.monotonic();
  clock.advance(10_800);
  tracker.record();
  clock.advance(1_200);
  tracker.offline('refused');
  expect(tracker.truth).toMatchObject({ kind: 'relay-offline', lastBeatAt: beatAt + 10_800 });
  // What comes while nobody knows whether the host is there is no sign of it.
  tracker.record();
  tracker.synced();
  tracker.record();
  clock.advance(26_000);
  expect(tracker.truth).toMatchObject({ kind: 'host-offline', lastBeatAt: beatAt + 10_800 });
});

test('[O12] records keep nothing live: only beats do', () => {
  const clock = createFakeClock();
  const tracker = new TruthTracker(clock);
  tracker.synced();
  tracker.beat({ isSeen: true, ageMs: 0 });
  for (let n = 0; n < 30; n += 1) {
    clock.advance(1000);
    tracker.record();
  }
  expect(tracker.truth.kind).toBe('host-offline');
});

// By which way a room is reached, and how long that takes.
import { describe, expect, test } from 'vitest';
import { RoundTrip } from '../../src/client/panel/roundTrip.ts';
import { wayOf } from '../../src/client/panel/way.ts';
import { formatLink } from '../../src/protocol/link.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { FakeView } from './samples.ts';

const linkBy = (relay: string): string =>
  formatLink({ room: 'a'.repeat(26), secret: new Uint8Array(32), relay, role: 'viewer' });

describe('the way', () => {
  test.each([
    ['ws://127.0.0.1:4711', 'computer', '127.0.0.1:4711', false],
    ['ws://[::1]:4711', 'computer', '[::1]:4711', false],
    ['ws://localhost:1', 'computer', 'localhost:1', false],
    ['ws://192.168.1.20:9', 'network', '192.168.1.20:9', false],
    ['ws://172.31.0.1', 'network', '172.31.0.1', false],
    ['ws://172.32.0.1', 'internet', '172.32.0.1', false],
    ['wss://100.101.102.103', 'network', '100.101.102.103', true],
    ['wss://desk.local', 'network', 'desk.local', true],
    ['ws://[fd12::1]:2', 'network', '[fd12::1]:2', false],
    ['wss://relay.example.com/rooms', 'internet', 'relay.example.com', true],
    ['wss://localhost.example.com', 'internet', 'localhost.example.com', true],
    ['wss://127.0.0.1.example.com', 'internet', '127.0.0.1.example.com', true],
    ['wss://10.example.com', 'internet', '10.example.com', true],
  ])('[H2] %s is %s', (relay, kind, host, isSecure) => {
    expect(wayOf(linkBy(relay))).toEqual({ kind, host, isSecure });
  });

  test('[H2] what is no link has no way', () => {
    expect(wayOf('nonsense')).toBeUndefined();
    expect(wayOf(undefined)).toBeUndefined();
  });
});

describe('the time', () => {
  function setUp() {
    const clock = createFakeClock();
    const view = new FakeView();
    let changes = 0;
    const onDidMeasure = (): void => void (changes += 1);
    const trip = new RoundTrip({ clock, onDidMeasure });
    let answer: () => void = () => undefined;
    let refuse: (error: unknown) => void = () => undefined;
    view.request = (kind, args) => {
      view.sent.push({ kind, args: JSON.parse(JSON.stringify(args)) });
      return new Promise((resolve, reject) => {
        answer = () => resolve(undefined);
        refuse = reject;
      });
    };
    return {
      ...{ clock, view, trip },
      changes: () => changes,
      answer: () => answer(),
      refuse: () => refuse(new Error('refused')),
      settle: () => new Promise((resolve) => setImmediate(resolve)),
    };
  }

  test('[H2] is what an answer of the host took that nobody else waits for', async () => {
    const { clock, view, trip, changes, answer, settle } = setUp();
    trip.measure(view);
    trip.measure(view);
    expect(view.sent).toEqual([{ kind: 'fetch', args: { what: 'log', from: 0, to: 0 } }]);
    expect(trip.lastMs(view)).toBeUndefined();
    clock.advance(37);
    answer();
    await settle();
    expect(trip.lastMs(view)).toBe(37);
    expect(changes()).toBe(1);
  });

  test('[H2] is asked for and told only while the picture is live', async () => {
    const { clock, view, trip, answer, settle } = setUp();
    view.truth = { kind: 'host-offline', lastBeatAt: 0 };
    trip.measure(view);
    trip.measure(undefined);
    expect(view.sent).toEqual([]);
    view.truth = { kind: 'live', lastBeatAt: 0 };
    trip.measure(view);
    clock.advance(9);
    answer();
    await settle();
    expect(trip.lastMs(view)).toBe(9);
    view.truth = { kind: 'unconfirmed', since: 0 };
    expect(trip.lastMs(view)).toBeUndefined();
    expect(trip.lastMs(undefined)).toBeUndefined();
  });

  test('[H2] of a question that fails nothing is told, and the next one is asked', async () => {
    const { view, trip, refuse, settle } = setUp();
    trip.measure(view);
    refuse();
    await settle();
    expect(trip.lastMs(view)).toBeUndefined();
    trip.measure(view);
    expect(view.sent).toHaveLength(2);
  });
});

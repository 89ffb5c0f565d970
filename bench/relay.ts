// What the relay costs beside a bare ws fan-out in the same run: `node bench/relay.ts [guests …]`.
import { type ChildProcess, fork } from 'node:child_process';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { encodeUpdate } from '../src/relay/documents/wire.ts';
import type { ServerKind } from './relayServer.ts';

const KINDS: readonly ServerKind[] = ['bare ws', 'relay, memory', 'relay, SQLite'];
const PAYLOAD_BYTES = 200;
/** Updates in the paced run: 4 s at 50 per second, as a streaming session has them. */
const PACED_UPDATES = 200;
const PACE_MS = 20;
/** Updates in the flood, sent in bursts; each burst waits until all guests have the one before. */
const BURSTS = 30;
const BURST_UPDATES = 100;

interface Usage {
  readonly cpuUs: number;
  readonly rssBytes: number;
}

interface Figures {
  readonly kind: ServerKind;
  readonly guests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly pacedCpuUs: number;
  readonly floodCpuUs: number;
  readonly deliveriesPerSecond: number;
  readonly rssMiB: number;
}

const sizes = process.argv.slice(2).map(Number);
const results: Figures[] = [];
for (const guests of sizes.length > 0 ? sizes : [1, 10, 100]) {
  for (const kind of KINDS) results.push(await measure(kind, guests));
}
report(results);

async function measure(kind: ServerKind, guests: number): Promise<Figures> {
  const child = fork(new URL('./relayServer.ts', import.meta.url), [kind], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const { port } = await answer<{ readonly port: number }>(child);
  const url = `ws://127.0.0.1:${port}/bench`;
  const host = await open(url);
  const latencies: number[] = [];
  let received = 0;
  const readers: WebSocket[] = [];
  for (let i = 0; i < guests; i += 1) {
    const reader = await open(url);
    reader.on('message', (data: Buffer) => {
      const sentMs = timeIn(data);
      if (sentMs === undefined) return;
      received += 1;
      latencies.push(performance.now() - sentMs);
    });
    readers.push(reader);
  }
  const updates = makeUpdates(PACED_UPDATES + BURSTS * BURST_UPDATES + 1);
  const send = (): void => {
    const update = updates.pop();
    if (update) host.send(stamp(update));
  };
  const all = (count: number): Promise<void> => until(() => received >= count * guests);

  send();
  await all(1);
  latencies.length = 0;
  const beforePaced = await usage(child);
  for (let i = 0; i < PACED_UPDATES; i += 1) {
    send();
    await delay(PACE_MS);
  }
  await all(1 + PACED_UPDATES);
  const afterPaced = await usage(child);
  const sorted = latencies.toSorted((a, b) => a - b);

  const startMs = performance.now();
  for (let burst = 1; burst <= BURSTS; burst += 1) {
    for (let i = 0; i < BURST_UPDATES; i += 1) send();
    await all(1 + PACED_UPDATES + burst * BURST_UPDATES);
  }
  const seconds = (performance.now() - startMs) / 1000;
  const afterFlood = await usage(child);
  for (const socket of [host, ...readers]) socket.terminate();
  child.send('end');
  const flood = BURSTS * BURST_UPDATES;
  return {
    kind,
    guests,
    p50Ms: at(sorted, 0.5),
    p99Ms: at(sorted, 0.99),
    pacedCpuUs: (afterPaced.cpuUs - beforePaced.cpuUs) / PACED_UPDATES,
    floodCpuUs: (afterFlood.cpuUs - afterPaced.cpuUs) / flood,
    deliveriesPerSecond: (flood * guests) / seconds,
    rssMiB: afterFlood.rssBytes / 2 ** 20,
  };
}

/** Real Yjs updates with a mark after which the time of sending is written; the newest first. */
function makeUpdates(count: number): Buffer[] {
  const doc = new Y.Doc();
  const updates: Buffer[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(Buffer.from(encodeUpdate(update))));
  const list = doc.getMap<Uint8Array>('map');
  for (let i = 0; i < count; i += 1) {
    const payload = Buffer.alloc(PAYLOAD_BYTES, i);
    payload.write('TIME', 0, 'latin1');
    list.set('key', new Uint8Array(payload));
  }
  return updates.toReversed();
}

function stamp(frame: Buffer): Buffer {
  frame.writeDoubleLE(performance.now(), frame.indexOf('TIME') + 4);
  return frame;
}

function timeIn(frame: Buffer): number | undefined {
  const mark = frame.indexOf('TIME');
  return mark < 0 ? undefined : frame.readDoubleLE(mark + 4);
}

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return socket;
}

async function usage(child: ChildProcess): Promise<Usage> {
  child.send('usage');
  return answer<Usage>(child);
}

function answer<T>(child: ChildProcess): Promise<T> {
  // The child is ours and answers in the order it is asked.
  return new Promise((resolve) => child.once('message', (message) => resolve(message as T)));
}

async function until(check: () => boolean): Promise<void> {
  while (!check()) await delay(1);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function at(sorted: readonly number[], quantile: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0;
}

function report(figures: readonly Figures[]): void {
  const rows = figures.map((each) => {
    const floor = figures.find((one) => one.kind === 'bare ws' && one.guests === each.guests);
    const ratio = (of: (one: Figures) => number): string =>
      `${of(each).toFixed(of(each) < 10 ? 2 : 0)} (${(of(each) / (floor ? of(floor) : 1)).toFixed(2)}×)`;
    return {
      guests: each.guests,
      server: each.kind,
      'p50 ms': ratio((one) => one.p50Ms),
      'p99 ms': ratio((one) => one.p99Ms),
      'CPU µs/update, 50/s': ratio((one) => one.pacedCpuUs),
      'CPU µs/update, flood': ratio((one) => one.floodCpuUs),
      'deliveries/s': Math.round(each.deliveriesPerSecond),
      'RSS MiB': Math.round(each.rssMiB),
    };
  });
  console.table(rows);
}

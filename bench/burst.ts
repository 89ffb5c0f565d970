// What a burst of updates to some guests costs, beside bare ws and the stock y-websocket server in the same rounds: `node bench/burst.ts [guests …]`.
import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { toBase64Url } from '../src/base/bytes.ts';
import { newId } from '../src/base/ids.ts';
import { hashToken, roomIdOfKey, signClaim } from '../src/crypto/admissionToken.ts';
import { SUBPROTOCOL } from '../src/protocol/version.ts';
import { encodeUpdate } from '../src/relay/documents/wire.ts';
import { type FrameReader, openReader } from './frameReader.ts';
import type { ServerKind, ServerReady } from './relayServer.ts';

const KINDS: readonly ServerKind[] = [
  'bare ws',
  'stock server',
  'relay, memory',
  'relay, SQLite',
  'relay, tokens',
];
const PAYLOAD_BYTES = 200;
const BURST_UPDATES = 50;
/** Each round measures every server once, so that what else the computer does is shared by all. */
const ROUNDS = 15;
const BURSTS = 20;

interface Bench {
  readonly kind: ServerKind;
  readonly child: ChildProcess;
  readonly host: WebSocket;
  readonly readers: readonly FrameReader[];
  readonly updates: readonly Buffer[];
  sent: number;
}

interface Round {
  readonly perSecond: number;
  readonly cpuUs: number;
}

const sizes = process.argv.slice(2).map(Number);
for (const guests of sizes.length > 0 ? sizes : [1, 10, 50]) await measure(guests);

async function measure(guests: number): Promise<void> {
  const benches: Bench[] = [];
  for (const kind of KINDS) benches.push(await prepare(kind, guests));
  const rounds = new Map<ServerKind, Round[]>(KINDS.map((kind) => [kind, []]));
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const bench of benches) {
      const result = await run(bench);
      if (round > 0) rounds.get(bench.kind)?.push(result);
    }
  }
  report(guests, rounds);
  for (const { child, host, readers } of benches) {
    host.terminate();
    for (const { socket } of readers) socket.destroy();
    child.send('end');
  }
}

async function prepare(kind: ServerKind, guests: number): Promise<Bench> {
  const child = fork(new URL('./relayServer.ts', import.meta.url), [kind], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const { port } = await answer<ServerReady>(child);
  const room = kind === 'relay, tokens' ? await claimRoom(port) : undefined;
  const url = `ws://127.0.0.1:${port}/${room?.id ?? 'bench'}`;
  const protocols = (token: string | undefined): string[] =>
    token === undefined ? [] : [SUBPROTOCOL, token];
  const host = new WebSocket(url, protocols(room?.host), { perMessageDeflate: false });
  await new Promise((resolve, reject) => host.once('open', resolve).once('error', reject));
  const readers: FrameReader[] = [];
  for (let i = 0; i < guests; i += 1) readers.push(await openReader(url, protocols(room?.guest)));
  if (kind !== 'bare ws') await until(() => readers.every((reader) => reader.syncs > 0));
  const updates = makeUpdates((ROUNDS + 1) * BURSTS * BURST_UPDATES);
  return { kind, child, host, readers, updates, sent: 0 };
}

/** Bursts one after the other: each waits until all guests have the one before. */
async function run(bench: Bench): Promise<Round> {
  const before = await cpuUs(bench.child);
  const startMs = performance.now();
  for (let burst = 0; burst < BURSTS; burst += 1) {
    for (let i = 0; i < BURST_UPDATES; i += 1) {
      const update = bench.updates[bench.sent];
      if (update) bench.host.send(update);
      bench.sent += 1;
    }
    await until(() => bench.readers.every((reader) => reader.updates >= bench.sent));
  }
  const seconds = (performance.now() - startMs) / 1000;
  const used = (await cpuUs(bench.child)) - before;
  const count = BURSTS * BURST_UPDATES;
  return { perSecond: (count * bench.readers.length) / seconds, cpuUs: used / count };
}

async function claimRoom(port: number) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  const id = await roomIdOfKey(raw);
  const [host, guest] = [newToken(), newToken()];
  const tokens = [
    { hash: await hashToken(host), grants: [], host: true },
    { hash: await hashToken(guest), grants: [{ doc: id, access: 'read' as const }] },
  ];
  const claim = { room: id, roomKey: toBase64Url(raw), term: 1, boot: newId(), rev: 1 };
  const body = await signClaim(
    { ...claim, at: Date.now(), tokens },
    async (message) => new Uint8Array(sign(null, message, privateKey)),
  );
  const url = `http://127.0.0.1:${port}/-/rooms/${id}`;
  const { status } = await fetch(url, { method: 'PUT', body: JSON.stringify(body) });
  if (status !== 200) throw new Error(`the claim was answered ${status}`);
  return { id, host, guest };
}

function newToken(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}

/** Real Yjs updates, oldest first. */
function makeUpdates(count: number): Buffer[] {
  const doc = new Y.Doc();
  const updates: Buffer[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(Buffer.from(encodeUpdate(update))));
  const map = doc.getMap<Uint8Array>('map');
  for (let i = 0; i < count; i += 1) map.set('key', new Uint8Array(PAYLOAD_BYTES).fill(i));
  return updates;
}

async function cpuUs(child: ChildProcess): Promise<number> {
  child.send('usage');
  return (await answer<{ readonly cpuUs: number }>(child)).cpuUs;
}

function answer<T>(child: ChildProcess): Promise<T> {
  // The child is ours and answers in the order it is asked.
  return new Promise((resolve) => child.once('message', (message) => resolve(message as T)));
}

/** Looks after every turn of the loop: a timer would be seen in the figures. */
async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setImmediate(resolve));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function report(guests: number, rounds: ReadonlyMap<ServerKind, readonly Round[]>): void {
  const floor = rounds.get('bare ws') ?? [];
  const rows = [...rounds].map(([kind, own]) => {
    const ratio = (of: (round: Round) => number): string =>
      `${median(own.map((round, at) => of(round) / of(floor[at] ?? round))).toFixed(2)}×`;
    return {
      guests,
      server: kind,
      'updates/s': Math.round(median(own.map((round) => round.perSecond))),
      'of bare ws': ratio((round) => round.perSecond),
      'CPU µs/update': median(own.map((round) => round.cpuUs)).toFixed(0),
      'CPU of bare ws': ratio((round) => round.cpuUs),
    };
  });
  console.table(rows);
}

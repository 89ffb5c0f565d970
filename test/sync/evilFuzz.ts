// A seeded run with an evil relay: it drops, holds, lags, doubles, reorders, flips, cuts short, rolls back and forks.
import { PlainCrypto } from '../probes/plainCrypto.ts';
import { createRandom, seedRuntime } from '../probes/seededRandom.ts';
import { playedSession } from '../session/playedHandlers.ts';
import { TIMES } from '../../src/protocol/limits.ts';
import { isSettled, type OutboxItem } from '../../src/session/view.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import type { HostRoom } from '../../src/sync/host/hostRoom.ts';
import { flipped, type Passing, standBetween } from './evilRelay.ts';
import { PairRig } from './pairRig.ts';
import type { Carried } from './socketPair.ts';
import { sessionApp, textEntry } from './syncRig.ts';

/** What the relay does; `beats` pass in time with some of it. */
export const EVILS = [
  'drop',
  'hold',
  'lag',
  'double',
  'reorder',
  'flip',
  'truncate',
  'roll-back',
  'fork',
  'silence',
  'drop-up',
  'flip-up',
] as const;
export type EvilKind = (typeof EVILS)[number];

/** By when a loss is said, or healed. */
const SAID_MS = 15_000;
const SAID_IN_ANY_MS = 30_000;
const LOOK_MS = 500;

/** What came of a run. */
export interface EvilResult {
  readonly violations: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Plays one seed: so many acts of the relay, each for some seconds. */
export async function runEvil(seed: number, acts: number): Promise<EvilResult> {
  const random = createRandom(seed);
  const seeded = seedRuntime(random);
  const rig = new PairRig(random, () => new PlainCrypto());
  await rig.still();
  const run = new EvilRun(rig, random);
  // Yjs and its client write what was altered to the console.
  const { error } = console;
  console.error = () => undefined;
  try {
    await run.play(acts);
  } catch (error) {
    run.violations.push(String(error));
  }
  await rig.close();
  console.error = error;
  seeded.dispose();
  return { violations: run.violations.map((text) => `seed ${seed}: ${text}`), counts: run.counts };
}

/** Plays seeds from `first` on. */
export async function runEvils(first: number, runs: number, acts: number): Promise<EvilResult> {
  const violations: string[] = [];
  const counts: Record<string, number> = {};
  for (let seed = first; seed < first + runs; seed += 1) {
    const result = await runEvil(seed, acts);
    violations.push(...result.violations);
    for (const [what, count] of Object.entries(result.counts)) {
      counts[what] = (counts[what] ?? 0) + count;
    }
  }
  return { violations, counts };
}

class EvilRun {
  readonly violations: string[] = [];
  readonly counts: Record<string, number> = {};
  private readonly rig: PairRig;
  private readonly random: () => number;
  private readonly ran: string[] = [];
  private readonly sent: {
    readonly view: Attachment;
    readonly id: string;
    readonly text: string;
  }[] = [];
  /** Entries of the host, with the time since when they are due here: written, or held last. */
  private readonly written: { readonly index: number; dueMs: number }[] = [];
  /** Messages that went by, for roll-backs. */
  private readonly past: Buffer[] = [];
  private kind: EvilKind | undefined;
  private sparesBeats = true;
  private rate = 1;
  private sinceMs = 0;
  private beatsLostMs = -Infinity;
  private room: HostRoom | undefined;
  private view: Attachment | undefined;
  private made = 0;

  constructor(rig: PairRig, random: () => number) {
    this.rig = rig;
    this.random = random;
  }

  async play(acts: number): Promise<void> {
    const { rig } = this;
    const relay = await rig.relay();
    const room = await rig.host(relay, {
      commands: playedSession(({ args }) => {
        this.ran.push(JSON.stringify(args));
        return undefined;
      }),
    });
    this.room = room;
    const link = await rig.invite(room, relay, { role: 'owner' });
    const middle = standBetween(rig, link);
    middle.evil = (passing) => this.evil(passing);
    const view = await rig.join(link);
    this.view = view;
    await rig.until('the guest is live', () => view.truth.kind === 'live');
    for (let n = 0; n < acts; n += 1) {
      await this.act();
      await this.pass(2_000 + this.below(45_000));
      this.kind = undefined;
      await this.pass(this.below(20_000));
    }
    await this.pass(90_000);
    this.judge(view);
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  private count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  private async act(): Promise<void> {
    this.kind = EVILS[this.below(EVILS.length)] ?? 'drop';
    this.sparesBeats = this.below(3) > 0;
    this.rate = this.below(2) === 0 ? 1 : 0.1 + this.random() * 0.6;
    this.sinceMs = this.rig.clock.monotonic();
    this.count(this.kind);
  }

  /** Time passes; people write, and what is shown is looked at. */
  private async pass(ms: number): Promise<void> {
    const endMs = this.rig.clock.monotonic() + ms;
    while (this.rig.clock.monotonic() < endMs) {
      const dice = this.below(24);
      if (dice < 2) this.write();
      else if (dice === 2) this.prompt();
      await this.rig.pass(LOOK_MS);
      this.look();
    }
  }

  private write(): void {
    this.made += 1;
    if (this.below(4) === 0) this.room?.setState(sessionApp({ title: `title ${this.made}` }));
    this.room?.append([textEntry(`e${this.made}`, `text ${this.made}`)]);
    this.written.push({ index: this.written.length, dueMs: this.rig.clock.monotonic() });
  }

  private prompt(): void {
    const { view } = this;
    if (!view || view.truth.kind === 'over' || view.outbox.length > 40) return;
    this.made += 1;
    const text = `prompt ${this.made}`;
    this.sent.push({ view, id: view.send('prompt', { text }).id, text });
    this.count('prompts');
  }

  /** [P4] What is called live has all that is older than the bound. */
  private look(): void {
    const { view } = this;
    const now = this.rig.clock.monotonic();
    if (this.kind !== undefined && !this.sparesBeats) this.beatsLostMs = now;
    const held = new Set(view?.entries.map(({ index }) => index));
    for (const entry of this.written) if (held.has(entry.index)) entry.dueMs = now;
    if (view?.truth.kind !== 'live') return;
    // What was due before beats came in time again has the longer bound.
    const boundOf = (dueMs: number): number =>
      dueMs <= this.beatsLostMs + TIMES.beatMs ? SAID_IN_ANY_MS : SAID_MS;
    const lost = this.written.find(({ dueMs }) => now - dueMs > boundOf(dueMs));
    if (!lost) return;
    const lateMs = now - lost.dueMs;
    const during = this.kind ?? 'calm';
    this.violations.push(`live without entry ${lost.index} after ${lateMs} ms (${during})`);
  }

  private judge(view: Attachment): void {
    if (view.truth.kind !== 'live') this.violations.push(`in the end ${view.truth.kind}`);
    const last = this.written.at(-1);
    if (last && view.entries.at(-1)?.index !== last.index) {
      this.violations.push(`ends at ${view.entries.at(-1)?.index}, not at ${last.index}`);
    }
    for (const { id, text } of this.sent) {
      const item: OutboxItem | undefined = view.outbox.find((one) => one.id === id);
      const times = this.ran.filter((args) => args.includes(`"${text}"`)).length;
      this.count(item ? item.status : 'forgotten');
      if (times > 1) this.violations.push(`${text} ran ${times} times`);
      if (item?.status === 'done' && times !== 1)
        this.violations.push(`${text} is done, ran ${times}`);
      const isSaidNotRun = item?.status === 'expired' || item?.status === 'rejected';
      if (isSaidNotRun && times > 0) this.violations.push(`${text} ran, and is ${item.status}`);
      if (item && !isSettled(item)) this.violations.push(`${text} is still ${item.status}`);
    }
  }

  private evil({ direction, isDocument, data }: Passing): readonly Carried[] | undefined {
    const { kind } = this;
    if (direction === 'toClient' && isDocument && this.past.length < 200) this.past.push(data);
    if (kind === undefined || (this.sparesBeats && !isDocument)) return undefined;
    if (this.random() > this.rate) return undefined;
    if (direction === 'toRelay') return this.evilUp(kind, data);
    switch (kind) {
      case 'drop':
        return [];
      case 'hold':
        return [{ data, laterMs: 20_000 }];
      case 'lag':
        return [{ data, laterMs: Math.min(120_000, this.rig.clock.monotonic() - this.sinceMs) }];
      case 'double':
        return [
          { data, laterMs: 0 },
          { data, laterMs: this.below(5_000) },
        ];
      case 'reorder':
        return [{ data, laterMs: this.below(3_000) }];
      case 'flip':
        return flipped(data, this.below(data.length * 8));
      case 'truncate':
        return [{ data: data.subarray(0, this.below(data.length)), laterMs: 0 }];
      case 'roll-back': {
        const old = this.past[this.below(this.past.length)];
        return old ? [{ data: old, laterMs: 0 }] : undefined;
      }
      case 'fork':
        return this.below(2) === 0 ? [] : undefined;
      default:
        return kind === 'silence' ? [] : undefined;
    }
  }

  private evilUp(kind: EvilKind, data: Buffer): readonly Carried[] | undefined {
    if (kind === 'drop-up' || kind === 'silence') return [];
    return kind === 'flip-up' ? flipped(data, this.below(data.length * 8)) : undefined;
  }
}

// One schedule of an evil relay: it drops, holds, lags, doubles, reorders, flips, cuts short, rolls back and forks.
import type { Clock } from '../../src/base/clock.ts';
import { TIMES } from '../../src/protocol/limits.ts';
import { isSettled, type OutboxItem } from '../../src/session/view.ts';
import type { HostRoom } from '../../src/sync/host/hostRoom.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import { playedSession } from '../session/playedHandlers.ts';
import { type Evil, flipped, type Passing } from './evilRelay.ts';
import type { Carried } from './socketPair.ts';
import { sessionApp, type SyncRig, textEntry } from './syncRig.ts';

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

/** Where a schedule is played: on sockets in memory, or on real ones. */
export interface EvilWorld {
  readonly rig: Pick<SyncRig, 'relay' | 'host' | 'invite' | 'join' | 'until'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  pass(ms: number): Promise<void>;
  /** Puts somebody between the guest and the relay; the link that leads through it. */
  stand(link: string, evil: Evil): Promise<string>;
}

/** Plays a schedule and looks at what is shown. */
export class EvilRun {
  readonly violations: string[] = [];
  readonly counts: Record<string, number> = {};
  private readonly world: EvilWorld;
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

  private readonly kinds: readonly EvilKind[];
  /** What the host has written, by entry. */
  private readonly texts = new Map<string, string>();

  constructor(world: EvilWorld, random: () => number, kinds: readonly EvilKind[] = EVILS) {
    this.world = world;
    this.kinds = kinds;
    this.random = random;
  }

  async play(acts: number): Promise<void> {
    const { rig } = this.world;
    const relay = await rig.relay();
    const room = await rig.host(relay, {
      commands: playedSession(({ args }) => {
        this.ran.push(JSON.stringify(args));
        return undefined;
      }),
    });
    this.room = room;
    const link = await rig.invite(room, relay, { role: 'owner' });
    const view = await rig.join(await this.world.stand(link, (passing) => this.evil(passing)));
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
    this.kind = this.kinds[this.below(this.kinds.length)] ?? 'drop';
    this.sparesBeats = this.below(3) > 0;
    this.rate = this.below(2) === 0 ? 1 : 0.1 + this.random() * 0.6;
    this.sinceMs = this.world.clock.monotonic();
    this.count(this.kind);
  }

  /** Time passes; people write, and what is shown is looked at. */
  private async pass(ms: number): Promise<void> {
    const endMs = this.world.clock.monotonic() + ms;
    while (this.world.clock.monotonic() < endMs) {
      const dice = this.below(24);
      if (dice < 2) this.write();
      else if (dice === 2) this.prompt();
      await this.world.pass(LOOK_MS);
      this.look();
    }
  }

  private write(): void {
    this.made += 1;
    if (this.below(4) === 0) this.room?.setState(sessionApp({ title: `title ${this.made}` }));
    const [id, text] = [`e${this.made}`, `text ${this.made}`];
    this.texts.set(id, text);
    this.room?.append([textEntry(id, text)]);
    this.written.push({ index: this.written.length, dueMs: this.world.clock.monotonic() });
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
    const now = this.world.clock.monotonic();
    if (this.kind !== undefined && !this.sparesBeats) this.beatsLostMs = now;
    const held = new Set(view?.entries.map(({ index }) => index));
    for (const entry of this.written) if (held.has(entry.index)) entry.dueMs = now;
    for (const { entry } of view?.entries ?? []) {
      const isAsWritten = entry.kind === 'text' && this.texts.get(entry.id) === entry.text;
      if (!isAsWritten) this.violations.push(`shows what nobody wrote: ${JSON.stringify(entry)}`);
    }
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
        return [{ data, laterMs: Math.min(120_000, this.world.clock.monotonic() - this.sinceMs) }];
      case 'double':
        return [
          { data, laterMs: 0 },
          { data, laterMs: this.below(5_000) },
        ];
      case 'reorder':
        return [{ data, laterMs: this.below(3_000) }];
      case 'flip':
        return this.flip(data);
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
    return kind === 'flip-up' ? this.flip(data) : undefined;
  }

  private flip(data: Buffer): readonly Carried[] {
    this.count('flipped bits');
    return flipped(data, this.below(data.length * 8));
  }
}

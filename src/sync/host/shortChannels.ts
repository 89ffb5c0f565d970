// [P4] Commands that a window has sent and that have not come: its channel is held back on the way.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Logger } from '../../base/log.ts';
import { channelDocument } from '../../protocol/documentNames.ts';
import type { Beat } from '../../protocol/room.ts';
import { LIMITS, TIMES } from '../../protocol/limits.ts';
import type { Voice } from './attendance.ts';

/** What finding them needs. */
export interface ShortChannelsOptions {
  readonly room: string;
  /** What the windows that are here say of themselves. */
  readonly voices: () => readonly Voice[];
  /** Opens new sockets for a document. */
  readonly reconnect: (name: string) => void;
  /** Begins a member's channel anew: its document may have taken in what was altered. */
  readonly renew: (member: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A window of which commands are missing, as a beat names it. */
export type ShortWindow = NonNullable<Beat['short']>[number];

interface Short {
  readonly since: number;
  triedAt: number | undefined;
}

const LOOK_MS = 1_000;
/** Windows whose counters are remembered, also after they went. */
const MAX_WINDOWS = 1_024;

/** Compares what windows say they have sent with what has come. */
export class ShortChannels implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: ShortChannelsOptions;
  private readonly short = new Map<string, Short>();
  /** The highest counter that has come from each window. */
  private readonly highest = new Map<string, number>();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private said: readonly ShortWindow[] = [];

  /** Others are short of commands than before. */
  readonly onDidChange = this.changed.event;

  constructor(options: ShortChannelsOptions) {
    this.options = options;
    this.disposables.add(options.clock.every(LOOK_MS, () => this.look()));
  }

  /** Windows of which commands have been missing for a while. */
  get windows(): readonly ShortWindow[] {
    return this.said;
  }

  /** A command of a window has come. */
  received(window: string, cseq: number): void {
    const highest = Math.max(cseq, this.highest.get(window) ?? 0);
    this.highest.delete(window);
    this.highest.set(window, highest);
    const oldest = this.highest.keys().next();
    if (this.highest.size > MAX_WINDOWS && !oldest.done) this.highest.delete(oldest.value);
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private look(): void {
    const { voices, clock } = this.options;
    const now = clock.monotonic();
    const said: ShortWindow[] = [];
    const here = new Set<string>();
    for (const { member, window, nonce, sent } of voices()) {
      const received = this.highest.get(window) ?? 0;
      if (sent <= received) continue;
      here.add(window);
      const known = this.short.get(window) ?? { since: now, triedAt: undefined };
      this.short.set(window, known);
      if (now - known.since < TIMES.behindMs) continue;
      said.push({ nonce, received });
      this.tryAgain(member, known, now);
    }
    for (const window of this.short.keys()) if (!here.has(window)) this.short.delete(window);
    const isNews = JSON.stringify(said) !== JSON.stringify(this.said);
    this.said = said.slice(0, LIMITS.members * 2);
    if (isNews) this.changed.fire();
  }

  private tryAgain(member: string, short: Short, now: number): void {
    if (short.triedAt !== undefined && now - short.triedAt < TIMES.freshDocumentMs) return;
    const isFirst = short.triedAt === undefined;
    short.triedAt = now;
    if (isFirst) {
      this.options.log.warn('commands are held back', { member });
      this.options.reconnect(channelDocument(this.options.room, member));
    } else {
      this.options.renew(member);
    }
  }
}

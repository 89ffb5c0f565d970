// What a gate counts beside the journal: counters that are used up, and reads under way.
import { LIMITS } from '../../protocol/limits.ts';
import type { CommandSource } from './commandCheck.ts';
import { tooManyCommands } from '../errors.ts';
import type { RoomJournal } from '../roomJournal.ts';

/** Boots whose counters are remembered beside the journal. */
const MAX_BOOTS = 1024;

/** One boot of one member: its ordered commands come one after the other. */
export function laneKey(from: CommandSource): string {
  return `${from.member} ${from.boot}`;
}

/** Counters of ordered commands: also those of refused ones, which the journal does not count, are used. */
export class UsedCounters {
  private readonly journal: Pick<RoomJournal, 'highWater'>;
  private readonly used = new Map<string, number>();

  constructor(journal: Pick<RoomJournal, 'highWater'>) {
    this.journal = journal;
  }

  /** The highest used counter; 0 if there is none. */
  highest(from: CommandSource): number {
    const journalled = this.journal.highWater(from.member, from.boot);
    return Math.max(journalled, this.used.get(laneKey(from)) ?? 0);
  }

  /** A new term means new boots, so what the journal does not count is needed in memory only. */
  use(from: CommandSource, cseq: number): void {
    const key = laneKey(from);
    this.used.delete(key);
    this.used.set(key, cseq);
    for (const oldest of this.used.keys()) {
      if (this.used.size <= MAX_BOOTS) break;
      this.used.delete(oldest);
    }
  }
}

/** Reading commands that run now, by member. */
export class ReadsUnderWay {
  private readonly counts = new Map<string, number>();

  /** Throws CommandRefused 'too-many' if this member may not have one more. */
  check(member: string): void {
    if ((this.counts.get(member) ?? 0) >= LIMITS.fetchesUnderWay) throw tooManyCommands();
  }

  begin(member: string): void {
    this.change(member, 1);
  }

  end(member: string): void {
    this.change(member, -1);
  }

  private change(member: string, by: number): void {
    const count = (this.counts.get(member) ?? 0) + by;
    if (count > 0) this.counts.set(member, count);
    else this.counts.delete(member);
  }
}

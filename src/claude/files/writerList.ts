// Who else has a conversation open or has written in it, for people.
import type { Clock } from '../../base/clock.ts';
import type { Writer, WriterPlace } from '../../protocol/state.ts';
import type { PlacedLine } from './lineTree.ts';
import type { RegistryRecord } from './registry.ts';

/** Of more that have left, the oldest are forgotten. */
const MAX_LEFT = 16;

/** Remembers who was there while their lines are not settled. */
export class WriterList {
  private readonly clock: Pick<Clock, 'now'>;
  private readonly writers = new Map<string, Writer>();
  /** Since when there are lines without a time that are of nobody who is known. */
  private readonly undated = new Map<WriterPlace, number>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.clock = clock;
  }

  /** Those that run, and those that have left lines behind. */
  seen(running: readonly RegistryRecord[], lines: readonly PlacedLine[]): readonly Writer[] {
    const there = running.map((record) => this.present(record));
    const pids = new Set(there.map(({ pid }) => pid));
    const left: Writer[] = [];
    for (const [key, writer] of this.writers) {
      if (pids.has(writer.pid)) continue;
      if (lines.length === 0 || left.length >= MAX_LEFT) this.writers.delete(key);
      else left.push({ ...writer, left: true });
    }
    const all = [...there, ...left];
    // One that was gone before the registry was looked at is known by its lines alone.
    const unnamed = new Map<WriterPlace, Writer>();
    for (const { entrypoint, timestamp } of lines) {
      const where = placeOfEntrypoint(entrypoint);
      if (unnamed.has(where) || all.some((writer) => writer.where === where)) continue;
      const at = Date.parse(timestamp ?? '');
      const since = Number.isNaN(at) ? this.seenFirst(where) : at;
      unnamed.set(where, { where, since, left: true });
    }
    return [...all, ...unnamed.values()];
  }

  /** What they wrote is settled: who has left is of no interest any more. */
  clear(): void {
    this.writers.clear();
    this.undated.clear();
  }

  private seenFirst(where: WriterPlace): number {
    const since = this.undated.get(where) ?? this.clock.now();
    this.undated.set(where, since);
    return since;
  }

  private present(record: RegistryRecord): Writer {
    const { pid, kind, entrypoint } = record;
    const key = `${pid} ${record.procStart ?? ''}`;
    const known = this.writers.get(key);
    const writer: Writer = {
      pid,
      where: kind === 'bg' ? 'background' : placeOfEntrypoint(entrypoint),
      since: known?.since ?? record.startedAt ?? this.clock.now(),
    };
    this.writers.set(key, writer);
    return writer;
  }
}

function placeOfEntrypoint(entrypoint: string | undefined): WriterPlace {
  if (entrypoint === 'cli') return 'terminal';
  return entrypoint === undefined || entrypoint.startsWith('sdk') ? 'script' : 'program';
}

// Collects the lines of its transcript that the agent gives to be kept, and writes them in batches: one disk write for many.
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { type Json } from '../../protocol/json.ts';
import type { SessionTables } from '../journal/sessionTables.ts';

/** A crash loses what is not written yet; the transcript file still has it. */
const FLUSH_MS = 500;
const MAX_WAITING = 500;

/** Write buffer of one session's raw lines. */
export class RawLines {
  private readonly tables: SessionTables;
  private readonly session: string;
  private readonly clock: Clock;
  private waiting: { file: string; line: Json }[] = [];
  private timer: Disposable | undefined;

  constructor(tables: SessionTables, session: string, clock: Clock) {
    this.tables = tables;
    this.session = session;
    this.clock = clock;
  }

  add(file: string, line: Json): void {
    this.waiting.push({ file, line });
    if (this.waiting.length >= MAX_WAITING) this.flush();
    else this.timer ??= this.clock.after(FLUSH_MS, () => this.flush());
  }

  flush(): void {
    this.timer?.dispose();
    this.timer = undefined;
    const lines = this.waiting;
    this.waiting = [];
    if (lines.length > 0) this.tables.appendRawLines(this.session, lines);
  }

  dispose(): void {
    this.timer?.dispose();
    this.timer = undefined;
  }
}

// Collects the agent's own transcript lines and writes them in batches: one disk write for many.
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { type Json } from '../../protocol/json.ts';
import type { SessionTables } from '../journal/sessionTables.ts';

/** A crash loses what is not written yet; the transcript file still has it. */
const FLUSH_MS = 500;
const MAX_WAITING = 500;

/** Types of lines that a resume elsewhere needs; the rest is noise, some of it with system prompts in it. */
const KEPT: ReadonlySet<string> = new Set([
  'user',
  'assistant',
  'system',
  'summary',
  'custom-title',
  'agent-name',
  'ai-title',
  'tag',
]);

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

  /** Takes a line if a resume needs it. */
  add(file: string, line: Json): void {
    if (!isKept(line)) return;
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

function field(line: Json, name: string): Json | undefined {
  if (line === null || typeof line !== 'object' || Array.isArray(line)) return undefined;
  return Object.entries(line).find(([key]) => key === name)?.[1];
}

function isKept(line: Json): boolean {
  const type = field(line, 'type');
  if (type === 'attachment')
    return field(field(line, 'attachment') ?? null, 'type') === 'queued_command';
  return typeof type === 'string' && KEPT.has(type);
}

// The transcript as rows: results join their calls, decisions their requests, subagents nest.
import { signal } from '@preact/signals';
import type { PanelEntry } from '../../src/protocol/local/panel.ts';
import type { Entry, EntryOf } from '../../src/protocol/transcript.ts';
import { type ShownRow, ShownRows } from './rowGroups.ts';
import { TranscriptRow } from './transcriptRow.ts';

/** Keeps the rows of a transcript while entries come in at either end. */
export class TranscriptModel {
  /** Top-level rows; read `version` to be told of changes. */
  rows: TranscriptRow[] = [];
  readonly version = signal(0);
  /** The same as they are shown. */
  get shown(): readonly ShownRow[] {
    return this.grouped.all;
  }

  /** The newest checklist. */
  readonly todos = signal<EntryOf<'todos'> | undefined>(undefined);
  private entries: PanelEntry[] = [];
  private byIndex = new Map<number, Entry>();
  private calls = new Map<string, TranscriptRow>();
  private openCalls = new Set<TranscriptRow>();
  private requests = new Map<string, TranscriptRow>();
  private decisions = new Map<string, EntryOf<'decision'>>();
  private tasks = new Map<string, TranscriptRow>();
  private promptIds = new Set<string>();
  private news = new Map<string, { readonly index: number; readonly entry: EntryOf<'task'> }>();
  private grouped = new ShownRows();
  /** Place in the log of the first row that has changed since they were grouped. */
  private changedFrom = Infinity;
  private homes = new Map<number, TranscriptRow>();

  /** Number of entries held. */
  get size(): number {
    return this.entries.length;
  }

  /** Place in the log of the first entry held; 0 if there is none. */
  get first(): number {
    return this.entries[0]?.index ?? 0;
  }

  /** Place in the log of the last entry held; -1 if there is none. */
  get last(): number {
    return this.entries.at(-1)?.index ?? -1;
  }

  /** The top-level row in which the entry at a place in the log is shown. */
  rowOf(index: number): TranscriptRow | undefined {
    return this.homes.get(index);
  }

  /** The entry at a place in the log, if it is loaded. */
  entryAt(index: number): Entry | undefined {
    return this.byIndex.get(index);
  }

  /** The newest news of a piece of background work, and where it stands in the log. */
  taskNews(
    taskId: string,
  ): { readonly index: number; readonly entry: EntryOf<'task'> } | undefined {
    return this.news.get(taskId);
  }

  /** How a request ended, if it did and that is loaded. */
  decisionOf(requestId: string): EntryOf<'decision'> | undefined {
    return this.decisions.get(requestId);
  }

  /** Whether the prompt with this id is in the transcript. */
  hasPrompt(promptId: string): boolean {
    return this.promptIds.has(promptId);
  }

  /** Forgets everything and takes these entries. */
  replace(entries: readonly PanelEntry[]): void {
    this.rows = [];
    this.entries = [];
    this.byIndex = new Map();
    this.calls = new Map();
    this.openCalls = new Set();
    this.requests = new Map();
    this.decisions = new Map();
    this.tasks = new Map();
    this.promptIds = new Set();
    this.news = new Map();
    this.homes = new Map();
    this.grouped = new ShownRows();
    this.changedFrom = 0;
    this.todos.value = undefined;
    this.append(entries);
  }

  /** Takes entries that follow the last one; known places are skipped. */
  append(entries: readonly PanelEntry[]): void {
    for (const placed of entries) {
      if (this.byIndex.has(placed.index)) continue;
      this.entries.push(placed);
      this.byIndex.set(placed.index, placed.entry);
      this.take(placed);
    }
    this.grouped.update(this.rows, this.changedFrom);
    this.changedFrom = Infinity;
    this.version.value++;
  }

  /** Takes entries that come before the first one. Rows are made again; their keys stay. */
  prepend(entries: readonly PanelEntry[]): void {
    const older = entries.filter((placed) => !this.byIndex.has(placed.index));
    if (older.length > 0) this.replace([...older, ...this.entries]);
  }

  private take(placed: PanelEntry): void {
    const entry = placed.entry;
    switch (entry.kind) {
      case 'tool-result':
        return this.takeResult(placed.index, entry);
      case 'decision':
        return this.takeDecision(placed, entry);
      case 'request':
        return this.takeRequest(placed, entry);
      case 'task':
        return this.takeTask(placed, entry);
      case 'retry':
        return this.takeRetry(placed, entry);
      case 'command':
        return this.takeCommand(placed, entry);
      case 'tool-call': {
        const row = this.push(placed);
        this.calls.set(entry.callId, row);
        this.openCalls.add(row);
        return;
      }
      case 'prompt':
        if (entry.promptId !== undefined) this.promptIds.add(entry.promptId);
        this.push(placed);
        return;
      case 'turn':
        this.abandonOpenCalls();
        this.push(placed);
        return;
      case 'todos':
        if (entry.parent === undefined) this.todos.value = entry;
        this.push(placed);
        return;
      // A kind that belongs to no other row is a row of its own.
      default:
        this.push(placed);
    }
  }

  private push(placed: PanelEntry): TranscriptRow {
    const row = new TranscriptRow(placed);
    const parent = this.parentOf(placed.entry);
    if (parent === undefined) this.rows.push(row);
    else parent.addChild(row);
    this.settle(placed.index, parent ?? row);
    return row;
  }

  /** The entry is shown in this row, and that in the one around it. */
  private settle(index: number, row: TranscriptRow): void {
    const home = this.homes.get(row.index) ?? row;
    this.homes.set(index, home);
    this.changedFrom = Math.min(this.changedFrom, home.index);
  }

  private parentOf(entry: Entry): TranscriptRow | undefined {
    return entry.parent === undefined ? undefined : this.calls.get(entry.parent);
  }

  private takeResult(index: number, entry: EntryOf<'tool-result'>): void {
    const call = this.calls.get(entry.callId);
    if (call === undefined || call.result !== undefined) {
      this.push({ index, entry });
      return;
    }
    this.openCalls.delete(call);
    this.settle(index, call);
    call.update({ result: { index, entry } });
  }

  private takeRequest(placed: PanelEntry, entry: EntryOf<'request'>): void {
    const call = entry.callId === undefined ? undefined : this.calls.get(entry.callId);
    if (call === undefined || call.request !== undefined) {
      this.requests.set(entry.requestId, this.push(placed));
      return;
    }
    this.requests.set(entry.requestId, call);
    this.settle(placed.index, call);
    call.update({ request: entry });
  }

  private takeDecision(placed: PanelEntry, entry: EntryOf<'decision'>): void {
    this.decisions.set(entry.requestId, entry);
    const row = this.requests.get(entry.requestId);
    if (row === undefined) {
      this.push(placed);
      return;
    }
    this.settle(placed.index, row);
    row.update({ decision: entry });
  }

  private takeTask(placed: PanelEntry, entry: EntryOf<'task'>): void {
    this.news.set(entry.taskId, { index: placed.index, entry });
    const call = entry.callId === undefined ? undefined : this.calls.get(entry.callId);
    if (call !== undefined) {
      this.settle(placed.index, call);
      call.update({ task: entry });
      return;
    }
    const known = this.tasks.get(entry.taskId);
    if (known === undefined) this.tasks.set(entry.taskId, this.push(placed));
    else {
      this.settle(placed.index, known);
      known.update({ entry });
    }
  }

  private takeRetry(placed: PanelEntry, entry: EntryOf<'retry'>): void {
    const siblings = this.parentOf(entry)?.children ?? this.rows;
    const last = siblings.at(-1);
    if (last?.entry.kind === 'retry') {
      this.settle(placed.index, last);
      last.update({ entry });
    } else this.push(placed);
  }

  /** What a command has printed belongs to it. */
  private takeCommand(placed: PanelEntry, entry: EntryOf<'command'>): void {
    const last = (this.parentOf(entry)?.children ?? this.rows).at(-1);
    const before = last?.peek();
    const isOutput =
      entry.command === '' &&
      before?.entry.kind === 'command' &&
      before.entry.command !== '' &&
      before.entry.text === '' &&
      before.entry.cut === undefined &&
      before.output === undefined;
    if (last === undefined || !isOutput) {
      this.push(placed);
      return;
    }
    this.settle(placed.index, last);
    last.update({ output: { index: placed.index, entry } });
  }

  /** Calls of subagents may go on in the background; those of the turn itself cannot. */
  private abandonOpenCalls(): void {
    for (const row of this.openCalls) {
      if (row.peek().entry.parent !== undefined) continue;
      row.update({ isAbandoned: true });
      this.openCalls.delete(row);
    }
  }
}

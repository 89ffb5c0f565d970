// One card of the transcript. Whoever reads a part of it while it renders is rendered again when the part changes.
import { type Signal, signal } from '@preact/signals';
import type { PanelEntry } from '../../src/protocol/local/panel.ts';
import type { Entry, EntryOf } from '../../src/protocol/transcript.ts';

interface RowParts {
  /** A retry or task row shows its newest entry. */
  readonly entry: Entry;
  /** Of a tool call: how it ended. */
  readonly result?: { readonly index: number; readonly entry: EntryOf<'tool-result'> };
  /** Of a tool call: what a person was asked about it. */
  readonly request?: EntryOf<'request'>;
  /** Of a request, or of the call it belongs to. */
  readonly decision?: EntryOf<'decision'>;
  /** Of a call that started a subagent or background task: its newest news. */
  readonly task?: EntryOf<'task'>;
  /** Of a command: what it has printed. */
  readonly output?: { readonly index: number; readonly entry: EntryOf<'command'> };
  /** Of a tool call: the turn ended without a result. */
  readonly isAbandoned?: boolean;
}

/**
 * A row. Its parts are read through a signal and never as plain fields: a component that uses any
 * signal is rendered again by its own signals alone, not because the one around it was.
 */
export class TranscriptRow {
  /** Stable while the entry exists. */
  readonly key: string;
  /** Place of the entry in the log. */
  readonly index: number;
  private readonly parts: Signal<RowParts>;
  private readonly rows: TranscriptRow[] = [];
  private readonly rowCount = signal(0);

  constructor({ index, entry }: PanelEntry) {
    this.key = `e${index}`;
    this.index = index;
    this.parts = signal({ entry });
  }

  get entry(): Entry {
    return this.parts.value.entry;
  }

  get result(): RowParts['result'] {
    return this.parts.value.result;
  }

  get request(): RowParts['request'] {
    return this.parts.value.request;
  }

  get decision(): RowParts['decision'] {
    return this.parts.value.decision;
  }

  get task(): RowParts['task'] {
    return this.parts.value.task;
  }

  get output(): RowParts['output'] {
    return this.parts.value.output;
  }

  get isAbandoned(): boolean {
    return this.parts.value.isAbandoned === true;
  }

  /** Its parts, for who is not to be rendered again when they change. */
  peek(): RowParts {
    return this.parts.peek();
  }

  /** Whether a subagent did something for it. */
  hasChildren(): boolean {
    return this.rows.length > 0;
  }

  /** Rows of the subagent that this call started. */
  get children(): readonly TranscriptRow[] {
    void this.rowCount.value;
    return this.rows;
  }

  /** Changes parts of it. */
  update(change: Partial<RowParts>): void {
    this.parts.value = { ...this.parts.peek(), ...change };
  }

  addChild(row: TranscriptRow): void {
    this.rows.push(row);
    this.rowCount.value++;
  }
}

// Reads one conversation, its subagents included, as entries: from the start and then what is new.
import { say } from '../../base/say.ts';
import { saidText } from '../../protocol/said.ts';
import { basename, join } from 'node:path';
import type { AgentFacts, ReportedEntry } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import type { Entry } from '../../protocol/transcript.ts';
import { createTranscriptMapper, type TranscriptMapper } from '../entries/transcriptMapper.ts';
import { ImageBudget } from './imageBudget.ts';
import { SubagentFiles } from './subagentFiles.ts';
import { TranscriptFile } from './transcriptFile.ts';

/** Entries of one read at the most: a conversation of years is shown from here on. */
export const MAX_ENTRIES = 5000;
/** A subagent without news for this many looks (a minute) is looked at once in `QUIET_EVERY` looks. */
export const QUIET_AFTER = 600;
const QUIET_EVERY = 5;

/** What one read found. */
export interface ConversationRead {
  readonly entries: readonly ReportedEntry[];
  readonly facts: AgentFacts;
  readonly exists: boolean;
}

/** Follows `<id>.jsonl` and `<id>/subagents/agent-*.jsonl`; `read` calls must not overlap. */
export class ConversationReader {
  readonly path: string;
  private readonly options: ReaderOptions;
  private readonly main: Source;
  /** Where transcripts of subagents lie, once there are some. */
  readonly subagentsFolder: string;
  private readonly subagents: SubagentFiles;
  private readonly others: Source[] = [];
  private looks = 0;

  constructor(options: ReaderOptions) {
    this.path = options.path;
    this.options = options;
    this.main = new Source(options, undefined);
    this.subagentsFolder = join(options.path.replace(/\.jsonl$/, ''), 'subagents');
    this.subagents = new SubagentFiles(this.subagentsFolder);
  }

  /** Whether a subagent's transcript was found. */
  get hasSubagents(): boolean {
    return this.others.length > 0;
  }

  /**
   * Entries that are new since the last call, a subagent's where their time belongs; the newest
   * `MAX_ENTRIES`, after a notice that says what was left out.
   */
  async read(): Promise<ConversationRead> {
    const exists = await this.main.read();
    for (const { path, parent } of await this.subagents.findNew()) {
      this.others.push(new Source({ ...this.options, path }, parent));
    }
    for (const [index, source] of this.others.entries()) {
      const isDue = source.quietLooks < QUIET_AFTER || (this.looks + index) % QUIET_EVERY === 0;
      if (isDue) await source.read();
    }
    this.looks += 1;
    return { ...this.drain(), exists };
  }

  /** What is held back for a line, or the end of a line, that may still come. */
  flush(): readonly ReportedEntry[] {
    for (const source of [this.main, ...this.others]) source.end();
    return this.drain().entries;
  }

  private drain(): Omit<ConversationRead, 'exists'> {
    const { facts, ...main } = this.main.take();
    const others = this.others.map((source) => source.take());
    const entries = merge(
      main.entries,
      others.flatMap((other) => other.entries).sort((a, b) => a.entry.at - b.entry.at),
    );
    const dropped = others.reduce((sum, other) => sum + other.dropped, main.dropped);
    if (dropped === 0 && entries.length <= MAX_ENTRIES) return { entries, facts };
    const newest = entries.slice(-(MAX_ENTRIES - 1));
    const older = dropped + entries.length - newest.length;
    return { entries: [this.olderNotice(older, newest[0]?.entry.at), ...newest], facts };
  }

  private olderNotice(count: number, at: number | undefined): ReportedEntry {
    const entry: Entry = {
      kind: 'notice',
      id: `older-left-out:${basename(this.path, '.jsonl')}`,
      at: at ?? this.options.now(),
      level: 'info',
      code: 'older-left-out',
      ...saidText(
        say`This conversation is long: its ${count} oldest entries are not shown here. They are kept in Claude Code's own transcript.`,
      ),
    };
    return { entry };
  }
}

/** Where the conversation is, and the wall time in ms for lines without one. */
export interface ReaderOptions {
  readonly path: string;
  readonly now: () => number;
  /** Which lines of the conversation's own file are read; default: all. */
  readonly isWanted?: (line: Json) => boolean;
  /** Hears of every line of it that is read. */
  readonly onLine?: (line: Json) => void;
}

/** One file with its mapper, and what was read of it. */
class Source {
  quietLooks = 0;
  private readonly options: ReaderOptions;
  private readonly parent: string | undefined;
  private readonly file: TranscriptFile;
  private mapper: TranscriptMapper;
  private entries: Entry[] = [];
  private readonly images = new ImageBudget();
  private facts: AgentFacts = {};
  private dropped = 0;

  constructor(options: ReaderOptions, parent: string | undefined) {
    this.options = options;
    this.parent = parent;
    this.file = new TranscriptFile(options.path);
    this.mapper = this.newMapper();
  }

  async read(): Promise<boolean> {
    const exists = await this.file.read({
      line: (line, number) => this.line(line, number),
      restart: () => (this.mapper = this.newMapper()),
    });
    this.quietLooks = this.entries.length > 0 ? 0 : this.quietLooks + 1;
    return exists;
  }

  end(): void {
    this.file.rest({ line: (line, number) => this.line(line, number) });
    this.entries.push(...this.mapper.flush());
  }

  take(): {
    readonly entries: ReportedEntry[];
    readonly facts: AgentFacts;
    readonly dropped: number;
  } {
    const { facts, dropped } = this;
    const entries = this.entries.map((entry) => this.images.reported(entry));
    this.images.clear();
    this.entries = [];
    this.facts = {};
    this.dropped = 0;
    return { entries, facts, dropped };
  }

  private line(line: Json | undefined, number: number): void {
    const { isWanted, onLine } = this.options;
    if (this.parent === undefined && line !== undefined) onLine?.(line);
    if (this.parent === undefined && isWanted !== undefined) {
      if (line === undefined || !isWanted(line)) return;
    }
    if (line === undefined) this.entries.push(this.garbledNotice(number));
    else {
      const { entries, facts, images } = this.mapper.map(line);
      this.entries.push(...entries);
      for (const [id, bytes] of images ?? []) this.images.add(id, bytes);
      this.facts = { ...this.facts, ...facts };
    }
    // In steps: taking from the front costs as much as the list is long.
    if (this.entries.length < 2 * MAX_ENTRIES) return;
    this.dropped += this.entries.splice(0, this.entries.length - MAX_ENTRIES).length;
  }

  private newMapper(): TranscriptMapper {
    const { now } = this.options;
    return createTranscriptMapper(
      this.parent === undefined ? { now } : { now, parent: this.parent },
    );
  }

  private garbledNotice(number: number): Entry {
    return {
      kind: 'notice',
      id: `garbled-line:${basename(this.options.path, '.jsonl')}:${number}`,
      at: this.options.now(),
      level: 'warning',
      code: 'garbled-line',
      ...saidText(say`A line of the transcript could not be read; it was left out.`),
      ...(this.parent === undefined ? {} : { parent: this.parent }),
    };
  }
}

function merge(main: readonly ReportedEntry[], others: readonly ReportedEntry[]): ReportedEntry[] {
  const out: ReportedEntry[] = [];
  let next = 0;
  for (const entry of main) {
    for (
      let other = others[next];
      other !== undefined && other.entry.at < entry.entry.at;
      other = others[next]
    ) {
      out.push(other);
      next += 1;
    }
    out.push(entry);
  }
  return [...out, ...others.slice(next)];
}

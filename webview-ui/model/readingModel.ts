// What a reader does with the transcript: looks for a text, goes to a place, reads on where they stopped.
import { signal } from '@preact/signals';
import * as z from 'zod/mini';
import { isRecord } from '../../src/base/isRecord.ts';
import { omitUndefined } from '../../src/base/omitUndefined.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { ToPanel } from '../../src/protocol/local/panel.ts';
import type { ChangePlace, FoundEntry } from '../../src/protocol/reading/foundEntries.ts';
import type { UiPort } from '../port.ts';
import type { TranscriptRow } from './transcriptRow.ts';
import type { TranscriptModel } from './transcriptModel.ts';

/** A search and what it has found so far, newest first. */
export interface Search {
  readonly query: string;
  readonly hits: readonly FoundEntry[];
  /** Below it nothing was looked at; 0: all was. */
  readonly next: number;
  readonly isLoading: boolean;
  readonly error?: string | undefined;
}

/** Where a reader is who does not follow the end: the row at the top of the view, and how far it is scrolled out of it, px. */
const placeSchema = z.object({ index: z.number(), offset: z.number() });
/** What is kept of it while the page is gone. */
const keptSchema = z.object({ read: z.optional(z.number()), place: z.optional(placeSchema) });

export type ReadingPlace = z.infer<typeof placeSchema>;
type Kept = z.infer<typeof keptSchema>;
type Found = Extract<ToPanel, { readonly type: 'found-entries' }>;

/** What reading works on. */
export interface ReadingOptions {
  readonly port: Pick<UiPort, 'post' | 'getState' | 'setState'>;
  readonly transcript: TranscriptModel;
  readonly isVisible: () => boolean;
}

/** What a reader goes from one to the next of: what was said, and what was decided. */
function isStop(row: TranscriptRow): boolean {
  const { entry, request } = row.peek();
  if (entry.kind === 'prompt') return entry.origin === 'person' || entry.author !== undefined;
  return request !== undefined || entry.kind === 'request' || entry.kind === 'decision';
}

/** Kept contexts of changes: nobody decides on more at once. */
const MAX_CONTEXTS = 200;

/** The reader's part of the panel. */
export class ReadingModel {
  /** The bar for finding is open. */
  readonly isFinding = signal(false);
  readonly search = signal<Search | undefined>(undefined);
  /** A row that is to be brought into view, by the place of an entry in the log; `n` counts the wishes. */
  readonly target = signal<{ readonly index: number; readonly n: number } | undefined>(undefined);
  /** The row that somebody has gone to. */
  readonly marked = signal<number | undefined>(undefined);
  /** What stands around changes, by the place of their entry. */
  readonly contexts = signal<ReadonlyMap<number, readonly ChangePlace[]>>(new Map());
  /** Thinking is unfolded at first. */
  readonly showsThinking = signal(false);
  /** What became of something that was asked for. */
  readonly said = signal('');
  /** Entries after this place came while nobody read; undefined: there are none. */
  readonly unreadAfter = signal<number | undefined>(undefined);
  /** That line was not in view yet since the page was gone. */
  readonly isUnreadFar = signal(false);
  /** Place in the log of the row at the top of the view. */
  top = 0;
  private readonly options: ReadingOptions;
  private readonly asked = new Set<number>();
  private kept: Kept;
  private wanted: number | undefined;
  private wishes = 0;
  private hasBegun = false;

  constructor(options: ReadingOptions) {
    this.options = options;
    const state = options.port.getState();
    const parsed = keptSchema.safeParse(isRecord(state) ? state['reading'] : undefined);
    this.kept = parsed.success ? parsed.data : {};
  }

  /** Where the reader was when the page went; undefined: at the end. */
  get place(): ReadingPlace | undefined {
    return this.kept.place;
  }

  /** Begins a search; an empty text ends it. */
  find(text: string): void {
    const query = text.trim();
    if (query === '') {
      this.search.value = undefined;
      return;
    }
    if (this.search.value?.query === query && this.search.value.error === undefined) return;
    this.search.value = { query, hits: [], next: 0, isLoading: true };
    this.options.port.post({ type: 'find', query });
  }

  /** Looks further back. */
  findMore(): void {
    const { search } = this;
    const before = search.value;
    if (before === undefined || before.isLoading || before.next === 0) return;
    search.value = { ...before, isLoading: true };
    this.options.port.post({ type: 'find', query: before.query, before: before.next });
  }

  /** Entries that were found; those of a search that is not the present one are nobody's. */
  found({ query, before, hits, next, error }: Found): void {
    const search = this.search.value;
    if (search?.query !== query || !search.isLoading) return;
    const known = before === undefined ? [] : search.hits;
    const isFirst = before === undefined && hits.length > 0;
    this.search.value = {
      query,
      hits: [...known, ...hits],
      next,
      isLoading: false,
      ...omitUndefined({ error }),
    };
    if (isFirst) this.goTo(hits[0]?.index ?? 0);
  }

  /** Brings the entry at a place in the log into view; what is not loaded comes first. */
  goTo(index: number): void {
    this.marked.value = index;
    if (index < this.options.transcript.first) {
      this.wanted = index;
      this.options.port.post({ type: 'fetch-until', index });
      return;
    }
    this.wanted = undefined;
    this.target.value = { index, n: ++this.wishes };
  }

  /** Older entries came, as far as they were asked for. */
  olderCame(): void {
    const { wanted } = this;
    if (wanted === undefined || wanted < this.options.transcript.first) return;
    this.goTo(wanted);
  }

  /** Goes to the prompt or decision before (-1) or after (1) where the reader is. */
  step(from: number, by: -1 | 1): void {
    const { rows, first } = this.options.transcript;
    const stops = rows.filter((row) => isStop(row)).map(({ index }) => index);
    const next =
      by < 0 ? stops.findLast((index) => index < from) : stops.find((index) => index > from);
    if (next !== undefined) this.goTo(next);
    else if (by < 0 && first > 0) this.goTo(first - 1);
  }

  /** Asks once for what stands around the changes of an entry. */
  askContext(index: number): void {
    if (this.asked.has(index)) return;
    this.asked.add(index);
    this.options.port.post({ type: 'fetch-context', index });
  }

  contextCame(index: number, places: readonly ChangePlace[]): void {
    const contexts = new Map(this.contexts.value).set(index, places);
    const [oldest] = contexts.keys();
    if (contexts.size > MAX_CONTEXTS && oldest !== undefined) contexts.delete(oldest);
    this.contexts.value = contexts;
  }

  /** All entries are here for the first time, or anew. */
  began(): void {
    const { last } = this.options.transcript;
    if (this.hasBegun || last < 0) return;
    this.hasBegun = true;
    const { read } = this.kept;
    if (read !== undefined && read < last) {
      this.unreadAfter.value = read;
      this.isUnreadFar.value = true;
    }
    this.kept = { ...this.kept, read: read ?? last };
  }

  /** The reader sees the end, or does not: what comes meanwhile was not read. */
  looks(isAtEnd: boolean): void {
    if (!this.hasBegun) return;
    const { last } = this.options.transcript;
    const { read = last } = this.kept;
    if (isAtEnd && this.options.isVisible()) {
      if (read < last) this.keep({ ...this.kept, read: last });
    } else if (read < last && (this.unreadAfter.value ?? -1) < read) {
      this.unreadAfter.value = read;
    }
  }

  /** Who says something has read what was there. */
  answered(): void {
    this.unreadAfter.value = undefined;
    this.isUnreadFar.value = false;
  }

  /** Where the reader is; undefined: at the end. */
  keepPlace(place: ReadingPlace | undefined): void {
    const before = this.kept.place;
    if (before?.index === place?.index && before?.offset === place?.offset) return;
    this.keep({ ...omitUndefined({ read: this.kept.read, place }) });
  }

  private keep(kept: Kept): void {
    this.kept = kept;
    const { port } = this.options;
    const state = port.getState();
    const reading: Json = omitUndefined(kept);
    port.setState({ ...(isRecord(state) ? state : {}), reading });
  }
}

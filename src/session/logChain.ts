// The log as a replica holds it: a hash chain without gaps, newest part first known.
import type { Json } from '../protocol/json.ts';
import { type LogPlaintext, logSchema } from '../protocol/room.ts';
import { parseJson } from '../protocol/json.ts';
import { parseEntry } from '../protocol/transcript.ts';
import type { PlacedEntry } from './view.ts';

/** A log plaintext with its own hash (SHA-256 of the text, base64url). */
export interface ChainItem {
  readonly text: string;
  readonly hash: string;
}

/** What became of an offered record. */
export type Offer = 'added' | 'known' | 'older' | 'restarted' | 'fork' | 'malformed';

/** What became of fetched older records: 'elsewhere' are those that end at another place than the first one held. */
export type Prepended = 'added' | 'elsewhere' | 'fork';

/** Entries from some index to the newest known, each bound to the one before. */
export class LogChain {
  private placed: PlacedEntry[] = [];
  private hashes: string[] = [];
  /** What the record before the first one must hash to. */
  private prevOfFirst = '';
  /** A place that was verified earlier and is not held now: a later answer must agree with it. */
  private anchor: { readonly index: number; readonly hash: string } | undefined;

  get entries(): readonly PlacedEntry[] {
    return this.placed;
  }

  /** Index of the oldest entry held; the next index if none. */
  get first(): number {
    return this.placed[0]?.index ?? 0;
  }

  /** Index that the next entry will have. */
  get end(): number {
    const last = this.placed.at(-1);
    return last ? last.index + 1 : 0;
  }

  get isEmpty(): boolean {
    return this.placed.length === 0;
  }

  /** Hash at an index, if it is held. */
  hashAt(index: number): string | undefined {
    return this.hashes[index - this.first];
  }

  /** Remembers a place from an earlier run. */
  remember(index: number, hash: string): void {
    if (index >= 0) this.anchor = { index, hash };
  }

  /** Takes a record of the tail; [L1] by index and chain hash, never by sequence number. */
  offer(item: ChainItem): Offer {
    const record = readRecord(item.text);
    if (!record) return 'malformed';
    const known = this.hashAt(record.index);
    if (known !== undefined) return known === item.hash ? 'known' : 'fork';
    if (this.contradictsAnchor(record.index, item.hash)) return 'fork';
    if (this.isEmpty) {
      this.restart(record, item.hash);
      return 'added';
    }
    if (record.index < this.first) return 'older';
    if (record.index === this.end) {
      if (record.prev !== this.hashes.at(-1)) return 'fork';
      this.push(record, item.hash);
      return 'added';
    }
    // The tail moved on while we were away: older entries are fetched and must lead to what we knew.
    this.remember(this.end - 1, this.hashes.at(-1) ?? '');
    this.restart(record, item.hash);
    return 'restarted';
  }

  /** Puts older records in front; they must lead without a gap to the first one held. */
  prepend(items: readonly ChainItem[]): Prepended {
    const last = readRecord(items.at(-1)?.text ?? '');
    if (last && last.index !== this.first - 1) return 'elsewhere';
    const records: { readonly record: LogPlaintext; readonly hash: string }[] = [];
    let wantedIndex = this.first - 1;
    let wantedHash = this.prevOfFirst;
    for (const item of [...items].reverse()) {
      const record = readRecord(item.text);
      if (record?.index !== wantedIndex || item.hash !== wantedHash) return 'fork';
      if (this.contradictsAnchor(record.index, item.hash)) return 'fork';
      records.unshift({ record, hash: item.hash });
      wantedIndex -= 1;
      wantedHash = record.prev;
    }
    this.placed = [...records.map(({ record }) => place(record)), ...this.placed];
    this.hashes = [...records.map(({ hash }) => hash), ...this.hashes];
    this.prevOfFirst = wantedHash;
    return 'added';
  }

  private contradictsAnchor(index: number, hash: string): boolean {
    return this.anchor?.index === index && this.anchor.hash !== hash;
  }

  private restart(record: LogPlaintext, hash: string): void {
    this.placed = [place(record)];
    this.hashes = [hash];
    this.prevOfFirst = record.prev;
  }

  private push(record: LogPlaintext, hash: string): void {
    this.placed.push(place(record));
    this.hashes.push(hash);
  }
}

function readRecord(text: string): LogPlaintext | undefined {
  const parsed = logSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

function place(record: { readonly index: number; readonly entry: Json }): PlacedEntry {
  return { index: record.index, entry: parseEntry(record.entry) };
}

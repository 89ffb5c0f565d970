// A replica of a room: reads the document, verifies every record, and shows only what the host has signed.
import type { ErrorWords } from '../base/errors.ts';
import type * as Y from 'yjs';
import { type Bytes, fromBase64Url, toBase64Url } from '../base/bytes.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { errorText, type Logger } from '../base/log.ts';
import { openCard } from '../crypto/card.ts';
import { importVerifyKey, textHash } from '../crypto/keys.ts';
import type { RecordHeader, RecordOpener } from '../crypto/record.ts';
import { type Beat, type Card, type Delta, deltaSchema, RECORD_TYPE } from '../protocol/room.ts';
import { type RoomState, roomStateSchema } from '../protocol/state.ts';
import { sideToUpdate } from '../protocol/version.ts';
import { withoutWhatIsOver } from './state/withoutWhatIsOver.ts';
import { BeatReader } from './beatReader.ts';
import { AlarmList } from './alarmList.ts';
import {
  CARD_REFUSED,
  FORK,
  ROLLBACK,
  SPLIT,
  unreadableEntry,
  unreadableState,
  WITHHELD,
} from './errors.ts';
import { readCard, readChunks } from './layout.ts';
import { HostRecords, type OpenedRecord } from './hostRecords.ts';
import { LiveView } from './liveView.ts';
import { gapOf, missingOf, revOf } from './promised.ts';
import { LogChain } from './logChain.ts';
import type { RoomMemory } from './roomMemory.ts';
import type { Alarm, LiveBlock, PlacedEntry, ViewPart } from './view.ts';

/** What a replica needs. */
export interface ReplicaOptions {
  readonly doc: Y.Doc;
  readonly room: string;
  readonly opener: RecordOpener;
  readonly memory?: RoomMemory;
  readonly log: Logger;
}

/** Verified picture of one room. */
export class Replica implements Disposable {
  private readonly options: ReplicaOptions;
  private doc: Y.Doc;
  private readonly chain = new LogChain();
  private readonly liveView = new LiveView();
  private readonly changed = new Emitter<ReadonlySet<ViewPart>>();
  private readonly alarmList: AlarmList;
  private readonly onUpdate = (): void => this.kick();
  private readonly records: HostRecords;
  private readonly beats: BeatReader;
  private running: Promise<void> | undefined;
  private isAgain = false;
  private isDisposed = false;
  private cardBytes: Uint8Array | undefined;
  private hostKey: CryptoKey | undefined;
  private memory: RoomMemory;
  private isComplete = false;
  private stateSeq = -1n;
  /** Revision of a state that came and cannot be read here: nobody holds it back. */
  private unreadableRev = -1;
  private toldEpoch: number | undefined;

  readonly onDidChange = this.changed.event;
  card: Card | undefined;
  /** [V1] Versions of a host that speaks none of ours: nothing of it is read. */
  foreignVersions: readonly number[] | undefined;
  state: RoomState | undefined;

  constructor(options: ReplicaOptions) {
    this.options = options;
    this.doc = options.doc;
    this.alarmList = new AlarmList(options.log);
    const { opener } = options;
    const keyOf = this.keyOfHost.bind(this);
    const onForeign = (): void => this.raiseNow('update', unreadableEntry().words);
    this.records = new HostRecords({ opener, keyOf, onForeign });
    this.beats = new BeatReader({ opener, keyOf, records: this.records });
    this.memory = options.memory ?? { term: 0, rev: 0, index: -1, hash: '' };
    this.chain.remember(this.memory.index, this.memory.hash);
    options.doc.on('update', this.onUpdate);
    this.kick();
  }

  get entries(): readonly PlacedEntry[] {
    return this.chain.entries;
  }

  get live(): readonly LiveBlock[] {
    return this.liveView.blocks;
  }

  get alarms(): readonly Alarm[] {
    return this.alarmList.all;
  }

  /** [P4] What the host says it has written and is not verified here; undefined if nothing is missing. */
  get missing(): { readonly entries?: number } | undefined {
    return missingOf(
      this.beats.promised,
      this.chain,
      Math.max(this.state?.rev ?? -1, this.unreadableRev),
    );
  }

  /** [P5] Entries that the document holds and that did not open here: they come by fetch. */
  get gap(): number {
    return gapOf(this.beats.promised, this.chain);
  }

  /** Something that has come is being verified. */
  get isReading(): boolean {
    return this.running !== undefined;
  }

  /** [P4] For long nothing brings what the host says it has written; or it came after all. */
  withheld(isWithheld: boolean): void {
    const { alarmList } = this;
    const isNews = isWithheld ? alarmList.raise('withheld', WITHHELD) : alarmList.end('withheld');
    if (isNews) this.changed.fire(new Set(['alarms']));
  }

  /** What to keep for the next start. */
  get remembered(): RoomMemory {
    return this.memory;
  }

  /**
   * The relay has sent all it has. Until then nothing is shown, and less than what is remembered is no
   * rollback: a relay sends a document's updates one after the other, and each is a true older state.
   */
  complete(): void {
    if (this.isComplete) return;
    this.isComplete = true;
    this.cardBytes = undefined;
    this.kick();
  }

  /** Reads another document from now on, as one that has taken in what was altered; what is verified stays. */
  follow(doc: Y.Doc): void {
    this.doc.off('update', this.onUpdate);
    this.doc = doc;
    this.isComplete = false;
    this.cardBytes = undefined;
    this.records.forget();
    doc.on('update', this.onUpdate);
    this.kick();
  }

  /** Reads the document again, as after a new epoch secret. */
  refresh(): void {
    this.records.forget();
    this.kick();
  }

  /** Resolves when everything that has arrived is verified. */
  async settled(): Promise<void> {
    while (this.running) await this.running;
  }

  /** Takes the host's beat; undefined if it is not the host's or not newer than the last. */
  async acceptBeat(record: Bytes): Promise<Beat | undefined> {
    const beat = await this.beats.accept(record);
    const known = beat && this.chain.hashAt(beat.index);
    if (known !== undefined && known !== beat?.hash) this.raiseNow('fork', FORK);
    return beat;
  }

  /** [P6] Whether this is a beat of the host, newer than the last, under a secret that is not held here. */
  hearsLocked(record: Bytes): Promise<boolean> {
    return this.beats.hearsLocked(record);
  }

  /**
   * Puts fetched older log plaintexts in front; false if they do not lead to what is held. Those of
   * another place, because the tail moved on since they were asked for, change nothing.
   */
  async insertOlder(texts: readonly string[]): Promise<boolean> {
    const items = await Promise.all(
      texts.map(async (text) => ({ text, hash: await textHash(text) })),
    );
    const outcome = this.chain.prepend(items);
    if (outcome === 'added') this.changed.fire(new Set(['entries']));
    else if (outcome === 'fork') this.raiseNow('fork', FORK);
    return outcome !== 'fork';
  }

  dispose(): void {
    this.isDisposed = true;
    this.doc.off('update', this.onUpdate);
    this.changed.dispose();
  }

  private kick(): void {
    this.isAgain = true;
    if (this.running || this.isDisposed) return;
    this.running = this.work()
      .catch((error: unknown) =>
        this.options.log.error('replica failed', { error: errorText(error) }),
      )
      .finally(() => {
        this.running = undefined;
        if (this.isAgain) this.kick();
      });
  }

  private async work(): Promise<void> {
    while (this.isAgain && !this.isDisposed) {
      this.isAgain = false;
      const parts = new Set<ViewPart>();
      const alarms = this.alarmList.all;
      await this.readCard(parts);
      if (this.hostKey && this.isComplete) await this.readTail(parts);
      if (this.alarmList.all !== alarms) parts.add('alarms');
      if (parts.size > 0 && !this.isDisposed) this.changed.fire(parts);
    }
  }

  private async readCard(parts: Set<ViewPart>): Promise<void> {
    const bytes = readCard(this.doc);
    if (!bytes || bytes === this.cardBytes) return;
    // A card is judged by what was complete when it was read.
    const { isComplete } = this;
    this.cardBytes = bytes;
    const card = await openCard(bytes, this.options.room);
    if (!card) return void this.alarmList.raise('refused', CARD_REFUSED);
    if (card.term < this.memory.term) {
      if (isComplete) this.alarmList.raise('rollback', ROLLBACK);
      return;
    }
    if (sideToUpdate(card.versions) !== undefined) {
      this.foreignVersions = card.versions;
      this.hostKey = undefined;
      parts.add('truth');
      return;
    }
    if (this.card?.term === card.term && this.card.hostKey !== card.hostKey)
      return void this.alarmList.raise('split', SPLIT);
    const hostBytes = fromBase64Url(card.hostKey);
    const hostKey = hostBytes && (await importVerifyKey(hostBytes));
    if (!hostKey) return;
    if (this.card?.boot !== card.boot) {
      this.records.forget();
      this.stateSeq = -1n;
      this.beats.forget();
      // What the host before streamed goes on no more, whether or not this one streams.
      if (this.liveView.breakOff(this.chain.end)) parts.add('live');
    }
    if (isComplete && this.toldEpoch !== card.epoch) parts.add('truth');
    this.toldEpoch = isComplete ? card.epoch : this.toldEpoch;
    this.card = card;
    this.foreignVersions = undefined;
    this.hostKey = hostKey;
    this.memory = { ...this.memory, term: card.term };
  }

  private async readTail(parts: Set<ViewPart>): Promise<void> {
    const chunks = readChunks(this.doc);
    const logs = await this.records.openAll(
      chunks.flatMap((chunk) => chunk.log),
      RECORD_TYPE.log,
      'log',
    );
    const hashed = await Promise.all(
      logs
        .filter(({ isOffered }) => !isOffered)
        .map(async (opened) => ({ opened, hash: await textHash(opened.text) })),
    );
    // Older chunks keep the state that they were closed with; only the newest one tells the present.
    const newest = chunks.flatMap((chunk) => (chunk.state ? [chunk.state] : [])).slice(-1);
    const states = await this.records.openAll(newest, RECORD_TYPE.state, 'state');
    const live = await this.records.openAll(
      chunks.flatMap((chunk) => chunk.live),
      RECORD_TYPE.delta,
      'live',
    );
    // Nothing waits from here on: who looks sees an entry or its streamed text, never both.
    for (const { opened, hash } of hashed) {
      const offer = this.chain.offer({ text: opened.text, hash });
      opened.isOffered = true;
      if (offer === 'added' || offer === 'restarted') parts.add('entries');
      else if (offer === 'fork') this.alarmList.raise('fork', FORK);
    }
    for (const opened of states) if (this.takeState(opened)) parts.add('state');
    this.settleState(parts);
    const pieces: Delta[] = [];
    for (const { json } of live) {
      const parsed = deltaSchema.safeParse(json);
      if (parsed.success) pieces.push(parsed.data);
    }
    if (this.liveView.update(pieces, this.chain, this.state?.rev ?? 0)) parts.add('live');
    const end = this.chain.end - 1;
    if (end >= this.memory.index) {
      const hash = this.chain.hashAt(end) ?? this.memory.hash;
      this.memory = { ...this.memory, index: end, hash };
    }
  }

  /** A prompt is not in the transcript and in the queue at once, nor a request decided and open. */
  private settleState(parts: Set<ViewPart>): void {
    const settled = this.state && withoutWhatIsOver(this.state, this.entries);
    if (settled === this.state) return;
    this.state = settled;
    parts.add('state');
  }

  private takeState(opened: OpenedRecord): boolean {
    if (opened.seq <= this.stateSeq) return false;
    const parsed = roomStateSchema.safeParse(opened.json);
    if (!parsed.success) {
      this.alarmList.raise('update', unreadableState().words);
      this.unreadableRev = revOf(opened.json);
      return false;
    }
    if (parsed.data.rev < this.memory.rev) {
      this.alarmList.raise('rollback', ROLLBACK);
      return false;
    }
    this.stateSeq = opened.seq;
    this.memory = { ...this.memory, rev: parsed.data.rev };
    this.state = parsed.data;
    // What could not be read is in the past: the host was changed back, or said it better.
    this.alarmList.end('update');
    return true;
  }

  /** [T2] Only the boot that the card names writes; others are refused. */
  keyOfHost(header: RecordHeader): CryptoKey | undefined {
    if (!this.card || header.term !== this.card.term) return undefined;
    return toBase64Url(header.boot) === this.card.boot ? this.hostKey : undefined;
  }

  /** Outside a reading pass, which tells by itself. */
  private raiseNow(kind: Alarm['kind'], words: ErrorWords): void {
    this.alarmList.raise(kind, words);
    this.changed.fire(new Set(['alarms']));
  }
}

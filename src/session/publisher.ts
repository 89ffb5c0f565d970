// Publishing on the host: seals log records, streamed text and state in order, and writes them step by step.
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { type Bytes, utf8Bytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import { errorText, type Logger } from '../base/log.ts';
import type { RecordSealer } from '../crypto/record.ts';
import { LIMITS, TIMES } from '../protocol/limits.ts';
import { RECORD_FLAG, RECORD_TYPE, type RecordType } from '../protocol/room.ts';
import type { AsOf, RoomState } from '../protocol/state.ts';
import type { LiveText } from '../protocol/entryParts.ts';
import { blockKey, LiveBuffer, type LivePiece, mergePieces } from './liveBuffer.ts';
import type { StoredRecord } from './roomJournal.ts';
import type { TailDocument, TailStep, WrittenPiece } from './tailDocument.ts';

/** What a publisher needs. */
export interface PublisherOptions {
  readonly tail: TailDocument;
  readonly sealer: () => RecordSealer;
  readonly epoch: () => number;
  /** Newest records of the journal, oldest first: the tail that the document begins with. */
  readonly newest: () => readonly StoredRecord[];
  /** Builds the state as of a log entry; undefined while there is none yet. */
  readonly buildState: (asOf: AsOf, first: number) => RoomState | undefined;
  /** Raw DEFLATE, synchronous. */
  readonly deflateRaw: (bytes: Bytes) => Bytes;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The newest entry and the revision of the state that stand in a document; -1: none. */
export interface Written {
  readonly asOf: AsOf;
  readonly rev: number;
}

/** States that may follow one another at once before the rate counts. */
const STATE_BURST = 4;
/** [S11] Log plaintexts from this size on are deflated: below, padding eats what is won. */
const DEFLATED_BYTES = 2048;
/** Pause after a step that failed. */
const RETRY_MS = 1_000;

/** Writes a room's document; one step at a time, in order. */
export class Publisher implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: PublisherOptions;
  private readonly live = new LiveBuffer();
  private records: StoredRecord[] = [];
  private readonly endBlocks = new Set<string>();
  private isStateDirty = false;
  private stateTokens = STATE_BURST;
  private tokensAt: number;
  private lastDeltaAt = Number.NEGATIVE_INFINITY;
  private running: Promise<void> | undefined;
  private timer: Disposable | undefined;
  private readonly waiting: (() => void)[] = [];
  private asOf: AsOf = { index: -1, hash: '' };
  /** Revision of the newest state that was built; -1 before the first one. */
  private builtRev = -1;
  private standing: Written = { asOf: this.asOf, rev: -1 };
  private needsRebuild: readonly StoredRecord[] | undefined;
  /** Runs until what a lost step left undone is made good; nothing is written before. */
  private retry: Disposable | undefined;
  private endsOfStep: ReadonlySet<string> = new Set();
  private readonly wrote = this.disposables.add(new Emitter<void>());

  /** Entries or a state stand in the document now. */
  readonly onDidWrite = this.wrote.event;

  constructor(options: PublisherOptions) {
    this.options = options;
    this.tokensAt = options.clock.monotonic();
    this.needsRebuild = options.newest();
    const last = this.needsRebuild.at(-1);
    if (last) this.asOf = { index: last.index, hash: last.hash };
  }

  /** [P4] What stands in the document: beats promise this and no more. */
  get written(): Written {
    return this.standing;
  }

  /** Adds journalled records; the streamed text of `endBlocks` goes in the same step. */
  publish(records: readonly StoredRecord[], endBlocks: readonly string[] = []): void {
    this.records.push(...records);
    for (const key of endBlocks) {
      this.endBlocks.add(key);
      this.live.end(key);
    }
    // Text that goes without an entry is explained to replicas by a newer state.
    if (records.length === 0) this.isStateDirty = true;
    this.kick();
  }

  /** Adds streamed text. */
  delta(piece: LiveText): void {
    this.endBlocks.delete(blockKey(piece.messageId, piece.block));
    this.live.add(piece);
    this.kick();
  }

  /** The state changed: it follows with the next step, at most four times a second. */
  stateChanged(): void {
    this.isStateDirty = true;
    this.kick();
  }

  /** Seals everything again, as after a new epoch or term. */
  rebuild(records: readonly StoredRecord[]): void {
    this.needsRebuild = records;
    const last = records.at(-1);
    // They are among those that are written anew.
    if (last) this.records = this.records.filter(({ index }) => index > last.index);
    this.isStateDirty = true;
    this.kick();
  }

  /** Resolves when the entries and the state that were given so far stand in the document, or failed to. */
  async settled(): Promise<void> {
    while (this.running) await this.running;
    if (!this.isStateDirty || this.disposables.isDisposed) return;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  dispose(): void {
    this.timer?.dispose();
    this.retry?.dispose();
    this.disposables.dispose();
    this.wake();
  }

  private kick(): void {
    if (this.running || this.retry || this.disposables.isDisposed) return;
    // A microtask later, so that an entry and the state that follows from it make one step.
    this.running = Promise.resolve()
      .then(() => this.run())
      .catch((error: unknown) => this.failed(error))
      .finally(() => {
        this.running = undefined;
        if (!this.isStateDirty) this.wake();
        this.arm();
      });
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /**
   * A step was lost: what is in the journal is written anew, a moment later. Until then nothing
   * follows it: a replica takes an entry after a gap for a tail that has moved on.
   */
  private failed(error: unknown): void {
    this.options.log.error('publish failed', { error: errorText(error) });
    for (const key of this.endsOfStep) this.endBlocks.add(key);
    if (!this.disposables.isDisposed) {
      this.retry = this.options.clock.after(RETRY_MS, () => {
        this.retry = undefined;
        this.rebuild(this.options.newest());
      });
    }
    this.wake();
  }

  private async run(): Promise<void> {
    while (!this.disposables.isDisposed) {
      const step = await this.nextStep();
      if (!step) return;
      this.options.tail.apply(step);
      // A state that was built and not sealed is none.
      this.standing = { asOf: this.asOf, rev: step.state ? this.builtRev : this.standing.rev };
      if ((step.log?.length ?? 0) > 0 || step.state) this.wrote.fire();
    }
  }

  private async nextStep(): Promise<TailStep | undefined> {
    while (this.needsRebuild) {
      const records = this.needsRebuild;
      this.needsRebuild = undefined;
      const sealed = await Promise.all(records.map((record) => this.sealRecord(record)));
      const standing = this.options.tail.livePieces.map(({ piece }) => piece);
      this.options.tail.rebuild(sealed, await this.sealPieces(standing));
      this.isStateDirty = true;
    }
    const records = this.records;
    this.records = [];
    const endBlocks = new Set(this.endBlocks);
    this.endBlocks.clear();
    this.endsOfStep = endBlocks;
    const last = records.at(-1);
    if (last) this.asOf = { index: last.index, hash: last.hash };
    const withState = this.isStateDirty && this.takeStateToken();
    const withLive = !this.live.isEmpty && this.deltaWaitMs() === 0;
    if (records.length === 0 && endBlocks.size === 0 && !withState && !withLive) return undefined;

    const log = await Promise.all(records.map((record) => this.sealRecord(record)));
    const step: { -readonly [K in keyof TailStep]: TailStep[K] } = { log, endBlocks };
    if (withLive) {
      this.lastDeltaAt = this.options.clock.monotonic();
      const pieces = await this.sealPieces(this.live.take());
      const standing = this.options.tail.livePieces.filter(
        ({ piece }) => !endBlocks.has(blockKey(piece.messageId, piece.block)),
      );
      if (bytesOf(standing) + bytesOf(pieces) > LIMITS.liveBytes * 0.75) {
        const all = mergePieces([...standing, ...pieces].map(({ piece }) => piece));
        step.replaceLive = await this.sealPieces(all);
      } else {
        step.live = pieces;
      }
    }
    if (withState) {
      this.isStateDirty = false;
      const held = Math.max(this.options.tail.logCount + log.length, 0);
      const state = this.options.buildState(this.asOf, Math.max(0, this.asOf.index + 1 - held));
      if (state) {
        this.builtRev = state.rev;
        step.state = await this.sealJson(RECORD_TYPE.state, 'state', JSON.stringify(state));
      }
    }
    return step;
  }

  private sealPieces(pieces: readonly LivePiece[]): Promise<WrittenPiece[]> {
    return Promise.all(
      pieces.map(async (piece) => ({
        piece,
        record: await this.sealJson(RECORD_TYPE.delta, 'live', JSON.stringify(piece)),
      })),
    );
  }

  /** [S11] Long entries are deflated; what is not, as it hides a secret beside a guest's words, is the state. */
  private sealRecord(record: StoredRecord): Promise<Bytes> {
    const { sealer, epoch, deflateRaw } = this.options;
    const whole = utf8Bytes(record.text);
    const deflated = whole.length < DEFLATED_BYTES ? undefined : deflateRaw(whole);
    const isShorter = deflated !== undefined && deflated.length < whole.length;
    const how = isShorter
      ? { plaintext: deflated, flags: RECORD_FLAG.deflated }
      : { plaintext: whole };
    return sealer().seal({ type: RECORD_TYPE.log, place: 'log', epoch: epoch(), ...how });
  }

  private sealJson(type: RecordType, place: string, text: string): Promise<Bytes> {
    const plaintext = utf8Bytes(text);
    return this.options.sealer().seal({ type, place, epoch: this.options.epoch(), plaintext });
  }

  private takeStateToken(): boolean {
    const now = this.options.clock.monotonic();
    this.stateTokens = Math.min(
      STATE_BURST,
      this.stateTokens + (now - this.tokensAt) / LIMITS.stateIntervalMs,
    );
    this.tokensAt = now;
    if (this.stateTokens < 1) return false;
    this.stateTokens -= 1;
    return true;
  }

  private deltaWaitMs(): number {
    const since = this.options.clock.monotonic() - this.lastDeltaAt;
    return Math.max(0, TIMES.deltaThrottleMs - since);
  }

  private arm(): void {
    if (this.disposables.isDisposed || this.retry) return;
    if (this.records.length > 0 || this.endBlocks.size > 0 || this.needsRebuild) return this.kick();
    const waits: number[] = [];
    if (!this.live.isEmpty) waits.push(this.deltaWaitMs());
    if (this.isStateDirty) waits.push((1 - this.stateTokens) * LIMITS.stateIntervalMs);
    if (waits.length === 0) return;
    this.timer?.dispose();
    this.timer = this.options.clock.after(Math.max(1, Math.min(...waits)), () => this.kick());
  }
}

function bytesOf(pieces: readonly WrittenPiece[]): number {
  return pieces.reduce((sum, { record }) => sum + record.length, 0);
}

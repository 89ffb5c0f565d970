// The host's beats: what is published now, and whom it has heard, said on every relay.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { toBase64Url, utf8Bytes } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { Event } from '../../base/emitter.ts';
import type { RecordSealer } from '../../crypto/record.ts';
import { LIMITS, TIMES } from '../../protocol/limits.ts';
import { type Beat, BEAT_FIELD, RECORD_TYPE } from '../../protocol/room.ts';
import type { Attendance } from './attendance.ts';
import type { ShortWindow } from './shortChannels.ts';

/** A new face is answered by a beat after this pause, so that many at once get one. */
const ANSWER_MS = 100;

/** What beats are made of. */
export interface HostBeatsOptions {
  readonly sealer: () => RecordSealer;
  readonly epoch: () => number;
  /** The beat of now; `seen` is filled in here. */
  readonly beat: () => Beat;
  readonly attendance: Pick<Attendance, 'voices' | 'awarenesses' | 'settled' | 'onDidChange'>;
  /** Windows of which commands are missing. */
  readonly short: () => readonly ShortWindow[];
  /** The document was written to. */
  readonly onDidWrite: Event<void>;
  readonly clock: Clock;
}

/** [P3] Beats by itself: every ten seconds, and when somebody comes or goes. */
export class HostBeats implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: HostBeatsOptions;
  private chain: Promise<void> = Promise.resolve();
  private soon: Disposable | undefined;
  private afterWrite: Disposable | undefined;

  constructor(options: HostBeatsOptions) {
    this.options = options;
    this.disposables.add(options.clock.every(TIMES.beatMs, () => this.send()));
    this.disposables.add(options.attendance.onDidChange(() => this.sendSoon()));
    // [P4] Who is told soon what was written sees soon that it is held back.
    this.disposables.add(options.onDidWrite(() => this.sendAfterWrite()));
    this.disposables.defer(() => this.soon?.dispose());
    this.disposables.defer(() => this.afterWrite?.dispose());
  }

  /** Beats once what was said so far has been read: who has just come finds itself seen. */
  send(): void {
    const read = this.options.attendance.settled();
    this.chain = this.chain
      .then(() => read)
      .then(() => this.sendNow())
      .catch(() => undefined);
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private sendSoon(): void {
    this.soon?.dispose();
    this.soon = this.options.clock.after(ANSWER_MS, () => this.send());
  }

  private sendAfterWrite(): void {
    this.afterWrite ??= this.options.clock.after(TIMES.extraBeatMs, () => {
      this.afterWrite = undefined;
      this.send();
    });
  }

  private async sendNow(): Promise<void> {
    if (this.disposables.isDisposed) return;
    const { attendance, sealer, epoch } = this.options;
    const seen = attendance.voices.map(({ nonce }) => nonce).slice(0, LIMITS.members * 2);
    const short = [...this.options.short()];
    const beat: Beat = { ...this.options.beat(), seen, ...(short.length > 0 ? { short } : {}) };
    const record = await sealer().seal({
      type: RECORD_TYPE.beat,
      place: 'beat',
      epoch: epoch(),
      plaintext: utf8Bytes(JSON.stringify(beat)),
    });
    for (const awareness of attendance.awarenesses) {
      awareness.setLocalState({ [BEAT_FIELD]: toBase64Url(record) });
    }
  }
}

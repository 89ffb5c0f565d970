// A member's side of awareness: says that it is here, renews its lease, and hears the host's beats.
import type { Awareness } from 'y-protocols/awareness';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { type Bytes, fromBase64Url, toBase64Url, utf8Bytes } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { randomBytes } from '../../crypto/keys.ts';
import type { RecordSealer } from '../../crypto/record.ts';
import { LIMITS, TIMES } from '../../protocol/limits.ts';
import {
  type Beat,
  BEAT_FIELD,
  type Presence,
  PRESENCE_FIELD,
  RECORD_TYPE,
} from '../../protocol/room.ts';

/** What a presence channel needs. */
export interface PresenceChannelOptions {
  readonly awareness: Awareness;
  readonly device: string;
  readonly clock: Clock;
  /** Checks a beat; the beat if it is the host's and newer than the last. */
  readonly acceptBeat: (record: Bytes) => Promise<Beat | undefined>;
  /** [P6] Whether it is a newer beat of the host that cannot be opened here. */
  readonly hearsLocked: (record: Bytes) => Promise<boolean>;
  /** Fence that this window holds now. */
  readonly holds: () => number | undefined;
}

/** Announces this window and reports beats. */
export class PresenceChannel implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: PresenceChannelOptions;
  private readonly beats = this.disposables.add(new Emitter<{ beat: Beat; isSeen: boolean }>());
  private readonly heard = this.disposables.add(new Emitter<void>());
  private readonly nonce = toBase64Url(randomBytes(8));
  private sealer: RecordSealer | undefined;
  private epoch = 0;
  private said: { readonly looksAt?: string; readonly typing?: boolean } = {};
  private lastBeat = '';
  private chain: Promise<void> = Promise.resolve();

  readonly onDidBeat = this.beats.event;
  /** [P6] The host was heard, and what it says cannot be read. */
  readonly onDidHear = this.heard.event;

  constructor(options: PresenceChannelOptions) {
    this.options = options;
    const onChange = (): void => this.readBeats();
    options.awareness.on('change', onChange);
    this.disposables.defer(() => options.awareness.off('change', onChange));
    this.disposables.add(
      options.clock.every(TIMES.renewMs, () => {
        if (options.holds() !== undefined) this.announce();
      }),
    );
  }

  setSealer(sealer: RecordSealer, epoch: number): void {
    const isNew = sealer !== this.sealer || epoch !== this.epoch;
    this.sealer = sealer;
    this.epoch = epoch;
    if (isNew) this.announce();
    this.lastBeat = '';
    this.readBeats();
  }

  set(said: { readonly looksAt?: string; readonly typing?: boolean }): void {
    const isNews = said.looksAt !== this.said.looksAt || said.typing !== this.said.typing;
    this.said = said;
    if (isNews) this.announce();
  }

  /** Seals and sends the presence of now. */
  announce(): void {
    const { sealer, epoch } = this;
    if (!sealer) return;
    const holds = this.options.holds();
    const presence: Presence = {
      nonce: this.nonce,
      device: this.options.device,
      ...this.said,
      ...(holds === undefined ? {} : { holds }),
    };
    this.later(async () => {
      const plaintext = utf8Bytes(JSON.stringify(presence));
      const type = RECORD_TYPE.presence;
      const record = await sealer.seal({ type, place: 'presence', epoch, plaintext });
      if (!this.disposables.isDisposed) {
        this.options.awareness.setLocalState({ [PRESENCE_FIELD]: toBase64Url(record) });
      }
    });
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private readBeats(): void {
    let looked = 0;
    for (const state of this.options.awareness.getStates().values()) {
      looked += 1;
      if (looked > LIMITS.awarenessClients) return;
      const text: unknown = state[BEAT_FIELD];
      if (typeof text !== 'string' || text.length > LIMITS.awarenessBytes) continue;
      if (text === this.lastBeat) continue;
      const record = fromBase64Url(text);
      if (!record) continue;
      this.later(async () => {
        const { acceptBeat, hearsLocked } = this.options;
        const beat = await acceptBeat(record);
        const isLocked = !beat && (await hearsLocked(record));
        if (this.disposables.isDisposed) return;
        if (isLocked) this.heard.fire();
        if (!beat) return;
        this.lastBeat = text;
        this.beats.fire({ beat, isSeen: beat.seen.includes(this.nonce) });
      });
    }
  }

  private later(work: () => Promise<void>): void {
    this.chain = this.chain.then(work).catch(() => undefined);
  }
}

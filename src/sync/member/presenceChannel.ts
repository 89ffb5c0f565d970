// A member's side of awareness: says that it is here, renews its lease, and hears the host's beats.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { type Bytes, fromBase64Url, toBase64Url, utf8Bytes } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { randomBytes } from '../../crypto/keys.ts';
import type { RecordSealer } from '../../crypto/record.ts';
import type { DocumentConnection } from '../documentConnection.ts';
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
  /** The connection of the main document. */
  readonly connection: Pick<DocumentConnection, 'awareness' | 'onDidRenew'>;
  readonly device: string;
  readonly clock: Clock;
  /** Checks a beat; the beat if it is the host's and newer than the last. */
  readonly acceptBeat: (record: Bytes) => Promise<Beat | undefined>;
  /** [P6] Whether it is a newer beat of the host that cannot be opened here. */
  readonly hearsLocked: (record: Bytes) => Promise<boolean>;
  /** Fence that this window holds now. */
  readonly holds: () => number | undefined;
  /** Commands that this window has put into its channel. */
  readonly sent: () => number;
}

/** A beat of the host, and what it proves. */
export interface HeardBeat {
  readonly beat: Beat;
  /** It names a nonce of ours; `provesMs`: for the first time, so it was made after this monotonic time. */
  readonly isSeen: boolean;
  readonly provesMs?: number;
  /** The host misses commands of this window: the highest counter that has come. */
  readonly received?: number;
}

interface Nonce {
  readonly text: string;
  /** When it was made, in monotonic time. */
  readonly atMs: number;
  isNamed: boolean;
}

/** A nonce is replaced after this time: clocks drift apart. */
const NONCE_MS = 5 * 60_000;
/** Nonces that count besides the newest one: beats that are on their way name them. */
const KEPT_NONCES = 4;

/** Announces this window and reports beats. */
export class PresenceChannel implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: PresenceChannelOptions;
  private readonly heard = this.disposables.add(new Emitter<void>());
  private readonly beats = this.disposables.add(new Emitter<HeardBeat>());
  private nonces: readonly Nonce[] = [];
  private wantsNonce = true;
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
    let { awareness } = options.connection;
    awareness.on('change', onChange);
    this.disposables.defer(() => awareness.off('change', onChange));
    this.disposables.add(
      options.connection.onDidRenew(() => {
        awareness.off('change', onChange);
        awareness = options.connection.awareness;
        awareness.on('change', onChange);
        this.lastBeat = '';
      }),
    );
    this.disposables.add(options.clock.every(NONCE_MS, () => this.prove()));
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

  /** Says a nonce that nobody can have named before: what names it is younger than it. */
  prove(): void {
    this.wantsNonce = true;
    this.announce();
  }

  /** Seals and sends the presence of now. */
  announce(): void {
    const { sealer, epoch } = this;
    if (!sealer) return;
    const holds = this.options.holds();
    const sent = this.options.sent();
    const presence: Presence = {
      nonce: this.newestNonce(),
      device: this.options.device,
      ...this.said,
      ...(holds === undefined ? {} : { holds }),
      ...(sent === 0 ? {} : { sent }),
    };
    this.later(async () => {
      const plaintext = utf8Bytes(JSON.stringify(presence));
      const type = RECORD_TYPE.presence;
      const record = await sealer.seal({ type, place: 'presence', epoch, plaintext });
      if (!this.disposables.isDisposed) {
        this.options.connection.awareness.setLocalState({ [PRESENCE_FIELD]: toBase64Url(record) });
      }
    });
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private readBeats(): void {
    let looked = 0;
    for (const state of this.options.connection.awareness.getStates().values()) {
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
        this.beats.fire(this.judge(beat));
      });
    }
  }

  private newestNonce(): string {
    const known = this.nonces[0];
    if (known && !this.wantsNonce) return known.text;
    this.wantsNonce = false;
    const atMs = this.options.clock.monotonic();
    const made: Nonce = { text: toBase64Url(randomBytes(8)), atMs, isNamed: false };
    this.nonces = [made, ...this.nonces.slice(0, KEPT_NONCES)];
    return made.text;
  }

  private judge(beat: Beat): HeardBeat {
    const nonce = this.nonces.find(({ text }) => beat.seen.includes(text));
    const short = beat.short?.find((one) => this.nonces.some(({ text }) => text === one.nonce));
    const received = short && { received: short.received };
    if (!nonce) return { beat, isSeen: false, ...received };
    const provesMs = nonce.isNamed ? {} : { provesMs: nonce.atMs };
    nonce.isNamed = true;
    return { beat, isSeen: true, ...received, ...provesMs };
  }

  private later(work: () => Promise<void>): void {
    this.chain = this.chain.then(work).catch(() => undefined);
  }
}

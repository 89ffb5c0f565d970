// A room's content secrets on its host, and the card that says who writes and under which of them.
import { type Bytes, fromBase64Url, toBase64Url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { sealCard } from '../../crypto/card.ts';
import { randomBytes } from '../../crypto/keys.ts';
import { WRITTEN_VERSIONS } from '../../protocol/version.ts';
import type { RoomJournal } from '../../session/roomJournal.ts';
import type { HostIdentity, RoomKeys } from './hostRoomOptions.ts';

/** Life of a card. */
const CARD_LIFE_MS = 7 * 24 * 3_600_000;
/** A card is renewed long before it ends, also if the computer sleeps for days. */
export const CARD_RENEWAL_MS = 12 * 3_600_000;

/** What epochs need. */
export interface RoomEpochsOptions {
  readonly room: RoomKeys;
  readonly host: HostIdentity;
  readonly journal: Pick<RoomJournal, 'epochs' | 'addEpoch'>;
  readonly clock: Clock;
}

/** Knows every epoch of a room, and which one is written under. */
export class RoomEpochs {
  private readonly options: RoomEpochsOptions;
  private readonly secrets = new Map<number, Bytes>();
  private newest = 0;

  constructor(options: RoomEpochsOptions) {
    this.options = options;
    for (const { epoch, secret } of options.journal.epochs()) this.keep(epoch, secret);
  }

  /** The epoch that is written under. */
  get current(): number {
    return this.newest;
  }

  /** Number and secret of the current epoch, for links. */
  get currentSecret(): { readonly number: number; readonly secret: Bytes } | undefined {
    const secret = this.secrets.get(this.newest);
    return secret && { number: this.newest, secret };
  }

  /** All of them, secrets in base64url. */
  get all(): readonly { readonly epoch: number; readonly secret: string }[] {
    return this.options.journal.epochs();
  }

  secretOf(epoch: number): Bytes | undefined {
    return this.secrets.get(epoch);
  }

  /** Begins a new epoch: in the journal when this returns. */
  begin(): void {
    const epoch = this.newest + 1;
    const secret = toBase64Url(randomBytes(32));
    this.options.journal.addEpoch(epoch, secret);
    this.keep(epoch, secret);
  }

  /** The card of now. */
  async card(): Promise<Bytes> {
    const { room, host, clock } = this.options;
    return sealCard(room.pair, {
      versions: [...WRITTEN_VERSIONS],
      room: room.id,
      roomKey: toBase64Url(room.pair.publicBytes),
      term: host.term,
      hostKey: toBase64Url(host.pair.publicBytes),
      boot: toBase64Url(host.boot),
      notAfter: clock.now() + CARD_LIFE_MS,
      epoch: this.newest,
    });
  }

  private keep(epoch: number, secret: string): void {
    const bytes = fromBase64Url(secret);
    if (!bytes) return;
    this.secrets.set(epoch, bytes);
    this.newest = Math.max(this.newest, epoch);
  }
}

// A member's side of the host's terms: a boot of its own for each, a sealer, and the host's key.
import { type Bytes, fromBase64Url, toBase64Url } from '../../base/bytes.ts';
import { Emitter } from '../../base/emitter.ts';
import type { SigningPair } from '../../crypto/keys.ts';
import { importVerifyKey, newBootOf } from '../../crypto/keys.ts';
import { RecordSealer } from '../../crypto/record.ts';
import type { Card } from '../../protocol/room.ts';
import type { SendingTerm } from '../../session/outboxOptions.ts';

/** Records of one boot; then a new one begins (the key's own limit is far higher). */
const BOOT_RECORDS = 1n << 20n;

/** What following needs. */
export interface MemberTermOptions {
  readonly room: Bytes;
  readonly pair: SigningPair;
  readonly secretOf: (epoch: number) => Bytes | undefined;
}

/** Makes a boot and a sealer for each host boot and epoch. */
export class MemberTerm {
  private readonly options: MemberTermOptions;
  private current: SendingTerm | undefined;
  private boot = newBootOf(0);
  private chain: Promise<void> = Promise.resolve();
  private wanted = '';
  private readonly began = new Emitter<SendingTerm>();

  /** A term to send under, each time it changes. */
  readonly onDidBegin = this.began.event;

  constructor(options: MemberTermOptions) {
    this.options = options;
  }

  /** Id of this window: its boot, base64url. */
  get window(): string {
    return toBase64Url(this.boot);
  }

  /** Follows the card that stands in the room now. */
  follow(card: Card): void {
    if (!this.options.secretOf(card.epoch)) return;
    const isSpent = (this.current?.sealer.count ?? 0n) > BOOT_RECORDS;
    const wanted = `${card.boot} ${card.epoch}`;
    if (wanted === this.wanted && !isSpent) return;
    const isNewBoot = isSpent || !this.wanted.startsWith(`${card.boot} `);
    this.wanted = wanted;
    if (isNewBoot) this.boot = newBootOf(card.term);
    const { boot } = this;
    this.chain = this.chain.then(async () => {
      const hostBytes = fromBase64Url(card.hostKey);
      const hostKey = hostBytes && (await importVerifyKey(hostBytes));
      if (!hostKey) return;
      const { room, pair, secretOf } = this.options;
      const known = this.current?.sealer;
      const sealer =
        known?.boot === boot ? known : await RecordSealer.create({ room, pair, boot, secretOf });
      const { term, epoch, boot: hostBoot } = card;
      this.current = { term, hostKey, hostBoot, sealer, epoch };
      this.began.fire(this.current);
    });
  }
}

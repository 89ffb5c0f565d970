// The content secrets that a device has of a room, by epoch: from its link, and from the owner's directory.
import { type Bytes, fromBase64Url } from '../../base/bytes.ts';
import type { InviteLink } from '../../protocol/link.ts';
import type { EpochSecret } from './joinOptions.ts';

/** Bytes of a content secret. */
const SECRET_BYTES = 32;

/** Knows what opens which epoch. */
export class MemberSecrets {
  private readonly secrets = new Map<number, Bytes>();

  constructor(link: Pick<InviteLink, 'epoch'>, epochs: readonly EpochSecret[] = []) {
    if (link.epoch) this.secrets.set(link.epoch.number, link.epoch.secret);
    this.add(epochs);
  }

  secretOf(epoch: number): Bytes | undefined {
    return this.secrets.get(epoch);
  }

  /** Takes in what is well-formed; whether there was an epoch of which nothing was known. */
  add(epochs: readonly EpochSecret[]): boolean {
    const before = this.secrets.size;
    for (const { epoch, secret } of epochs) {
      const bytes = fromBase64Url(secret);
      if (bytes?.length === SECRET_BYTES) this.secrets.set(epoch, bytes);
    }
    return this.secrets.size > before;
  }
}

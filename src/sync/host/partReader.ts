// [I3] Reads what members have sent in parts, on whatever relay it lies, and takes it away there.
import { type Bytes, fromBase64Url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { importVerifyKey } from '../../crypto/keys.ts';
import type { RecordOpener } from '../../crypto/record.ts';
import { partDocument, type PartName } from '../../protocol/documentNames.ts';
import type { Attached } from '../../protocol/entryParts.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { emptyPart, joinParts, openPart, partCount } from '../../session/attached/parts.ts';
import { partsMissing } from '../errors.ts';
import type { RoomRelays } from './roomRelays.ts';

/** Parts that are read at the same time. */
const AT_ONCE = 4;
/** A relay may bring a part a moment after its command: one that is not there is looked for again. */
const AGAIN_MS = 1_000;

/** What reading needs. */
export interface PartReaderOptions {
  readonly room: string;
  readonly relays: Pick<RoomRelays, 'exchange'>;
  readonly opener: RecordOpener;
  /** Ed25519 key of a member, base64url; undefined if it is none. */
  readonly keyOf: (member: string) => string | undefined;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Logger;
}

/** For commands that were accepted: nothing is read for anything else. */
export class PartReader {
  private readonly options: PartReaderOptions;

  constructor(options: PartReaderOptions) {
    this.options = options;
  }

  /**
   * What a command of a member names, each whole and checked by size and hash. Throws CommandRefused if
   * something is missing or is not what was named. Whatever comes of it, the parts are taken away.
   */
  async read(member: string, attached: readonly Attached[]): Promise<readonly Bytes[]> {
    const total = attached.reduce((sum, { bytes }) => sum + bytes, 0);
    try {
      if (total > LIMITS.attachedBytes) throw partsMissing();
      const key = await this.keyOf(member);
      const wholes: Bytes[] = [];
      // oxlint-disable-next-line no-await-in-loop -- one after the other: a bound on what is under way
      for (const one of attached) wholes.push(await this.readOne(member, one, key));
      return wholes;
    } finally {
      this.drop(member, attached);
    }
  }

  private async readOne(member: string, one: Attached, key: CryptoKey): Promise<Bytes> {
    const count = partCount(one.bytes);
    const parts: Bytes[] = [];
    const places = Array.from({ length: count }, (_, k) => k);
    const next = async (): Promise<void> => {
      for (let k = places.shift(); k !== undefined; k = places.shift()) {
        const part = { member, blob: one.id, k };
        // oxlint-disable-next-line no-await-in-loop -- as many at once as there are of these loops
        const bytes = (await this.find(part, key)) ?? (await this.findLater(part, key));
        const isLast = k === count - 1;
        const isSized = isLast ? bytes !== undefined : bytes?.length === LIMITS.partBytes;
        if (bytes === undefined || !isSized) throw partsMissing();
        parts[k] = bytes;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    const whole = await joinParts(parts, one);
    if (whole === undefined) throw partsMissing();
    return whole;
  }

  private async findLater(part: PartName, key: CryptoKey): Promise<Bytes | undefined> {
    await new Promise<void>((resolve) => this.options.clock.after(AGAIN_MS, resolve));
    return this.find(part, key);
  }

  /** On the first relay that has it. */
  private find(part: PartName, key: CryptoKey): Promise<Bytes | undefined> {
    const { room, relays, opener, log } = this.options;
    const reads = relays.exchange(partDocument(room, part)).map(async (reading) => {
      const doc = await reading;
      const bytes = await openPart(doc, part, { opener, keyOf: () => key });
      if (bytes === undefined) throw new Error('it is not here');
      return bytes;
    });
    return Promise.any(reads).catch((error: unknown) => {
      log.warn('a part was not found', { error: errorText(error) });
      return undefined;
    });
  }

  private drop(member: string, attached: readonly Attached[]): void {
    const { room, relays } = this.options;
    for (const { id, bytes } of attached) {
      for (let k = 0; k < partCount(bytes); k += 1) {
        // What cannot be taken away the relay forgets.
        const name = partDocument(room, { member, blob: id, k });
        for (const dropped of relays.exchange(name, emptyPart)) dropped.catch(() => undefined);
      }
    }
  }

  private async keyOf(member: string): Promise<CryptoKey> {
    const bytes = fromBase64Url(this.options.keyOf(member) ?? '');
    const key = bytes && (await importVerifyKey(bytes));
    if (!key) throw partsMissing();
    return key;
  }
}

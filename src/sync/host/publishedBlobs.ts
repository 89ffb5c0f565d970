// [I8] Long texts and pictures of a room as parts on its relays: copies of what the host's store has.
import { type Bytes, concatBytes, toBase64Url } from '../../base/bytes.ts';
import { newId } from '../../base/ids.ts';
import { sha256 } from '../../crypto/keys.ts';
import type { RecordSealer } from '../../crypto/record.ts';
import { partDocument } from '../../protocol/documentNames.ts';
import type { PublishedBlob } from '../../protocol/command.ts';
import { emptyPart, partCount, partOf, putPart, sealPart } from '../../session/attached/parts.ts';
import type { HostRoomOptions } from './hostRoomOptions.ts';
import type { RoomRelays } from './roomRelays.ts';

/** Of all that a room has on its relays; what was asked for longest ago goes first. */
const MAX_BYTES = 128 * 1024 * 1024;

/** What publishing needs. */
export interface PublishedBlobsOptions extends Pick<HostRoomOptions, 'readBlob'> {
  readonly room: string;
  readonly relays: Pick<RoomRelays, 'exchange'>;
  readonly sealer: () => RecordSealer;
  readonly epoch: () => number;
}

interface Published {
  readonly name: PublishedBlob;
  readonly bytes: number;
}

/** Publishes what is asked for, once an epoch, and again when a relay has lost it. */
export class PublishedBlobs {
  private readonly options: PublishedBlobsOptions;
  /** By epoch and blob, the one asked for last at the end. */
  private readonly published = new Map<string, Promise<Published | undefined>>();

  constructor(options: PublishedBlobsOptions) {
    this.options = options;
  }

  /**
   * Puts a blob on the relays, if it is not there yet; `lost`: the id under which it was not found.
   * Undefined: there is none, no relay takes it, or it is for owners alone.
   */
  async publish(blob: string, lost: string | undefined): Promise<PublishedBlob | undefined> {
    const key = `${this.options.epoch()} ${blob}`;
    const known = this.published.get(key);
    this.published.delete(key);
    const isLost = lost !== undefined && (await known)?.name.id === lost;
    const publishing = known === undefined || isLost ? this.put(blob) : known;
    this.published.set(key, publishing);
    const done = await publishing;
    if (done === undefined) this.published.delete(key);
    else await this.dropOldest();
    return done?.name;
  }

  private async put(blob: string): Promise<Published | undefined> {
    const { sealer, epoch, room, relays } = this.options;
    const whole = await this.whole(blob);
    if (whole === undefined) return undefined;
    const id = newId();
    const sealing = { sealer: sealer(), epoch: epoch() };
    for (let k = 0; k < partCount(whole.length); k += 1) {
      const part = { blob: id, k };
      // oxlint-disable-next-line no-await-in-loop -- a bound on what is under way
      const record = await sealPart(sealing, part, partOf(whole, k));
      const put = relays.exchange(partDocument(room, part), (doc) => putPart(doc, record));
      // One of the relays is enough for an answer: who does not find it there says so.
      // oxlint-disable-next-line no-await-in-loop -- as above
      const isPut = await Promise.any(put).catch(() => undefined);
      if (isPut === undefined) return undefined;
    }
    const name = { id, sha256: toBase64Url(await sha256(whole)) };
    return { name, bytes: whole.length };
  }

  private async whole(blob: string): Promise<Bytes | undefined> {
    const parts: Uint8Array[] = [];
    for (let offset = 0; ;) {
      // oxlint-disable-next-line no-await-in-loop -- each part begins where the one before ends
      const part = await this.options.readBlob(blob, offset);
      if (part === undefined || part.ownerOnly === true || part.bytes.length === 0)
        return undefined;
      parts.push(part.bytes);
      offset += part.bytes.length;
      if (offset >= part.totalBytes) return concatBytes(...parts);
    }
  }

  private async dropOldest(): Promise<void> {
    const { room, relays } = this.options;
    const all = await Promise.all(
      [...this.published].map(async ([key, one]) => ({ key, one: await one })),
    );
    let sum = all.reduce((bytes, { one }) => bytes + (one?.bytes ?? 0), 0);
    for (const { key, one } of all.slice(0, -1)) {
      if (sum <= MAX_BYTES) return;
      this.published.delete(key);
      sum -= one?.bytes ?? 0;
      for (let k = 0; one && k < partCount(one.bytes); k += 1) {
        const name = partDocument(room, { blob: one.name.id, k });
        for (const dropped of relays.exchange(name, emptyPart)) dropped.catch(() => undefined);
      }
    }
  }
}

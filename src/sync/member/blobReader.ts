// Long texts and pictures, read by members: as parts from the relay, else from the host, part by part.
import { type Bytes, concatBytes, fromBase64Url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { Identity } from '../../crypto/identity.ts';
import { openForMember } from '../../crypto/sealedForMember.ts';
import { type BlobPart, blobPartSchema, type PublishedBlob } from '../../protocol/command.ts';
import { partDocument } from '../../protocol/documentNames.ts';
import { joinParts, openPart, partCount, type PartKeys } from '../../session/attached/parts.ts';
import type { RoomView } from '../../session/view.ts';
import { textIncomplete } from '../errors.ts';
import { exchangeDocument } from '../oneExchange.ts';

/** Parts on their way at the same time. */
const AT_ONCE = 4;
/** More is not read here. */
const MAX_BYTES = 64 * 1024 * 1024;

/** What reading needs. */
export interface BlobReaderOptions {
  readonly room: string;
  readonly identity: Identity;
  /** The member's own admission token. */
  readonly token: string;
  /** Address of the relay, as it is at any time. */
  readonly url: () => string;
  /** The host's records are opened with it. */
  readonly keys: PartKeys;
  readonly webSocket: typeof WebSocket;
  readonly clock: Clock;
}

/** One after the other: a host answers three at a time for all windows of a member. */
export class BlobReader {
  private readonly options: BlobReaderOptions;
  private reading: Promise<unknown> = Promise.resolve();

  constructor(options: BlobReaderOptions) {
    this.options = options;
  }

  /** The whole; rejects with AppError if a part does not come. */
  read(view: Pick<RoomView, 'request'>, blob: string): Promise<Bytes> {
    const whole = this.reading.then(() => this.readNow(view, blob));
    this.reading = whole.catch(() => undefined);
    return whole;
  }

  private async readNow(view: Pick<RoomView, 'request'>, blob: string): Promise<Bytes> {
    const first = await ask(view, { blob, offset: 0, parts: true });
    const published = await this.readPublished(first);
    if (published) return published;
    // The relay has lost it, or it was published by a host that is gone: it is put there once more.
    const lost = first.published?.id;
    const again =
      lost === undefined ? first : await ask(view, { blob, offset: 0, parts: true, lost });
    const healed = lost === undefined ? undefined : await this.readPublished(again);
    return healed ?? this.readByAnswers(view, blob, again.published ? undefined : again);
  }

  private async readPublished(part: BlobPart): Promise<Bytes | undefined> {
    const { published, totalBytes } = part;
    if (!published || totalBytes > MAX_BYTES) return undefined;
    const parts: Bytes[] = [];
    const places = Array.from({ length: partCount(totalBytes) }, (_, k) => k);
    const next = async (): Promise<void> => {
      for (let k = places.shift(); k !== undefined; k = places.shift()) {
        // oxlint-disable-next-line no-await-in-loop -- as many at once as there are of these loops
        const bytes = await this.readPart(published, k).catch(() => undefined);
        if (bytes === undefined) places.length = 0;
        else parts[k] = bytes;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    return joinParts(parts, { bytes: totalBytes, sha256: published.sha256 });
  }

  private async readPart({ id: blob }: PublishedBlob, k: number): Promise<Bytes | undefined> {
    const { room, token, url, webSocket, clock, keys } = this.options;
    const name = partDocument(room, { blob, k });
    const doc = await exchangeDocument({ url: url(), name, token, webSocket, clock });
    return openPart(doc, { blob, k }, keys);
  }

  /** The way of hosts that publish nothing, and of what is for this member alone. */
  private async readByAnswers(
    view: Pick<RoomView, 'request'>,
    blob: string,
    first: BlobPart | undefined,
  ): Promise<Bytes> {
    const parts: Bytes[] = [];
    let offset = 0;
    let part = first ?? (await ask(view, { blob, offset }));
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- each part begins where the one before ends
      const bytes = await this.bytesOf(part, blob);
      // A part that is too little for what is said to be there: what was loaded is not the whole.
      if (!bytes || part.offset !== offset || (bytes.length === 0 && offset < part.totalBytes)) {
        throw textIncomplete();
      }
      parts.push(bytes);
      offset += bytes.length;
      if (offset >= part.totalBytes) return concatBytes(...parts);
      // oxlint-disable-next-line no-await-in-loop -- as above
      part = await ask(view, { blob, offset });
    }
  }

  private async bytesOf(part: BlobPart, blob: string): Promise<Bytes | undefined> {
    const { identity, room } = this.options;
    const { sealed, offset, bytes } = part;
    if (sealed === undefined) return fromBase64Url(bytes);
    return openForMember(identity, { room, member: identity.member, blob, offset }, sealed);
  }
}

interface BlobArgs {
  readonly blob: string;
  readonly offset: number;
  readonly parts?: boolean;
  readonly lost?: string;
}

async function ask(view: Pick<RoomView, 'request'>, args: BlobArgs): Promise<BlobPart> {
  const answer = await view.request('fetch', { what: 'blob', ...args });
  const part = blobPartSchema.safeParse(answer);
  if (!part.success) throw textIncomplete();
  return part.data;
}

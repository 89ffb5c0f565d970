// [I1] Brings what goes with a prompt to the relay, before its command, and takes it away again.
import { backoffDelayMs } from '../../base/backoff.ts';
import { isAppError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/ids.ts';
import { partDocument, type PartName } from '../../protocol/documentNames.ts';
import type { Attached } from '../../protocol/entryParts.ts';
import type { CarryOptions, PartCarrier, SendingTerm } from '../../session/outboxOptions.ts';
import {
  attachedOf,
  emptyPart,
  type Outgoing,
  partCount,
  partOf,
  putPart,
  sealPart,
} from '../../session/attached/parts.ts';
import { exchangeDocument } from '../oneExchange.ts';

/** Parts on their way at the same time. */
const AT_ONCE = 4;
/** Tries of one part, and the pauses between them. */
const TRIES = 5;
const AGAIN = { firstMs: 500, maxMs: 8_000 } as const;

/** What sending parts needs. */
export interface PartSenderOptions {
  readonly room: string;
  readonly member: string;
  /** The member's own admission token. */
  readonly token: string;
  /** Address of the relay, as it is at any time. */
  readonly url: () => string;
  readonly webSocket: typeof WebSocket;
  /** Random number in [0, 1), for pauses. */
  readonly random: () => number;
  readonly clock: Clock;
}

interface Job {
  readonly part: PartName;
  readonly whole: Outgoing['bytes'];
}

/** Each part is a document of its own: one socket, once. */
export class PartSender implements PartCarrier {
  private readonly options: PartSenderOptions;

  constructor(options: PartSenderOptions) {
    this.options = options;
  }

  async send(
    outgoing: readonly Outgoing[],
    term: SendingTerm,
    { signal, onProgress }: CarryOptions,
  ): Promise<readonly Attached[]> {
    const attached = await Promise.all(outgoing.map((one) => attachedOf(one, newId())));
    const jobs = attached.flatMap((one, at) => this.jobsOf(one, outgoing[at]?.bytes));
    let sentBytes = 0;
    const next = async (): Promise<void> => {
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        // oxlint-disable-next-line no-await-in-loop -- as many at once as there are of these loops
        await this.put(job, term, signal);
        sentBytes += partOf(job.whole, job.part.k).length;
        onProgress(sentBytes);
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, next));
    } catch (error) {
      jobs.length = 0;
      this.drop(attached);
      throw error;
    }
    return attached;
  }

  drop(attached: readonly Attached[]): void {
    for (const one of attached) {
      for (let k = 0; k < partCount(one.bytes); k += 1) {
        // What stays there the relay forgets.
        void exchangeDocument(this.at({ blob: one.id, k }), emptyPart).catch(() => undefined);
      }
    }
  }

  private jobsOf({ id, bytes }: Attached, whole: Outgoing['bytes'] | undefined): Job[] {
    if (whole === undefined) return [];
    return Array.from({ length: partCount(bytes) }, (_, k) => ({
      part: { member: this.options.member, blob: id, k },
      whole,
    }));
  }

  private async put({ part, whole }: Job, term: SendingTerm, signal: AbortSignal): Promise<void> {
    const record = await sealPart(term, part, partOf(whole, part.k));
    for (let attempt = 1; ; attempt += 1) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one try after the other
        await exchangeDocument({ ...this.at(part), signal, isFresh: true }, (doc) =>
          putPart(doc, record),
        );
        return;
      } catch (error) {
        signal.throwIfAborted();
        // More of it will not fit in a moment either.
        if (attempt === TRIES || isAppError(error, 'too-large')) throw error;
        // oxlint-disable-next-line no-await-in-loop -- one try after the other
        await this.pause(attempt - 1, signal);
      }
    }
  }

  private pause(attempt: number, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.options;
    return new Promise((resolve) => {
      const timer = clock.after(backoffDelayMs(attempt, { ...AGAIN, random }), resolve);
      signal.addEventListener(
        'abort',
        () => {
          timer.dispose();
          resolve();
        },
        { once: true },
      );
    });
  }

  private at({ blob, k }: PartName) {
    const { room, member, token, url, webSocket, clock } = this.options;
    return { url: url(), name: partDocument(room, { member, blob, k }), token, webSocket, clock };
  }
}

// What a sender of commands works with.
import type * as Y from 'yjs';
import type { Clock } from '../base/clock.ts';
import type { AppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { RecordOpener, RecordSealer } from '../crypto/record.ts';
import type { Attached } from '../protocol/entryParts.ts';
import { saidParts } from '../protocol/said.ts';
import type { Outgoing } from './attached/parts.ts';
import type { OutboxItem } from './view.ts';

/** The host's term as a sender knows it: a new one means a new boot, sealer and counter. */
export interface SendingTerm {
  readonly term: number;
  readonly hostKey: CryptoKey;
  /** Boot of the host, base64url. */
  readonly hostBoot: string;
  readonly sealer: RecordSealer;
  readonly epoch: number;
}

/** What of our ordered commands the host says has come, when it says that some are missing. */
export interface Arrived {
  /** The highest counter. */
  readonly counter: number;
  /** Wall time of the host when it said so, ms. */
  readonly at: number;
}

/** What an outbox needs. */
export interface OutboxOptions {
  readonly doc: Y.Doc;
  readonly member: string;
  readonly opener: RecordOpener;
  /** Fence that this window holds or held last. */
  readonly fence: () => number | undefined;
  /** Wall time of the host, ms; undefined before the first sign of it. */
  readonly hostTime: () => number | undefined;
  /** Whether an answer of the host would be heard now. */
  readonly canHear: () => boolean;
  readonly arrived: () => Arrived | undefined;
  /** [P6] The host writes under a newer secret that is not here: under the one that is held nothing is sent any more. */
  readonly isLocked: () => boolean;
  /** Brings what is too large for a command. */
  readonly carrier: PartCarrier;
  /** [I2] The host is known to read no parts. */
  readonly refusesParts: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How parts are carried. */
export interface CarryOptions {
  readonly signal: AbortSignal;
  /** Bytes that the relay has taken so far. */
  readonly onProgress: (sentBytes: number) => void;
}

/** [I1] Brings to the relay what goes with a command, before it. */
export interface PartCarrier {
  /** Resolves when the relay has all parts; rejects with AppError, or the signal's reason. */
  send(
    outgoing: readonly Outgoing[],
    term: SendingTerm,
    options: CarryOptions,
  ): Promise<readonly Attached[]>;
  /** Takes parts away again, as far as the relay can be reached. */
  drop(attached: readonly Attached[]): void;
}

/** How a command ended of which its sender says so itself. */
export function ended(
  status: 'unknown' | 'expired',
  { message, words }: AppError,
): Pick<OutboxItem, 'status' | 'message' | 'said'> {
  return { status, message, said: saidParts(words) };
}

// [I1] What goes with one command, on its way to the relay before it.
import { type AppError, isAppError } from '../../base/errors.ts';
import type { Attached } from '../../protocol/entryParts.ts';
import type { Json } from '../../protocol/json.ts';
import type { PartCarrier, SendingTerm } from '../outboxOptions.ts';
import { carryingFailed } from './errors.ts';
import { type Packed, withAttached } from './packCommand.ts';

/** What becomes of it. */
export interface CarriageEvents {
  readonly onProgress: (progress: Progress) => void;
  readonly onDone: () => void;
  readonly onFailed: (error: AppError) => void;
}

/** Bytes that the relay has, of all. */
export interface Progress {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** The parts of one command; most have none. */
export class Carriage {
  private readonly packed: Packed;
  private readonly carrier: PartCarrier;
  private attached: readonly Attached[] | undefined;
  private giveUp: AbortController | undefined;
  private isOver = false;

  constructor(packed: Packed, carrier: PartCarrier) {
    this.packed = packed;
    this.carrier = carrier;
  }

  /** Nothing is to be brought any more. */
  get isDone(): boolean {
    return this.packed.outgoing.length === 0 || this.attached !== undefined;
  }

  get isUnderWay(): boolean {
    return this.giveUp !== undefined;
  }

  /** The command's arguments as they travel. */
  get args(): Json {
    const { wire } = this.packed;
    return this.attached === undefined ? wire : withAttached(wire, this.attached);
  }

  /** Begins; nothing if it has begun. */
  begin(term: SendingTerm, events: CarriageEvents): void {
    if (this.giveUp || this.isOver) return;
    const { outgoing } = this.packed;
    const { signal } = (this.giveUp = new AbortController());
    const totalBytes = outgoing.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const onProgress = (sentBytes: number): void => {
      if (!this.isOver) events.onProgress({ sentBytes, totalBytes });
    };
    onProgress(0);
    this.carrier.send(outgoing, term, { signal, onProgress }).then(
      (attached) => {
        this.giveUp = undefined;
        if (this.isOver) return this.carrier.drop(attached);
        this.attached = attached;
        return events.onDone();
      },
      (error: unknown) => {
        this.giveUp = undefined;
        if (!this.isOver) events.onFailed(isAppError(error) ? error : carryingFailed());
      },
    );
  }

  /** The command is over and was not done: nobody reads its parts any more. */
  drop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.giveUp?.abort();
    if (this.attached) this.carrier.drop(this.attached);
  }
}

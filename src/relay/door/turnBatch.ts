// What one socket is sent in one turn of the event loop, handed to the system as one write.

/** A stream that can hold back what is written to it: a net.Socket, with TLS or without. */
export interface HoldingStream {
  cork(): void;
  uncork(): void;
}

/** What is needed to make a batch. */
export interface TurnBatchOptions {
  readonly stream: HoldingStream;
  /** Runs a callback when the turn is over, before the loop goes on to other sockets. */
  readonly afterTurn?: (callback: () => void) => void;
}

/** More is not held back: a long turn is not to pile up what the system would take. */
const MAX_HELD_BYTES = 64 * 1024;

/**
 * A burst comes in as one read and leaves, to each reader, as one write instead of one for each of
 * its frames: the writes are what a relay spends its time on. Nothing waits for a timer.
 */
export class TurnBatch {
  private readonly stream: HoldingStream;
  private readonly afterTurn: (callback: () => void) => void;
  private isHolding = false;
  private heldBytes = 0;

  constructor(options: TurnBatchOptions) {
    this.stream = options.stream;
    this.afterTurn = options.afterTurn ?? ((callback) => process.nextTick(callback));
  }

  /** Call it before each write of so many bytes. */
  hold(bytes: number): void {
    if (this.isHolding) {
      this.heldBytes += bytes;
      if (this.heldBytes <= MAX_HELD_BYTES) return;
      this.stream.uncork();
      this.stream.cork();
    } else {
      this.isHolding = true;
      this.stream.cork();
      this.afterTurn(() => this.release());
    }
    this.heldBytes = bytes;
  }

  private release(): void {
    this.isHolding = false;
    this.heldBytes = 0;
    this.stream.uncork();
  }
}

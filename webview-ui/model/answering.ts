// Answers of this window that were handed over and that the outbox does not show yet: none is given twice.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Clock } from '../../src/base/clock.ts';
import type { FromPanel } from '../../src/protocol/local/fromPanel.ts';
import type { UiPort } from '../port.ts';

// An answer that no outbox shows within this time was not taken.
const ANSWER_TAKEN_MS = 5000;

/** What answering needs. */
export interface AnsweringOptions {
  readonly port: Pick<UiPort, 'post'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Monotonic ms, renewed each second. */
  readonly now: ReadonlySignal<number>;
}

/** Answers requests, each once. */
export class Answering {
  private readonly options: AnsweringOptions;
  /** By request id, with the monotonic ms. */
  private readonly given = signal<ReadonlyMap<string, number>>(new Map());

  constructor(options: AnsweringOptions) {
    this.options = options;
  }

  /** Answers a request, once: until the outbox shows the answer, or nobody took it. */
  answer(message: Omit<Extract<FromPanel, { type: 'answer' }>, 'type'>): void {
    const { port, clock } = this.options;
    const { requestId } = message;
    if (this.isGiven(requestId)) return;
    this.given.value = new Map(this.given.value).set(requestId, clock.monotonic());
    port.post({ type: 'answer', ...message });
  }

  /** Whether an answer of this window has just been handed over. */
  isGiven(requestId: string): boolean {
    const at = this.given.value.get(requestId);
    return at !== undefined && this.options.now.value - at < ANSWER_TAKEN_MS;
  }

  /** The outbox shows it. */
  shown(requestId: string): void {
    const given = new Map(this.given.value);
    if (given.delete(requestId)) this.given.value = given;
  }
}

// Requests of ours to the CLI and their answers, each with a time limit.
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { controlRefusedError, controlTimeoutError, endedError } from '../errors.ts';
import type { ControlResponse, InControlRequest } from '../wire/streamJson.ts';

/** Most requests are answered in milliseconds; a loaded computer gets this long. */
export const CONTROL_TIMEOUT_MS = 15_000;

interface Waiting {
  readonly subtype: string;
  readonly timer: Disposable;
  readonly resolve: (response: ControlResponse) => void;
  readonly reject: (error: Error) => void;
}

/** Matches answers to requests by id; every request settles. */
export class ControlChannel {
  private readonly clock: Clock;
  private readonly send: (line: InControlRequest) => void;
  private readonly waiting = new Map<string, Waiting>();
  private count = 0;
  private isEnded = false;

  constructor(options: { readonly clock: Clock; readonly send: (line: InControlRequest) => void }) {
    this.clock = options.clock;
    this.send = options.send;
  }

  /** The answer's payload; throws AppError timeout, agent-protocol (refused) or agent-crashed (ended). */
  async request(
    request: InControlRequest['request'],
    timeoutMs: number = CONTROL_TIMEOUT_MS,
  ): Promise<ControlResponse> {
    if (this.isEnded) throw endedError();
    this.count += 1;
    const requestId = `th-${this.count}`;
    const answer = new Promise<ControlResponse>((resolve, reject) => {
      const timer = this.clock.after(timeoutMs, () => {
        this.waiting.delete(requestId);
        reject(controlTimeoutError(request.subtype, timeoutMs));
      });
      this.waiting.set(requestId, { subtype: request.subtype, timer, resolve, reject });
    });
    this.send({ type: 'control_request', request_id: requestId, request });
    return answer;
  }

  /** Takes an answer; false if it is not one of ours (an echo, or too late). */
  accept(response: ControlResponse): boolean {
    const waiting = this.waiting.get(response.request_id);
    if (waiting === undefined) return false;
    this.waiting.delete(response.request_id);
    waiting.timer.dispose();
    if (response.subtype === 'success') waiting.resolve(response);
    else waiting.reject(controlRefusedError(waiting.subtype, response.error));
    return true;
  }

  /** The process has ended: everything that waits fails. */
  end(): void {
    this.isEnded = true;
    for (const waiting of this.waiting.values()) {
      waiting.timer.dispose();
      waiting.reject(endedError());
    }
    this.waiting.clear();
  }
}

// Rate limiting by a token bucket on the monotonic clock.
import type { Rate } from '../relayLimits.ts';

/** Refills steadily, starts full. */
export class TokenBucket {
  private readonly rate: Rate;
  private level: number;
  private lastMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.rate = rate;
    this.level = rate.burst;
    this.lastMs = nowMs;
  }

  /** Takes `amount` if it is there; `nowMs` is monotonic time. */
  take(amount: number, nowMs: number): boolean {
    this.refill(nowMs);
    if (amount > this.level) return false;
    this.level -= amount;
    return true;
  }

  /** Whether nothing is missing, so that the bucket can be forgotten. */
  isFull(nowMs: number): boolean {
    this.refill(nowMs);
    return this.level >= this.rate.burst;
  }

  private refill(nowMs: number): void {
    const gained = ((nowMs - this.lastMs) / 1000) * this.rate.perSecond;
    this.level = Math.min(this.rate.burst, this.level + gained);
    this.lastMs = nowMs;
  }
}

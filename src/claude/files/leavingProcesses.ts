// [Z2] Processes on a conversation that have gone just now: they count as there until their last lines are judged.
import { keyOf } from './ownChildren.ts';
import type { RegistryRecord } from './registry.ts';

/** One per conversation. */
export class LeavingProcesses {
  private readonly judgeLast: (key: string) => void;
  private there = new Map<string, RegistryRecord>();
  private readonly leaving = new Map<string, RegistryRecord>();

  /** `judgeLast`: reads what one has written last, and then calls `gone`. */
  constructor(judgeLast: (key: string) => void) {
    this.judgeLast = judgeLast;
  }

  /** Those of which it is not known yet what they leave behind; `running`: those that run now. */
  beside(running: readonly RegistryRecord[]): readonly RegistryRecord[] {
    const now = new Map(running.map((record) => [keyOf(record), record]));
    const left = [...this.there].filter(([key]) => !now.has(key) && !this.leaving.has(key));
    this.there = now;
    for (const key of now.keys()) this.leaving.delete(key);
    for (const [key, record] of left) {
      this.leaving.set(key, record);
      this.judgeLast(key);
    }
    return [...this.leaving.values()];
  }

  /** All that it wrote is known. */
  gone(key: string): void {
    this.leaving.delete(key);
  }
}

// Runs work on one thing after the other, and on different things side by side.

/** Queues of work by key. */
export class WorkQueue {
  private readonly last = new Map<string, Promise<void>>();

  /** Runs `work` when everything that was given for this key before has settled. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const result = (this.last.get(key) ?? Promise.resolve()).then(work);
    const settled: Promise<void> = result.then(
      () => this.forget(key, settled),
      () => this.forget(key, settled),
    );
    this.last.set(key, settled);
    return result;
  }

  /** Resolves when no work is left, also none that was given meanwhile. */
  async settled(): Promise<void> {
    while (this.last.size > 0) await Promise.all(this.last.values());
  }

  private forget(key: string, settled: Promise<void>): void {
    if (this.last.get(key) === settled) this.last.delete(key);
  }
}

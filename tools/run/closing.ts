// Closing what a test has opened: all of it, whatever fails on the way.

/** Something to close. */
export type Closer = () => unknown;

/** Runs every closer, one after the other, also behind one that fails; then rejects with the first failure. */
export async function closeAll(closers: readonly Closer[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('\n'));
}

// The long tests on the real CLI that run on its newest version in `npm test`, and on the oldest in the deep run.

/** Relative to the clone; each takes its versions from `LONG_VERSIONS`. */
export const FLOOR_TESTS: readonly string[] = [
  'test/host/backgroundTasks.test.ts',
  'test/host/flicker.test.ts',
  'test/host/forms.test.ts',
  'test/host/movedFolder.test.ts',
  'test/host/stopQueue.test.ts',
  'test/host/writers.test.ts',
];

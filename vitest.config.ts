// Vitest: everything that runs outside VS Code. `isolate: false` keeps hundreds of small files fast.
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { WAITING_TESTS } from './scripts/waitingTests.ts';
import { WAIT_MS } from './tools/run/waitBound.ts';

/** What takes longest begins first, so that no worker is left alone with it at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      WAITING_TESTS.includes(relative(import.meta.dirname, moduleId));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

// Vitest reads the default export of this file and nothing else.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  // There is no such package: VS Code itself brings it.
  resolve: { alias: { vscode: join(import.meta.dirname, 'test/editor/fakeVscode.ts') } },
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: [
      ...configDefaults.exclude,
      'test/vscode/**',
      'test/e2e/**',
      'tools/hosts/**',
      '**/*.deep.test.ts',
    ],
    globalSetup: ['tools/run/runMark.ts', 'tools/run/programBundle.ts'],
    setupFiles: ['test/probes/wallTime.ts'],
    sequence: { sequencer: LongestFirst },
    isolate: false,
    pool: 'forks',
    // One more than processors: a third of the time a test waits for a process or a browser.
    maxWorkers: availableParallelism() + 1,
    // Several waits, each of which says by itself what did not come (tools/run/waitBound.ts).
    testTimeout: 4 * WAIT_MS,
    hookTimeout: 4 * WAIT_MS,
    expect: { poll: { timeout: WAIT_MS } },
  },
});

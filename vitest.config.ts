// Vitest: everything that runs outside VS Code. `isolate: false` keeps hundreds of small files fast.
import { configDefaults, defineConfig } from 'vitest/config';
import { WAIT_MS } from './tools/run/waitBound.ts';

// Vitest reads the default export of this file and nothing else.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
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
    isolate: false,
    pool: 'forks',
    maxWorkers: 2,
    // Several waits, each of which says by itself what did not come (tools/run/waitBound.ts).
    testTimeout: 4 * WAIT_MS,
    hookTimeout: 4 * WAIT_MS,
    expect: { poll: { timeout: WAIT_MS } },
  },
});

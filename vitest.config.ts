// Vitest: everything that runs outside VS Code. `isolate: false` keeps hundreds of small files fast.
import { configDefaults, defineConfig } from 'vitest/config';

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
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});

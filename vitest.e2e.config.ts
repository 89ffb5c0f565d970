// Vitest for what needs a browser, a built package and minutes: one file at a time. DEEP=1 adds the long runs.
import { defineConfig } from 'vitest/config';
import { FLOOR_TESTS } from './scripts/floorTests.ts';

const isDeep = process.env['TWINHELM_DEEP'] === '1';

// Vitest reads the default export of this file and nothing else.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  test: {
    include: isDeep ? ['test/**/*.deep.test.ts', ...FLOOR_TESTS] : ['test/e2e/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'tools/hosts/**', ...(isDeep ? [] : ['**/*.deep.test.ts'])],
    globalSetup: ['tools/run/runMark.ts', 'tools/run/programBundle.ts'],
    setupFiles: ['test/probes/wallTime.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: isDeep ? 3_600_000 : 240_000,
    hookTimeout: 240_000,
  },
});

// The list of files that are run beside busy processes names files that are there.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WAITING_TESTS } from '../../scripts/waitingTests.ts';
import { REPO_ROOT } from '../../tools/install/cache.ts';

test('twenty files, each of which is there', () => {
  expect(new Set(WAITING_TESTS).size).toBe(20);
  expect(WAITING_TESTS.filter((file) => !existsSync(join(REPO_ROOT, file)))).toEqual([]);
});

// Which test files are named as the dearest.
import { expect, test } from 'vitest';
import { dearestFiles, timesOfReport } from '../../scripts/dearestFiles.ts';

const result = (name: string, ms: number): object => ({
  name: `/clone/test/${name}.test.ts`,
  startTime: 1_800_000_000_000,
  endTime: 1_800_000_000_000 + ms,
  status: 'passed',
});

test('the dearest files come first, no more than are asked for', () => {
  const testResults = [result('host/a', 900), result('cli/b', 69_240), result('sync/c', 12_000)];
  const times = timesOfReport({ success: true, testResults }, '/clone');
  expect(dearestFiles(times, 2)).toEqual([
    '  69.2 s test/cli/b.test.ts',
    '  12.0 s test/sync/c.test.ts',
  ]);
  expect(dearestFiles(times)).toHaveLength(3);
});

test('what is no report has no files', () => {
  for (const text of ['{}', '[]', 'null', '{"testResults":[{"name":1}]}']) {
    expect(timesOfReport(JSON.parse(text), '/clone')).toEqual([]);
  }
});

// The test files that took longest, from vitest's JSON reports: where a slower suite comes from.
import { relative } from 'node:path';
import * as z from 'zod/mini';

/** How long the tests of one file ran. */
export interface TestFileTime {
  /** Relative to the clone. */
  readonly file: string;
  readonly seconds: number;
}

/** Vitest writes the times as milliseconds since 1970. */
const reportSchema = z.looseObject({
  testResults: z.array(
    z.looseObject({ name: z.string(), startTime: z.number(), endTime: z.number() }),
  ),
});

/** The files of a report and their times; none if it is no report. `root` is the clone's folder. */
export function timesOfReport(report: unknown, root: string): TestFileTime[] {
  const parsed = reportSchema.safeParse(report);
  if (!parsed.success) return [];
  return parsed.data.testResults.map(({ name, startTime, endTime }) => ({
    file: relative(root, name),
    seconds: (endTime - startTime) / 1000,
  }));
}

/** A line for each of the `count` dearest files, the dearest first. */
export function dearestFiles(times: readonly TestFileTime[], count = 10): string[] {
  return times
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, count)
    .map(({ file, seconds }) => `${seconds.toFixed(1).padStart(6)} s ${file}`);
}

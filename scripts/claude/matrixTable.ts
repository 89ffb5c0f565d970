// What came of the tests on each version, as a table and a list of what failed.
import * as z from 'zod/mini';

/** What came of one test file. */
export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly notRun: number;
  readonly failed: readonly FailedTest[];
  /** Why there is nothing to count: it took too long, or ended without a report. */
  readonly problem?: string;
  /** Titles of tests that failed once and passed when the file was run again. */
  readonly unsteady?: readonly string[];
}

/** A test that failed. */
export interface FailedTest {
  readonly title: string;
  /** The first line of why. */
  readonly why: string;
}

/** What came of one version. */
export interface VersionResult {
  readonly version: string;
  /** What the program says about itself when it is probed; what is wrong with it otherwise. */
  readonly features: string;
  readonly seconds: number;
  readonly files: readonly FileResult[];
}

/** Vitest's JSON report of one file. */
const reportSchema = z.looseObject({
  testResults: z.array(
    z.looseObject({
      message: z.optional(z.string()),
      status: z.string(),
      assertionResults: z.array(
        z.looseObject({
          status: z.string(),
          fullName: z.string(),
          failureMessages: z.optional(z.array(z.string())),
        }),
      ),
    }),
  ),
});

// oxlint-disable-next-line no-control-regex -- the colours of a terminal are no part of why
const COLOURS = /\u001b\[\d+m/g;

function firstLine(text: string): string {
  const line = text.replaceAll(COLOURS, '').split('\n', 1)[0] ?? '';
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

/** Reads a report; one that says nothing, or fails outside of a test, is a problem. */
export function fileResult(file: string, report: unknown, exitCode: number): FileResult {
  const parsed = reportSchema.safeParse(report);
  const suites = parsed.success ? parsed.data.testResults : [];
  const tests = suites.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => ({
      title: fullName,
      why: firstLine(failureMessages?.[0] ?? ''),
    }));
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const counts = { file, passed, failed, notRun: tests.length - passed - failed.length };
  if (failed.length > 0 || (exitCode === 0 && tests.length > 0)) return counts;
  const said = suites.map(({ message }) => message ?? '').find((message) => message !== '');
  return {
    ...counts,
    problem: firstLine(said ?? `vitest ended with ${exitCode}, without a report`),
  };
}

/** Whether anything is wrong with a file. */
export function isBad(result: FileResult): boolean {
  return result.failed.length > 0 || result.problem !== undefined;
}

const HEAD = ['version', 'files', 'passed', 'failed', 'not run', 'minutes', 'features'];

/** The table, and below it each version with what failed. */
export function matrixTable(results: readonly VersionResult[]): readonly string[] {
  const rows = results.map(({ version, features, seconds, files }) => {
    const sum = (count: (file: FileResult) => number): string =>
      `${files.reduce((all, file) => all + count(file), 0)}`;
    return [
      version,
      `${files.length}`,
      sum(({ passed }) => passed),
      sum((file) => Math.max(file.failed.length, isBad(file) ? 1 : 0)),
      sum(({ notRun }) => notRun),
      (seconds / 60).toFixed(1),
      features,
    ];
  });
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === HEAD.length - 1
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...results.flatMap((result) => ['', ...failures(result)])];
}

function failures({ version, files }: VersionResult): readonly string[] {
  const bad = files.filter(isBad);
  const unsteady = files.flatMap((file) =>
    (file.unsteady ?? []).map((title) => [file.file, title]),
  );
  if (bad.length + unsteady.length === 0) return [`${version}: nothing failed`];
  return [
    `${version}:`,
    ...bad.flatMap(({ file, failed, problem }) => [
      `  ${file}${problem === undefined ? '' : `: ${problem}`}`,
      ...failed.flatMap(({ title, why }) => [`    ${title}`, `      ${why}`]),
    ]),
    ...unsteady.map(([file, title]) => `  once, and not again: ${file}: ${title}`),
  ];
}

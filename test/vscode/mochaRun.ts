// Runs mocha inside VS Code with the same build and reporter in both extension hosts.
import 'mocha/mocha.js';
import { REPORT_MARK, type TestReport } from '../../tools/vscode/testReport.ts';

function report(line: TestReport): void {
  // The console of an extension host is what the runner outside can hear.
  console.log(REPORT_MARK + JSON.stringify(line));
}

/** A web worker has no document for mocha's own reporter and no stdout for the others. */
class LineReporter {
  constructor(runner: Mocha.Runner) {
    runner.on('pass', (test) => report({ kind: 'pass', title: test.fullTitle() }));
    runner.on('pending', (test) => report({ kind: 'skip', title: test.fullTitle() }));
    runner.on('fail', (test, error: unknown) => {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      report({ kind: 'fail', title: test.fullTitle(), why });
    });
  }
}

/**
 * Puts `suite`, `test` and so on into place; call before the suites are loaded. The ready-made
 * instance of mocha's browser build wants the address of a page, which a Node host has not.
 */
export function setUpMocha(): Mocha {
  // The type wants a class with all of mocha's own reporter; only the constructor is used.
  const reporter = LineReporter as unknown as Mocha.ReporterConstructor;
  const instance = new Mocha({ ui: 'tdd', reporter, color: false, timeout: 90_000 });
  instance.suite.emit('pre-require', globalThis, '', instance);
  return instance;
}

/** Runs what was loaded; rejects if a test failed, so that VS Code ends with an error. */
export function runMocha(instance: Mocha): Promise<void> {
  return new Promise((resolve, reject) => {
    instance.run((failures) => {
      report({ kind: 'end' });
      if (failures === 0) resolve();
      else reject(new Error(`${failures} tests failed`));
    });
  });
}

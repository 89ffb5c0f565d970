// What the runner outside told the suites; written into the bundle when it is built.
import type { TestInput } from '../../tools/vscode/testReport.ts';

declare const TWINHELM_TEST_INPUT: TestInput;

/** The world around the suites. */
export const testInput: TestInput = TWINHELM_TEST_INPUT;

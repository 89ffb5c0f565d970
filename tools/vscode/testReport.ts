// What the suites inside VS Code and their runner outside tell each other.

/** Begins every report line on the console. */
export const REPORT_MARK = 'twinhelm-test ';

/** One line. */
export type TestReport =
  | { readonly kind: 'pass' | 'skip'; readonly title: string }
  | { readonly kind: 'fail'; readonly title: string; readonly why: string }
  | { readonly kind: 'end' };

/** What the suites need to know about the world around them. */
export interface TestInput {
  readonly host: 'node' | 'web';
  /** A session that runs on the demo model, shared with both links. */
  readonly sessionId: string;
  readonly viewerLink: string;
  readonly controllerLink: string;
}

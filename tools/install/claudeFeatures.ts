// What versions of Claude Code differ in, as far as a test has to know: the first one that does it, as measured.
import { compareVersions } from '../../src/claude/cli/probeClaude.ts';
import type { ClaudeVersion } from './claudeVersions.ts';

/** Each with the first version that does it. */
const SINCE = {
  /** The mode that asks is called `manual`. */
  'mode-manual': '2.1.200',
  /** The text that an interruption cut is marked. */
  'aborted-text': '2.1.213',
  /** The transcript says that a call was denied. */
  'denied-in-file': '2.1.198',
  /** The stream says, as the transcript does, that a hook denied a call. */
  'hook-denial-in-stream': '2.1.216',
  /** What a hook tells comes in the stream, at its place. */
  'hook-in-stream': '2.1.227',
  /** The model is told that the outcome of a call is unknown, under which the program was killed. */
  'unknown-outcome': '2.1.281',
  /** Of prompts that waited together, texts before others end with a line break where there are pictures. */
  'merged-line-break': '2.1.299',
  /** Its own list of tasks takes the place of the list of to-dos. */
  'task-list': '2.1.233',
  /** A command sets how much the model thinks: not in 2.1.197. */
  'effort-command': '2.1.332',
  /** A server's form may be an address to open: not in 2.1.250. */
  'form-address': '2.1.287',
} as const satisfies Readonly<Record<string, ClaudeVersion>>;

/** One difference. */
export type ClaudeFeature = keyof typeof SINCE;

/** Whether a version does it. */
export function claudeDoes(version: ClaudeVersion, feature: ClaudeFeature): boolean {
  return compareVersions(version, SINCE[feature]) >= 0;
}

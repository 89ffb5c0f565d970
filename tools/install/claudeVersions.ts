// Which versions of Claude Code the tests run on: the pinned ones, or the one that TWINHELM_TEST_CLAUDE names.
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { isAbsolute } from 'node:path';

/** A version of Claude Code. */
export type ClaudeVersion = `${number}.${number}.${number}`;

/** One version, and where it is if it is not one that is installed for the tests. */
export interface NamedClaude {
  readonly version: ClaudeVersion;
  /** Absolute path of a program that somebody named. */
  readonly path?: string;
}

/** The newest known, and the newest one that Node 20 users get. */
export const PINNED_VERSIONS = ['2.1.332', '2.1.197'] as const satisfies readonly ClaudeVersion[];
/** A version between the two, for what has to hold on more than two: only deep tests run it. */
const MIDDLE_VERSION = '2.1.329' satisfies ClaudeVersion;
/** Environment variable that names another version, or the absolute path of a program. */
export const CLAUDE_VARIABLE = 'TWINHELM_TEST_CLAUDE';

/** Whether a word is a version. */
export function isClaudeVersion(word: string): word is ClaudeVersion {
  return /^\d+\.\d+\.\d+$/.test(word);
}

/** What a word names; undefined for no word. Throws if it is neither a version nor a program that has one. */
export function namedClaude(
  word: string | undefined,
  ask: (path: string) => string = versionOutput,
): NamedClaude | undefined {
  if (word === undefined || word === '') return undefined;
  if (isClaudeVersion(word)) return { version: word };
  if (!isAbsolute(word)) {
    throw new Error(
      `“${word}” is no version of Claude Code like ${PINNED_VERSIONS[0]}, and no absolute path.`,
    );
  }
  const said = ask(word);
  const version = /\d+\.\d+\.\d+/.exec(said)?.[0];
  if (version === undefined || !isClaudeVersion(version)) {
    throw new Error(`${word} tells no version: ${said.slice(0, 200)}`);
  }
  return { version, path: word };
}

function versionOutput(path: string): string {
  return execFileSync(path, ['--version'], {
    // Nothing of the account's own: it is only asked for its name.
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir() },
    encoding: 'utf8',
    timeout: 20_000,
  });
}

/** What the variable names in this process. */
export const NAMED_CLAUDE: NamedClaude | undefined = namedClaude(process.env[CLAUDE_VARIABLE]);
/** The versions every test runs on. */
export const CLAUDE_VERSIONS: readonly ClaudeVersion[] =
  NAMED_CLAUDE === undefined ? PINNED_VERSIONS : [NAMED_CLAUDE.version];
/** The versions that tests of the deep run may take more of. */
export const DEEP_VERSIONS: readonly ClaudeVersion[] =
  NAMED_CLAUDE === undefined ? [...PINNED_VERSIONS, MIDDLE_VERSION] : CLAUDE_VERSIONS;
/** The versions of the long tests in scripts/floorTests.ts: the newest in `npm test`, the oldest in the deep run. */
export const LONG_VERSIONS: readonly ClaudeVersion[] =
  NAMED_CLAUDE === undefined
    ? [PINNED_VERSIONS[process.env['TWINHELM_DEEP'] === '1' ? 1 : 0]]
    : CLAUDE_VERSIONS;
/** The version of tests that run on one. */
export const DEFAULT_VERSION: ClaudeVersion = NAMED_CLAUDE?.version ?? PINNED_VERSIONS[0];
/** The version of tests about the oldest one. */
export const OLDEST_VERSION: ClaudeVersion = NAMED_CLAUDE?.version ?? PINNED_VERSIONS[1];

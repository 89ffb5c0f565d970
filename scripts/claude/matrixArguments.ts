// Reads what `npm run test:claude` is told: versions, programs, names of the registry, and what of the tests.
import { isAbsolute } from 'node:path';
import { parseArgs } from 'node:util';
import { isClaudeVersion, PINNED_VERSIONS } from '../../tools/install/claudeVersions.ts';

/** Names under which the registry keeps a version. */
const NAMES = ['latest', 'next', 'stable'] as const;

/** A version that is under a name today. */
export type NamedVersion = (typeof NAMES)[number];

/** One column of the matrix. */
export type MatrixWord =
  | { readonly kind: 'version'; readonly word: string }
  | { readonly kind: 'path'; readonly word: string }
  | { readonly kind: 'name'; readonly word: NamedVersion };

/** What is asked for. */
export interface MatrixArguments {
  readonly words: readonly MatrixWord[];
  readonly only: readonly string[];
  readonly deep: boolean;
  readonly e2e: boolean;
  /** Kinds of lines are compared with the recordings for every word, not for names alone. */
  readonly lines: boolean;
  /** False: lines alone. */
  readonly tests: boolean;
}

/** Throws with one sentence about what is not understood. Without versions the pinned ones are meant. */
export function matrixArguments(args: readonly string[]): MatrixArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    allowNegative: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      deep: { type: 'boolean', default: false },
      e2e: { type: 'boolean', default: false },
      lines: { type: 'boolean', default: false },
      tests: { type: 'boolean', default: true },
    },
  });
  const words = positionals.length > 0 ? positionals : PINNED_VERSIONS;
  return { ...values, words: words.map(matrixWord) };
}

function matrixWord(word: string): MatrixWord {
  if (isClaudeVersion(word)) return { kind: 'version', word };
  if (isAbsolute(word)) return { kind: 'path', word };
  const name = NAMES.find((one) => one === word);
  if (name !== undefined) return { kind: 'name', word: name };
  throw new Error(
    `“${word}” is none of: a version like ${PINNED_VERSIONS[0]}, the absolute path of a claude, ${NAMES.join(', ')}.`,
  );
}

// Breakages: small mistakes in the code that some test must find. They are data, a file per room beside this one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';

const breakageSchema = z.strictObject({
  /** `<room>/<what goes wrong>`. */
  id: z.string().check(z.regex(/^[a-z-]+\/[a-z0-9-]+$/)),
  /** Relative to the clone. */
  file: z.string(),
  /** Stands in the file exactly once. */
  find: z.string(),
  replace: z.string(),
  /** Which behaviour is wrong then, and who notices. */
  why: z.string(),
});

/** One mistake. */
export type Breakage = z.infer<typeof breakageSchema>;

/** All of them, by room and id. */
export function readBreakages(): Breakage[] {
  const names = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.json'));
  return names.toSorted().flatMap((name) => {
    const text = readFileSync(join(import.meta.dirname, name), 'utf8');
    return z.array(breakageSchema).parse(JSON.parse(text));
  });
}

/** The room that a file of `src`, or of `webview-ui`, belongs to. */
export function roomOf(file: string): string {
  const [top = '', room = ''] = file.split('/');
  return top === 'src' ? room : top;
}

/** The text with the mistake in it; undefined if the place is not there, or not once. */
export function broken(text: string, { find, replace }: Breakage): string | undefined {
  const [before, after, ...more] = text.split(find);
  if (before === undefined || after === undefined || more.length > 0) return undefined;
  return before + replace + after;
}

/** Those that a word means: an id, a file, a folder or room. Without words all. */
export function chosenBreakages(
  breakages: readonly Breakage[],
  words: readonly string[],
): readonly Breakage[] {
  if (words.length === 0) return breakages;
  return breakages.filter(({ id, file }) =>
    words.some((word) => {
      const path = word.replace(/^src\//, '');
      const inSource = file.replace(/^src\//, '');
      return id === word || inSource === path || inSource.startsWith(`${path.replace(/\/$/, '')}/`);
    }),
  );
}

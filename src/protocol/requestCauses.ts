// For whose prompts something is asked, in words: panel, terminal and notices say it alike.
import type { EntryOf } from './transcript.ts';

/** Parts of the sentence “For NAME's prompt “TEXT””. */
export interface CauseText {
  readonly name: string;
  readonly text: string;
  /** Further prompts that the turn serves. */
  readonly more: number;
}

/**
 * For whose prompt a request is; undefined where it is for `own` alone (a member id), or nobody is known.
 */
export function causeOf(
  { causes = [] }: Pick<EntryOf<'request'>, 'causes'>,
  own: string | undefined,
): CauseText | undefined {
  const other = causes.find(({ author }) => author.member === undefined || author.member !== own);
  if (other === undefined) return undefined;
  return { name: other.author.name, text: other.text, more: causes.length - 1 };
}

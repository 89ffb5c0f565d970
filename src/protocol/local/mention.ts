// How a prompt names a file, as agents read it: `@path`, in quotes where a blank would end it; lines inside the quotes.

const PLAIN = /^[^\s"'`]+$/u;
/** What would be taken for the end of a sentence. */
const ENDS_SENTENCE = /[,.:;?!)\u3002]$/u;
/** What no mention can hold. */
const NEVER = /["\p{Cc}]/u;

/** The mention of a file or folder, of lines `from` to `to` if given; undefined if its name cannot be written in one. */
export function mentionOf(
  path: string,
  lines?: { readonly from: number; readonly to: number },
): string | undefined {
  if (NEVER.test(path) || path === '') return undefined;
  const { from, to } = lines ?? {};
  const mark = from === undefined ? '' : from === to ? `#L${from}` : `#L${from}-${to}`;
  const isPlain = PLAIN.test(path) && !ENDS_SENTENCE.test(path);
  return isPlain ? `@${path}${mark}` : `@"${path}${mark}"`;
}

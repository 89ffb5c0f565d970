// Words on the command line of a script: an unknown one is a mistake, not a run of something else.

/** Ends the process with 2 and says which words there are, if one of `words` is none of `known`. */
export function refuseUnknown(words: readonly string[], known: readonly string[]): void {
  const unknown = words.find((word) => !known.includes(word));
  if (unknown === undefined) return;
  console.error(`“${unknown}” is unknown here. Known: ${known.join(', ')}.`);
  process.exit(2);
}

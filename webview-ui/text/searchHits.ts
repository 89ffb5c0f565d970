// The lines of what a search has found: paths, and lines of files.

/** A line; with a path it is a place in a file. */
export interface SearchLine {
  /** What names the place: the path, with the number of the line. */
  readonly place: string;
  readonly path?: string;
  /** From 1. */
  readonly line?: number;
  /** What stands behind the place. */
  readonly rest: string;
}

// A drive's colon belongs to the path.
const WITH_LINE = /^((?:[A-Za-z]:)?[^\s:][^:\n]{0,1024}):(\d{1,7})(?=[:-]|$)/;
const WITH_PATH = /^(?:[A-Za-z]:)?[^\s:][^:\n]{0,1024}$/;

/** Reads a line. What is neither a place nor a path is text. */
export function searchLine(text: string): SearchLine {
  const match = WITH_LINE.exec(text);
  if (match !== null) {
    const [place, path = '', number = ''] = match;
    return { place, path, line: Number(number), rest: text.slice(place.length) };
  }
  const isPath =
    WITH_PATH.test(text) && /[\\/]|\.\w{1,12}$/.test(text) && !/\s{2}|[.…)]$/.test(text);
  return isPath ? { place: text, path: text, rest: '' } : { place: '', rest: text };
}

// Vitest loads this before any library: some keep `Date.now` as they find it when they are loaded.

/** Under this key the function that stands at `Date.now` has what it asks. */
const SOURCE = Symbol.for('test wall time');

interface Stand {
  (): number;
  [SOURCE]?: () => number;
}

const known: Stand = Date.now;
if (known[SOURCE] === undefined) {
  const stand: Stand = () => stand[SOURCE]?.() ?? 0;
  stand[SOURCE] = known;
  Date.now = stand;
}

/** What `Date.now` tells from now on, also to libraries; the result is what it told before. */
export function replaceWallTime(source: () => number): () => number {
  const stand: Stand = Date.now;
  const before = stand[SOURCE];
  if (before === undefined) throw new Error('Date.now is not what was put there');
  stand[SOURCE] = source;
  return before;
}

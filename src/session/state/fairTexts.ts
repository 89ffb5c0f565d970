// Texts of a crowded session state: where every list is full at once, they share what is left.
import { jsonBytes, jsonCut, textBytes } from '../../base/jsonText.ts';
import type { SessionState } from '../../protocol/state.ts';

/** Texts of one sort, and the bytes that they keep together however crowded it is. */
interface TextGroup {
  readonly floorBytes: number;
  readonly read: (state: SessionState) => readonly string[];
  /** The state with these texts in their places. */
  readonly write: (state: SessionState, texts: readonly string[]) => SessionState;
}

/** What gives way first comes first: the whole of a prompt stands in the log soon, a name stands only here. */
const GROUPS: readonly TextGroup[] = [
  {
    floorBytes: 640,
    read: ({ queue }) => queue.map(({ text }) => text),
    write: (state, texts) => ({
      ...state,
      queue: state.queue.map((queued, at) => ({ ...queued, text: texts[at] ?? '' })),
    }),
  },
  {
    floorBytes: 384,
    read: ({ queue }) => queue.flatMap(({ author }) => [author.name, author.device ?? '']),
    write: (state, texts) => ({
      ...state,
      queue: state.queue.map((queued, at) => ({
        ...queued,
        author: {
          ...queued.author,
          name: texts[2 * at] ?? '',
          ...(queued.author.device === undefined ? {} : { device: texts[2 * at + 1] ?? '' }),
        },
      })),
    }),
  },
  {
    floorBytes: 512,
    read: ({ pending }) => pending.map(({ tool }) => tool),
    write: (state, texts) => ({
      ...state,
      pending: state.pending.map((request, at) => ({ ...request, tool: texts[at] ?? '' })),
    }),
  },
  {
    floorBytes: 2944,
    read: ({ people }) => people.flatMap(({ name, device }) => [name, device]),
    write: (state, texts) => ({
      ...state,
      people: state.people.map((person, at) => ({
        ...person,
        name: texts[2 * at] ?? '',
        device: texts[2 * at + 1] ?? '',
      })),
    }),
  },
];

/** The state with texts cut until its JSON takes `maxBytes`, or no text can give more. Short texts stay whole. */
export function fairTexts(state: SessionState, maxBytes: number): SessionState {
  let fitted = state;
  for (const { floorBytes, read, write } of GROUPS) {
    const over = jsonBytes(fitted) - maxBytes;
    if (over <= 0) break;
    const texts = read(fitted);
    const sizes = texts.map(textBytes);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const share = shareOf(sizes, Math.max(floorBytes, total - over));
    fitted = write(
      fitted,
      texts.map((text) => jsonCut(text, share)),
    );
  }
  return fitted;
}

/** The size to which the long ones are cut so that all together take `together`. */
function shareOf(sizes: readonly number[], together: number): number {
  let left = together;
  const sorted = sizes.toSorted((a, b) => a - b);
  for (const [at, size] of sorted.entries()) {
    const share = Math.floor(left / (sorted.length - at));
    if (size > share) return share;
    left -= size;
  }
  return Infinity;
}

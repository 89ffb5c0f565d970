// Changes with what stands around them, as the two texts of a diff.
import type { ChangePlace } from './foundEntries.ts';

/** A text and what takes its place. */
export interface Change {
  readonly before: string;
  readonly after: string;
}

/** Between changes that do not stand together. */
const GAP = '⋯';

/** The changes after one another, each in its place where that is known. */
export function changeTexts(changes: readonly Change[], places: readonly ChangePlace[]): Change {
  const around = changes.map((change, at) =>
    inPlace(
      change,
      places.find((place) => place.change === at),
    ),
  );
  const gap = `\n${GAP}\n`;
  return {
    before: around.map(({ before }) => before).join(gap),
    after: around.map(({ after }) => after).join(gap),
  };
}

/** A change with the text on its either side. */
export function inPlace({ before, after }: Change, place: ChangePlace | undefined): Change {
  if (place === undefined) return { before, after };
  const { head, tail } = place;
  return { before: head + before + tail, after: head + after + tail };
}

// The title of a session where there is little room: on the tab of its panel.

/** Characters of a tab at the most: a longer one pushes the others out of the window. */
const MAX_CHARS = 40;

/** The beginning, with an ellipsis if there is more; no character is split. */
export function tabTitle(title: string): string {
  const chars = [...new Intl.Segmenter().segment(title)].map(({ segment }) => segment);
  return chars.length <= MAX_CHARS
    ? title
    : `${chars
        .slice(0, MAX_CHARS - 1)
        .join('')
        .trimEnd()}…`;
}

// Makes characters visible that could make a text look like another one.

// Bidirectional overrides and isolates, zero-width characters, C0 and C1 controls but tab and line feed.
const DECEPTIVE = new RegExp(
  String.raw`[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\u0000-\u0008\u000b-\u001f\u007f-\u009f]`,
  'g',
);

/** The text with deceptive characters spelled as '⟨U+202E⟩'. Carriage returns before a line feed go. */
export function showDeceptive(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(
      DECEPTIVE,
      (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
    );
}

// Makes characters visible that could make a text look like another one.

// Bidirectional overrides and isolates; characters without a picture: soft hyphen, zero-width ones, fillers,
// separators, tags (but those of a flag); C0 and C1 controls but tab and line feed. Joiners and marks of direction
// stay: emoji and right-to-left texts are written with them.
const DECEPTIVE = new RegExp(
  String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]{0,6})[\u{e0000}-\u{e007f}]`,
  'gu',
);

/** The text with deceptive characters spelled as '⟨U+202E⟩'. Carriage returns before a line feed go. */
export function showDeceptive(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(
      DECEPTIVE,
      (character) =>
        `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
    );
}

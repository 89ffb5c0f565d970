// What somebody is asked to allow, with nothing in it that a terminal would not show.

// As in the panel: controls but tab and line feed, bidirectional ones, and characters without a picture.
const DECEPTIVE = new RegExp(
  String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]{0,6})[\u{e0000}-\u{e007f}]`,
  'gu',
);

/** The text with such characters spelled as '⟨U+202E⟩'. */
export function showDeceptive(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(DECEPTIVE, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `⟨U+${code}⟩`;
  });
}

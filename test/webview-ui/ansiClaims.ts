// What must hold of any terminal output, however it is made.
import { expect } from 'vitest';
import { parseAnsi } from '../../webview-ui/text/ansi.ts';

/** Nothing that a terminal or a reader's eye would obey: C0 but tab and line feed, DEL, C1, overrides and isolates of direction. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u202a-\u202e\u2066-\u2069]/u;
const STYLES = new Set([
  ...['foreground', 'background', 'bold', 'dim', 'italic', 'underline', 'strike', 'inverse'],
]);

/** Only text and styles come out, and text that is plain stays. */
export function claimPlain(output: string): void {
  for (const { text, style } of parseAnsi(output)) {
    expect(text).not.toMatch(OBEYED);
    expect(Object.keys(style).filter((key) => !STYLES.has(key))).toEqual([]);
    for (const color of [style.foreground, style.background]) {
      if (color?.kind === 'theme') expect(color.index).toBeLessThan(16);
      if (color?.kind === 'rgb')
        expect(Math.max(color.red, color.green, color.blue)).toBeLessThan(256);
    }
  }
}

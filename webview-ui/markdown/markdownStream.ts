// Growing Markdown: blocks that cannot change any more are rendered once, only the tail again.
import { lexMarkdown, renderTokens } from './markdownParser.ts';

/** What changed: HTML that stays from now on, and the tail, which replaces the tail before it. */
export interface MarkdownStep {
  /** The text is another one than before: forget what was rendered. */
  readonly isReset: boolean;
  readonly stableHtml: string;
  readonly tailHtml: string;
}

/** Renders one text while it grows at its end. */
export class MarkdownStream {
  private text = '';
  private stableLength = 0;

  /** Takes the whole text so far. The last block always stays in the tail: more text may change it. */
  update(text: string): MarkdownStep {
    const isReset = !text.startsWith(this.text);
    if (isReset) this.stableLength = 0;
    this.text = text;
    const tokens = lexMarkdown(text.slice(this.stableLength));
    let last = tokens.length - 1;
    while (last > 0 && tokens[last]?.type === 'space') last--;
    const stable = tokens.slice(0, Math.max(0, last));
    const rawLength = stable.reduce((sum, token) => sum + token.raw.length, 0);
    // A lexer that normalises (tabs, line ends) would make `raw` differ from the source: then nothing is frozen.
    const isExact =
      text.slice(this.stableLength, this.stableLength + rawLength) ===
      stable.map((token) => token.raw).join('');
    if (!isExact) return { isReset, stableHtml: '', tailHtml: renderTokens(tokens) };
    this.stableLength += rawLength;
    return {
      isReset,
      stableHtml: renderTokens(stable),
      tailHtml: renderTokens(tokens.slice(stable.length)),
    };
  }
}

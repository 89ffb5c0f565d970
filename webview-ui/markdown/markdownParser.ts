// Markdown to HTML text: no raw HTML, no images, no links but web and mail. Not sanitised yet.
import { Marked, type Token, type Tokens } from 'marked';
import { safeLink } from './links.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';

/** A top-level block: its source and its tokens. */
export interface MarkdownBlock {
  readonly raw: string;
  readonly tokens: readonly Token[];
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const parser = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
    image: ({ text, href }: Tokens.Image) =>
      `<span class="md-image">${escapeHtml(showDeceptive(text === '' ? href : text))}</span>`,
    link({ href, tokens }: Tokens.Link) {
      const inner = this.parser.parseInline(tokens);
      const url = safeLink(href);
      if (url === undefined) return inner;
      return `<a href="${escapeHtml(url)}" title="${escapeHtml(url)}">${inner}</a>`;
    },
    checkbox: ({ checked }: Tokens.Checkbox) => (checked ? '☑ ' : '☐ '),
    code: ({ text, lang }: Tokens.Code) => {
      const language = /^[\w+#.-]{1,32}/.exec(lang ?? '')?.[0] ?? '';
      return `<pre class="md-code" data-lang="${escapeHtml(language)}"><code>${escapeHtml(text)}</code></pre>`;
    },
  },
});

/** Splits Markdown into its top-level tokens; nested too deeply for the parser it is one plain text. */
export function lexMarkdown(text: string): readonly Token[] {
  try {
    return parser.lexer(text);
  } catch {
    return [{ type: 'html', raw: text, text }];
  }
}

/** HTML of tokens, to be sanitised before it becomes elements. */
export function renderTokens(tokens: readonly Token[]): string {
  try {
    return parser.parser([...tokens]);
  } catch {
    return escapeHtml(tokens.map(({ raw }) => raw).join(''));
  }
}

/** HTML of a whole text, to be sanitised before it becomes elements. */
export function renderMarkdown(text: string): string {
  return renderTokens(lexMarkdown(text));
}

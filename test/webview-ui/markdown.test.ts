// Markdown to HTML text, whole and while it grows. What the browser makes of it is tested in one.
import { describe, expect, it } from 'vitest';
import { safeLink } from '../../webview-ui/markdown/links.ts';
import { renderMarkdown } from '../../webview-ui/markdown/markdownParser.ts';
import { MarkdownStream } from '../../webview-ui/markdown/markdownStream.ts';
import { speakMarkdown } from '../../webview-ui/markdown/speakMarkdown.ts';
import { translate } from '../../webview-ui/strings.ts';
import { busyMs } from '../probes/busyMs.ts';

const LONG = `# Title

First paragraph with **bold** and \`code\`.

- one
- two

  still two

1. a
   - nested

| a | b |
|---|---|
| 1 | 2 |

\`\`\`ts
const x = 1;

const y = 2;
\`\`\`

> quote
> goes on

Last *words*

Setext
---

end`;

function streamed(text: string, step: number): string {
  const stream = new MarkdownStream();
  let stable = '';
  let tail = '';
  for (let end = step; end < text.length + step; end += step) {
    const change = stream.update(text.slice(0, end));
    if (change.isReset) stable = '';
    stable += change.stableHtml;
    tail = change.tailHtml;
  }
  return stable + tail;
}

describe('markdown', () => {
  it.each([1, 2, 3, 7, 40])('streams to the same HTML in steps of %i', (step) => {
    expect(streamed(LONG, step)).toBe(renderMarkdown(LONG));
  });

  it('parses only the tail of a long text', () => {
    const stream = new MarkdownStream();
    const text = 'A paragraph of words.\n\n'.repeat(2000);
    stream.update(text);
    const tails = busyMs(() => {
      for (let n = 0; n < 100; n++) stream.update(`${text}${'more '.repeat(n)}`);
    });
    const wholes = busyMs(() => {
      for (let n = 0; n < 50; n++) renderMarkdown(text);
    });
    expect(tails).toBeLessThan(wholes);
  });

  it('begins again when the text is another one', () => {
    const stream = new MarkdownStream();
    stream.update('one\n\ntwo\n\nthree');
    expect(stream.update('four')).toEqual({
      isReset: true,
      stableHtml: '',
      tailHtml: '<p>four</p>\n',
    });
  });

  it('shows raw HTML as text', () => {
    const html = renderMarkdown('<script>alert(1)</script>\n\nx <img src=x onerror=alert(1)> y');
    expect(html).not.toMatch(/<(?:script|img)/);
    expect(html).toContain('&lt;script&gt;');
  });

  it.each([
    ['quotes', '>'.repeat(20_000)],
    ['lists', '1. '.repeat(10_000)],
  ])('shows %s that are nested without end as they are', (_, text) => {
    expect(renderMarkdown(text).length).toBeGreaterThan(1000);
    expect(new MarkdownStream().update(text).tailHtml.length).toBeGreaterThan(1000);
    expect(speakMarkdown(text, (key) => key).length).toBeGreaterThan(1000);
  });

  it('shows images by their words and loads nothing', () => {
    const html = renderMarkdown('![a cat](https://evil.example/pixel.png)');
    expect(html).toContain('a cat');
    expect(html).not.toMatch(/src=|evil/);
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'command:workbench.action.quit',
    'vscode://x/y',
    'file:///etc/passwd',
    'relative/path',
    '//host/x',
  ])('makes no link of %s', (href) => {
    expect(safeLink(href)).toBeUndefined();
    expect(renderMarkdown(`[words](<${href}>)`)).not.toContain('<a ');
  });

  it('shows where a link of another script leads', () => {
    expect(safeLink('https://аpple.com/')).toBe('https://xn--pple-43d.com/');
    expect(safeLink('https://example.org/a b')).toBe('https://example.org/a%20b');
  });

  it('is spoken without marks, code as its lines', () => {
    const t: Parameters<typeof speakMarkdown>[1] = (key, ...values) => translate({}, key, values);
    expect(speakMarkdown('**Done.** See `x`:\n\n```ts\na\nb\n```\n\n- one\n- two', t)).toBe(
      'Done. See x: Code, 2 lines of ts. one two',
    );
  });
});

// What sanitised Markdown gets on top: text direction per block, and a head with Copy on code.
import { highlight } from '../text/highlight.ts';
import type { Ui } from '../ui.ts';

const BLOCKS = 'p, h1, h2, h3, h4, h5, h6, li, blockquote, td, th';

/** Adds to the elements of `fragment` what only we may add. */
export function decorateMarkdown(fragment: DocumentFragment, ui: Ui): void {
  for (const block of fragment.querySelectorAll(BLOCKS)) block.setAttribute('dir', 'auto');
  // A wide table scrolls by itself instead of widening the panel.
  for (const table of fragment.querySelectorAll('table')) {
    const frame = document.createElement('div');
    frame.className = 'md-table';
    frame.tabIndex = 0;
    frame.setAttribute('role', 'region');
    frame.setAttribute('aria-label', ui.t('Table'));
    table.replaceWith(frame);
    frame.append(table);
  }
  for (const pre of fragment.querySelectorAll('pre.md-code')) decorateCode(pre, ui);
}

function decorateCode(pre: Element, ui: Ui): void {
  const language = pre.getAttribute('data-lang') ?? '';
  const code = pre.querySelector('code');
  const text = code?.textContent ?? '';
  const frame = document.createElement('div');
  frame.className = 'code';
  frame.dir = 'ltr';
  const head = document.createElement('div');
  head.className = 'code-head';
  const label = document.createElement('span');
  label.textContent = language;
  const copy = document.createElement('button');
  copy.type = 'button';
  copy.className = 'link-button';
  copy.textContent = ui.t('Copy');
  copy.setAttribute('aria-label', ui.t('Copy code'));
  copy.addEventListener('click', () => {
    ui.post({ type: 'copy', text });
    copy.textContent = ui.t('Copied');
  });
  head.append(label, copy);
  pre.replaceWith(frame);
  if (pre instanceof HTMLElement) pre.tabIndex = 0;
  if (code !== null) code.replaceChildren(...highlight(text, language).map(pieceNode));
  frame.append(head, pre);
}

function pieceNode(piece: { readonly text: string; readonly kind?: string }): Node {
  if (piece.kind === undefined) return document.createTextNode(piece.text);
  const span = document.createElement('span');
  span.className = `hl-${piece.kind}`;
  span.textContent = piece.text;
  return span;
}

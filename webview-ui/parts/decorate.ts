// What sanitised Markdown gets on top: text direction per block, and a head with Copy on code.
import type { CodePiece } from '../text/codePieces.ts';
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
    // As it is now: code that streams grows.
    ui.post({ type: 'copy', text: pre.querySelector('code')?.textContent ?? '' });
    copy.textContent = ui.t('Copied');
  });
  const wrap = document.createElement('button');
  wrap.type = 'button';
  wrap.className = 'link-button';
  wrap.textContent = ui.t('Wrap lines');
  wrap.setAttribute('aria-pressed', 'false');
  wrap.addEventListener('click', () => {
    const isWrapped = pre.classList.toggle('md-wrapped');
    wrap.setAttribute('aria-pressed', String(isWrapped));
  });
  const buttons = document.createElement('span');
  buttons.className = 'code-buttons';
  buttons.append(wrap, copy);
  head.append(label, buttons);
  pre.replaceWith(frame);
  if (pre instanceof HTMLElement) pre.tabIndex = 0;
  frame.append(head, pre);
}

/** Colours the code in these elements as soon as that can be done; code that has changed meanwhile is left. Gives what ends the wait. */
export function colourCode(elements: readonly Element[], ui: Ui): () => void {
  const codes = elements.flatMap((element) => [...element.querySelectorAll('pre.md-code > code')]);
  const ends = codes.map((code) => {
    if (code.hasAttribute('data-coloured')) return () => undefined;
    const text = code.textContent;
    const language = code.parentElement?.getAttribute('data-lang') ?? '';
    return ui.store.code.pieces(text, language.toLowerCase()).subscribe((pieces) => {
      if (pieces === undefined || code.textContent !== text) return;
      code.replaceChildren(...pieces.map(pieceNode));
      code.setAttribute('data-coloured', '');
    });
  });
  return () => {
    for (const end of ends) end();
  };
}

function pieceNode({ text, kind }: CodePiece): Node {
  if (kind === undefined) return document.createTextNode(text);
  const span = document.createElement('span');
  span.className = `hl-${kind}`;
  span.textContent = text;
  return span;
}

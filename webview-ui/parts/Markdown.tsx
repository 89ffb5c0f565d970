// Markdown as elements: finished texts at once, streaming ones block by block.
import type { Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { renderMarkdown } from '../markdown/markdownParser.ts';
import { MarkdownStream } from '../markdown/markdownStream.ts';
import { sanitizeHtml } from '../markdown/sanitize.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { type Ui, useUi } from '../ui.ts';
import { decorateMarkdown } from './decorate.ts';

// Rendering that takes longer is not done in every frame.
const MAX_FRAME_MS = 6;

/** Opens links through the extension: the page itself never navigates. */
function handleClick(event: MouseEvent, ui: Ui): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null) return;
  event.preventDefault();
  // VS Code would open it once more.
  event.stopPropagation();
  if (event.type === 'auxclick' && event.button !== 1) return;
  ui.post({ type: 'open-link', url: link.href });
}

function useLinks(ui: Ui) {
  const handle = (event: MouseEvent): void => handleClick(event, ui);
  return { onClick: handle, onAuxClick: handle };
}

/** A finished text. */
export function Markdown({ text }: { readonly text: string }) {
  const ui = useUi();
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const fragment = sanitizeHtml(renderMarkdown(showDeceptive(text)));
    decorateMarkdown(fragment, ui);
    ref.current?.replaceChildren(fragment);
  }, [text]);
  return <div class="md" ref={ref} {...useLinks(ui)} />;
}

/** Renders `text` as it grows into `element`; gives what ends it. */
function renderStream(element: HTMLElement, text: Signal<string>, ui: Ui): () => void {
  const stream = new MarkdownStream();
  let stableNodes = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const append = (html: string): void => {
    const fragment = sanitizeHtml(html);
    decorateMarkdown(fragment, ui);
    element.append(fragment);
  };
  let tookMs = 0;
  const render = (): void => {
    timer = undefined;
    const start = performance.now();
    const step = stream.update(showDeceptive(text.peek()));
    if (step.isReset) stableNodes = 0;
    while (element.childNodes.length > stableNodes) element.lastChild?.remove();
    if (step.stableHtml !== '') {
      append(step.stableHtml);
      stableNodes = element.childNodes.length;
    }
    append(step.tailHtml);
    tookMs = performance.now() - start;
  };
  const end = text.subscribe(() => {
    if (timer !== undefined) return;
    // A long last block (a big listing) is rendered again each time: not more than a fifth of the time goes into it.
    if (tookMs < MAX_FRAME_MS) render();
    else timer = setTimeout(render, tookMs * 4);
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}

/** A text that grows; each change renders only its last block. */
export function StreamingMarkdown({ text }: { readonly text: Signal<string> }) {
  const ui = useUi();
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(
    () => (ref.current === null ? undefined : renderStream(ref.current, text, ui)),
    [text],
  );
  return <div class="md" ref={ref} {...useLinks(ui)} />;
}

// Markdown as elements: finished texts at once, streaming ones block by block.
import type { Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { renderMarkdown } from '../markdown/markdownParser.ts';
import { MarkdownStream } from '../markdown/markdownStream.ts';
import { sanitizeHtml } from '../markdown/sanitize.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { type Ui, useUi } from '../ui.ts';
import { colourCode, decorateMarkdown } from './decorate.ts';
import { morphChildren } from './morph.ts';

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
    const element = ref.current;
    if (element === null) return undefined;
    const streamed = ui.store.rendered.take(text);
    element.replaceChildren(...(streamed ?? [elementsOf(renderMarkdown(showDeceptive(text)), ui)]));
    return colourCode([...element.children], ui);
  }, [text]);
  return <div class="md" ref={ref} {...useLinks(ui)} />;
}

function elementsOf(html: string, ui: Ui): DocumentFragment {
  const fragment = sanitizeHtml(html);
  decorateMarkdown(fragment, ui);
  return fragment;
}

/** Renders `text` as it grows into `element`; gives what ends it. */
function renderStream(element: HTMLElement, text: Signal<string>, ui: Ui): () => void {
  const stream = new MarkdownStream();
  const colours: (() => void)[] = [];
  let stableNodes = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tookMs = 0;
  const render = (): void => {
    timer = undefined;
    const start = performance.now();
    const step = stream.update(showDeceptive(text.peek()));
    if (step.isReset) stableNodes = 0;
    const next = elementsOf(step.stableHtml, ui);
    const stableFrom = stableNodes;
    const stableCount = next.childNodes.length;
    next.append(elementsOf(step.tailHtml, ui));
    // What was the tail and stays as it is now, stays where it is too.
    morphChildren(element, stableFrom, next);
    stableNodes = stableFrom + stableCount;
    const finished = [...element.childNodes].slice(stableFrom, stableNodes);
    colours.push(colourCode(finished.filter(isElement), ui));
    tookMs = performance.now() - start;
  };
  const end = text.subscribe(() => {
    if (timer !== undefined) return;
    // A long last block (a big listing) is parsed again each time: not more than a fifth of the time goes into it.
    if (tookMs < MAX_FRAME_MS) render();
    else timer = setTimeout(render, tookMs * 4);
  });
  return () => {
    end();
    for (const stop of colours) stop();
    if (timer !== undefined) {
      clearTimeout(timer);
      render();
    }
    ui.store.rendered.leave(text.peek(), [...element.childNodes]);
  };
}

function isElement(node: Node): node is Element {
  return node instanceof Element;
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

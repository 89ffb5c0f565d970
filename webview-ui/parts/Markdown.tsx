// Markdown as elements: finished texts at once, streaming ones block by block.
import type { Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { renderMarkdown } from '../markdown/markdownParser.ts';
import { MarkdownStream } from '../markdown/markdownStream.ts';
import { sanitizeHtml } from '../markdown/sanitize.ts';
import { type Ui, useUi } from '../ui.ts';
import { decorateMarkdown } from './decorate.ts';

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
    const fragment = sanitizeHtml(renderMarkdown(text));
    decorateMarkdown(fragment, ui);
    ref.current?.replaceChildren(fragment);
  }, [text]);
  return <div class="md" ref={ref} {...useLinks(ui)} />;
}

/** A text that grows; each change renders only its last block. */
export function StreamingMarkdown({ text }: { readonly text: Signal<string> }) {
  const ui = useUi();
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const stream = new MarkdownStream();
    let stableNodes = 0;
    return text.subscribe((value) => {
      const element = ref.current;
      if (element === null) return;
      const step = stream.update(value);
      if (step.isReset) stableNodes = 0;
      while (element.childNodes.length > stableNodes) element.lastChild?.remove();
      if (step.stableHtml !== '') {
        const stable = sanitizeHtml(step.stableHtml);
        decorateMarkdown(stable, ui);
        element.append(stable);
        stableNodes = element.childNodes.length;
      }
      const tail = sanitizeHtml(step.tailHtml);
      decorateMarkdown(tail, ui);
      element.append(tail);
    });
  }, [text]);
  return <div class="md" ref={ref} {...useLinks(ui)} />;
}

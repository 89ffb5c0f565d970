// What the panel is measured beside: a list that renders all of itself anew whenever anything of it changes.
import { renderMarkdown } from '../markdown/markdownParser.ts';
import { sanitizeHtml } from '../markdown/sanitize.ts';
import '../styles/panel.css';
import { manyEntries } from './manyEntries.ts';
import { applyTheme, GALLERY_THEMES } from './themes.ts';

declare global {
  interface Window {
    control: NaiveTranscript;
  }
}

/** Rows are made once; all of them become elements of the page again at each change. */
class NaiveTranscript {
  private readonly element: HTMLElement;
  private rows = new DocumentFragment();
  private answer = '';

  constructor(element: HTMLElement) {
    this.element = element;
    // Where the list stands is part of its state.
    element.addEventListener('scroll', () => this.render(element.scrollTop));
  }

  /** Shows so many entries, at their end. */
  fill(count: number): void {
    for (const { entry } of manyEntries(count)) {
      this.rows.append(rowOf(textOf(entry)));
    }
    this.render(Number.MAX_SAFE_INTEGER);
  }

  /** Adds to the answer that streams. */
  append(text: string): void {
    this.answer += text;
    this.render(Number.MAX_SAFE_INTEGER);
  }

  /** Moves the list. */
  scrollTo(top: number): void {
    this.element.scrollTop = top;
  }

  private render(top: number): void {
    this.element.replaceChildren(this.rows.cloneNode(true), rowOf(this.answer));
    this.element.scrollTop = top;
  }
}

function rowOf(text: string): HTMLElement {
  const row = document.createElement('article');
  row.className = 'row';
  row.append(sanitizeHtml(renderMarkdown(text)));
  return row;
}

function textOf(entry: ReturnType<typeof manyEntries>[number]['entry']): string {
  return 'text' in entry && typeof entry.text === 'string' ? entry.text : entry.kind;
}

const element = document.getElementById('app');
if (element === null) throw new Error('invariant: the page has no #app');
if (GALLERY_THEMES['dark'] !== undefined) applyTheme(GALLERY_THEMES['dark']);
const frame = document.createElement('div');
frame.className = 'transcript';
element.append(frame);
window.control = new NaiveTranscript(frame);

// Hostile texts in the panel's page, in any browser: what ran, what was tried, what was loaded, where it went.
import * as z from 'zod/mini';
import { hostileEntries } from './hostileEntries.ts';

/** A page of a browser, whatever drives it. */
export interface Tab {
  go(url: string): Promise<void>;
  /** The value of an expression; a promise is waited for. */
  evaluate(expression: string): Promise<unknown>;
}

/** What a page has seen since `watchTab`. */
const seenSchema = z.object({
  /** Calls of what a payload calls to show that it runs. */
  hits: z.number(),
  /** What the page's policy had to stop: the panel had let it through. */
  stopped: z.array(z.string()),
  /** Addresses that were loaded or asked for and are not the page's own. */
  foreign: z.array(z.string()),
  /** Elements that no text may make. */
  forbidden: z.number(),
  rows: z.number(),
  live: z.number(),
  href: z.string(),
});
export type Seen = z.infer<typeof seenSchema>;

const FORBIDDEN = '.panel :is(script, iframe, img, style, form, object, embed, base, link, meta)';

/** Hooks what payloads call, and what tells of attempts. */
export async function watchTab(tab: Tab): Promise<void> {
  await tab.evaluate(`(() => {
    const seen = { hits: 0, stopped: [] };
    window.seen = seen;
    for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', '__hit'])
      window[name] = () => void seen.hits++;
    document.addEventListener('securitypolicyviolation', (event) =>
      seen.stopped.push(event.effectiveDirective + ' ' + event.blockedURI));
    return true;
  })()`);
}

/** Puts texts into a page without any protection; gives how many ran something. */
export async function runUnprotected(tab: Tab, texts: readonly string[]): Promise<number> {
  await watchTab(tab);
  const hits = await tab.evaluate(`new Promise((resolve) => {
    for (const text of ${JSON.stringify(texts)}) {
      const place = document.createElement('div');
      document.body.append(place);
      place.innerHTML = text;
    }
    const look = (left) =>
      window.seen.hits > 0 || left === 0 ? resolve(window.seen.hits) : setTimeout(look, 20, left - 1);
    look(100);
  })`);
  return z.number().parse(hits);
}

/** Shows texts in the transcript and while they are streamed, touches everything, and gives what was seen. */
export async function showTexts(
  tab: Tab,
  texts: readonly string[],
  places: 'all' | number,
): Promise<Seen & { readonly entries: number }> {
  const entries = texts.flatMap((text, at) => hostileEntries(text, at * 10, places));
  const blocks = texts.map((text, at) => ({ messageId: `l${at}`, block: 0, type: 'text', text }));
  const messages = [
    { type: 'entries', entries, hasOlder: false },
    { type: 'live', blocks },
  ];
  const seen = await tab.evaluate(`new Promise((resolve) => {
    window.gallery.sendRaw(...${JSON.stringify(messages)});
    requestAnimationFrame(() => requestAnimationFrame(() => {
      for (const element of document.querySelectorAll('.transcript-rows *'))
        for (const type of ['mouseover', 'mouseenter', 'focus', 'toggle', 'animationstart', 'click'])
          if (element.tagName !== 'BUTTON')
            element.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
      const own = (name) => name.startsWith(location.origin) || name.startsWith('data:image/');
      resolve({
        ...window.seen,
        foreign: performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => !own(name)),
        forbidden: document.querySelectorAll(${JSON.stringify(FORBIDDEN)}).length,
        rows: document.querySelectorAll('.row').length,
        live: document.querySelectorAll('[data-live]').length,
        href: location.href,
      });
    }));
  })`);
  return { ...seenSchema.parse(seen), entries: entries.length };
}

// Finds what a person would call broken in a page, whatever it shows: covered or unreachable controls, cut words, small targets.
import type { Page } from 'playwright-core';

/** What is looked for. */
export interface LayoutOptions {
  /** Whether fingers press here: targets have 44 px then. */
  readonly isCoarse?: boolean;
}

/** Smallest side of a target for fingers, CSS px. */
const TARGET_PX = 44;

/** Floats over the rest on purpose, until it is closed or scrolled away from. */
const FLOATING = '.people-list, .jump, .drop-target, [popover], dialog, .floating, [data-floating]';

/** Faults of the page as it stands, each a line; scrolls what is scrolled to find out whether it can be reached. */
export function layoutFaults(
  page: Page,
  { isCoarse = false }: LayoutOptions = {},
): Promise<string[]> {
  return page.evaluate(findFaults, { floating: FLOATING, targetPx: isCoarse ? TARGET_PX : 0 });
}

/** Runs in the page, so that everything it needs stands inside. */
function findFaults({
  floating,
  targetPx,
}: {
  readonly floating: string;
  readonly targetPx: number;
}): string[] {
  const CONTROLS =
    'button, a[href], input, select, textarea, summary, [tabindex="0"], [role=button], [role=option], label.option';
  const faults = new Set<string>();
  const name = (element: Element): string => {
    const head = element.outerHTML.slice(0, element.outerHTML.indexOf('>') + 1).slice(0, 120);
    return `${head}${(element.textContent ?? '').trim().slice(0, 40)}`;
  };
  const isShown = (element: Element): boolean =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    element.closest('.sr-only') === null;
  const scrolls = (element: Element): boolean =>
    /auto|scroll/.test(getComputedStyle(element).overflowY + getComputedStyle(element).overflowX);
  const clips = (element: Element): boolean =>
    getComputedStyle(element).overflowX !== 'visible' ||
    getComputedStyle(element).overflowY !== 'visible';

  /** Whether something below the panel ends its line or scrolls it. */
  const framed = (element: Element): boolean => {
    for (let up: Element | null = element; up !== null; up = up.parentElement) {
      const { textOverflow, overflowX } = getComputedStyle(up);
      if (textOverflow === 'ellipsis') return true;
      if (/auto|scroll/.test(overflowX) && up.scrollWidth > up.clientWidth) return true;
    }
    return false;
  };

  /** What of an element is in sight. */
  const seen = (element: Element): DOMRect | undefined => {
    let { left, top, right, bottom } = element.getBoundingClientRect();
    const cut = (box: { left: number; top: number; right: number; bottom: number }): void => {
      left = Math.max(left, box.left);
      top = Math.max(top, box.top);
      right = Math.min(right, box.right);
      bottom = Math.min(bottom, box.bottom);
    };
    cut({ left: 0, top: 0, right: innerWidth, bottom: innerHeight });
    for (let up = element.parentElement; up !== null; up = up.parentElement) {
      if (clips(up)) cut(up.getBoundingClientRect());
      if (getComputedStyle(up).position === 'fixed') break;
    }
    return right - left < 3 || bottom - top < 3
      ? undefined
      : new DOMRect(left, top, right - left, bottom - top);
  };
  const isKin = (one: Element, other: Element): boolean =>
    one.contains(other) ||
    other.contains(one) ||
    (one instanceof HTMLInputElement && one.labels?.[0]?.contains(other) === true);
  /** A head or foot that stays while its own list goes by beneath it. */
  const isStuck = (cover: Element, element: Element): boolean => {
    for (let up: Element | null = cover; up !== null; up = up.parentElement) {
      if (getComputedStyle(up).position !== 'sticky') continue;
      let scroller = up.parentElement;
      while (scroller !== null && !scrolls(scroller)) scroller = scroller.parentElement;
      return scroller?.contains(element) === true;
    }
    return false;
  };
  /** What lies over the middle of an element's visible part. */
  const cover = (element: Element): Element | undefined => {
    const box = seen(element);
    if (box === undefined) return undefined;
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (hit === null || isKin(element, hit)) return undefined;
    return hit.closest(floating) === null ? hit : undefined;
  };

  const controls = [...document.querySelectorAll(CONTROLS)].filter(
    (element) => isShown(element) && getComputedStyle(element).pointerEvents !== 'none',
  );
  for (const element of controls) {
    const over = cover(element);
    if (over !== undefined && !isStuck(over, element)) {
      faults.add(`covered: ${name(element)} by ${name(over)}`);
    }
  }

  // Two controls that share pixels: a press between them is anybody's guess.
  const boxes = controls.map((element) => ({ element, box: seen(element) }));
  for (const [at, { element, box }] of boxes.entries()) {
    for (const other of boxes.slice(at + 1)) {
      if (box === undefined || other.box === undefined || isKin(element, other.element)) continue;
      if (isKin(other.element, element)) continue;
      const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
      const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
      const floats = [element, other.element].some((one) => one.closest(floating) !== null);
      const sticks = isStuck(element, other.element) || isStuck(other.element, element);
      if (wide > 2 && high > 2 && !floats && !sticks) {
        faults.add(`overlap: ${name(element)} and ${name(other.element)}`);
      }
    }
  }

  // Words.
  for (const element of document.querySelectorAll('body *')) {
    if (!isShown(element) || element.closest('svg, textarea, select, [aria-hidden=true]') !== null)
      continue;
    const ownWords = [...element.childNodes].filter(
      (node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '',
    );
    const style = getComputedStyle(element);
    const hides = (overflow: string): boolean => overflow === 'hidden' || overflow === 'clip';
    const hasText = (element.textContent ?? '').trim() !== '';
    if (hasText && hides(style.overflowX) && element.scrollWidth > element.clientWidth + 1) {
      const isTold =
        style.textOverflow === 'ellipsis' &&
        element.closest('[title], [aria-expanded], summary, [role=option]') !== null;
      if (!isTold && style.display !== 'inline') {
        faults.add(`cut sideways: ${name(element)}`);
      }
    }
    const isClamped = style.webkitLineClamp !== 'none';
    if (hasText && hides(style.overflowY) && !isClamped && style.display !== 'inline') {
      if (element.scrollHeight > element.clientHeight + 2 && element !== document.body) {
        faults.add(`cut below: ${name(element)}`);
      }
    }
    if (ownWords.length === 0) continue;
    const outer = element.getBoundingClientRect();
    // What is cut with an ellipsis, and what scrolls by itself, ends where its frame does.
    const isFramed = framed(element);
    if (
      !isFramed &&
      seen(element) !== undefined &&
      (outer.right > innerWidth + 1 || outer.left < -1)
    ) {
      faults.add(`beyond the edge: ${name(element)}`);
    }
    // “Dismi/ss”: a short word on a control stands on one line.
    if (element.closest('button, summary, .tag, h1, h2, h3, legend') === null) continue;
    for (const node of ownWords) {
      for (const word of (node.textContent ?? '').matchAll(/\S{2,16}(?!\S)/g)) {
        const before = (node.textContent ?? '')[word.index - 1] ?? ' ';
        if (/\S/.test(before)) continue;
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const tops = [...range.getClientRects()].map(({ top }) => Math.round(top));
        if (tops.length > 1 && Math.max(...tops) - Math.min(...tops) > 4) {
          faults.add(`broken word “${word[0]}”: ${name(element)}`);
        }
      }
    }
  }
  const { scrollingElement } = document;
  if (scrollingElement !== null && scrollingElement.scrollWidth > innerWidth) {
    faults.add(`the page scrolls sideways: ${scrollingElement.scrollWidth} of ${innerWidth}`);
  }

  // Targets.
  for (const element of targetPx > 0 ? controls : []) {
    const isWords = element.closest('.md, p, pre') !== null && element.matches('a');
    const isPlace = element.matches('[tabindex="0"]:not(button, [role=button], summary, a)');
    if (isWords || isPlace || element.matches('input[type=radio], input[type=checkbox]')) continue;
    const { width, height } = element.getBoundingClientRect();
    if (height < targetPx - 0.5 || width < targetPx - 0.5) {
      faults.add(`small: ${Math.round(width)} × ${Math.round(height)} ${name(element)}`);
    }
  }

  // Reach: what is scrolled into view is there, whole and on top. The transcript moves its rows by itself.
  for (const element of controls) {
    if (element.closest('.transcript') !== null || element.closest(floating) !== null) continue;
    if (!element.isConnected) continue;
    element.scrollIntoView({ block: 'center', behavior: 'instant' });
    const whole = element.getBoundingClientRect();
    const box = seen(element);
    const over = cover(element);
    if (box === undefined || box.height < Math.min(whole.height, 24) - 1) {
      faults.add(`out of reach: ${name(element)}`);
    } else if (over !== undefined) faults.add(`always covered: ${name(element)} by ${name(over)}`);
  }
  return [...faults];
}

// The states of the panel and the sizes of its window, and what a person would call broken there.
import { HEADERS } from '../../webview-ui/gallery/sampleHeaders.ts';
import { REQUEST_NAMES } from '../../webview-ui/gallery/sampleRequests.ts';
import type { Page } from 'playwright-core';
import { type GalleryRig, nextFrames } from './galleryRig.ts';
import { layoutFaults } from './layoutFaults.ts';

/** A window, in CSS px: 500 × 450 and 640 × 400 are common ones at 200 % zoom. */
export interface Size {
  readonly width: number;
  readonly height: number;
  /** Whether fingers press here. */
  readonly isCoarse?: boolean;
}

/** All sizes. */
export const SIZES: readonly Size[] = [
  { width: 240, height: 800 },
  { width: 500, height: 450 },
  { width: 640, height: 400 },
  { width: 1280, height: 800 },
  { width: 390, height: 844, isCoarse: true },
  { width: 768, height: 1024, isCoarse: true },
];

/** Everything that can stand at the bottom at once. */
export const CROWDED = 'state=asked&request=permission&outbox&draft=a%0Ab%0Ac%0Ad';

/** States as queries of the gallery: each header, each request, and much at once. */
export const STATES: readonly string[] = [
  ...Object.keys(HEADERS).map((state) => `state=${state}`),
  ...REQUEST_NAMES.map((request) => `request=${request}`),
  CROWDED,
  'outbox&live',
  'empty',
  'state=queued&outbox&request=question',
  'state=viewer&draft=kept',
  'menu=/',
  'menu=@',
  'state=asked&request=permission&picker',
];

/** Faults of one state at some sizes, each a line that begins with the size. */
export async function faultsAt(
  rig: GalleryRig,
  query: string,
  sizes: readonly Size[],
): Promise<string[]> {
  const found: string[] = [];
  for (const isCoarse of [false, true]) {
    const own = sizes.filter((size) => (size.isCoarse ?? false) === isCoarse);
    if (own.length === 0) continue;
    const kind = isCoarse ? { hasTouch: true, isMobile: true } : {};
    const [first] = own;
    const page = await rig.open(query, { ...kind, viewport: first ?? null });
    if (query.includes('outbox')) await page.waitForSelector('.outbox-failed');
    if (query.includes('live')) await page.waitForSelector('[data-live]');
    await openMenu(page, query);
    for (const { width, height } of own) {
      await page.setViewportSize({ width, height });
      await nextFrames(page);
      const faults = [...(await missing(page)), ...(await layoutFaults(page, { isCoarse }))];
      found.push(...faults.map((fault) => `${width} × ${height}: ${fault}`));
    }
  }
  return found;
}

/** Opens what the query names: a typed menu, or the first picker. */
async function openMenu(page: Page, query: string): Promise<void> {
  const typed = new URLSearchParams(query).get('menu');
  if (typed !== null) await page.fill('#composer', typed);
  if (query.includes('picker')) await page.locator('.picker').first().click();
  if (typed !== null || query.includes('picker')) await page.waitForSelector('.menu .choice');
}

/** What must be in sight without scrolling: some of the transcript, who has control, the whole composer. */
function missing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    for (const [place, minPx] of [
      ['.transcript', 40],
      ['.control', 20],
      ['.composer', 30],
    ] as const) {
      const box = document.querySelector(place)?.getBoundingClientRect();
      if (box === undefined) continue;
      const { top, bottom, height } = box;
      if (top < 0 || bottom > innerHeight || height < minPx) {
        faults.push(`not in sight: ${place} from ${Math.round(top)} to ${Math.round(bottom)}`);
      }
    }
    return faults;
  });
}

/** What a sheet shows: all entries, then all that can stand around them. */
export const SHEET_STATES: readonly string[] = [
  'state=owner&live',
  'state=asked&request=permission&outbox&draft=a%0Ab',
  'state=others&request=question&request=plan',
  'state=offline&request=edit',
  'state=stopped&request=form',
  'state=problem&request=address&request=loopback',
  'state=over',
];

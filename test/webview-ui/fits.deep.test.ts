// The panel at every size in every state: nothing lies over another, nothing is cut, nothing is out of reach.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faultsAt, SIZES, STATES } from './fits.ts';
import { GalleryRig } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

it.each(STATES)('fits at every size: %s', async (query) => {
  expect(await faultsAt(rig, query, SIZES)).toEqual([]);
});

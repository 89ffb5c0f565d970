// Some states of the panel at all sizes; `fits.deep.test.ts` has all of them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CROWDED, faultsAt, SIZES } from './fits.ts';
import { GalleryRig } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

it.each([CROWDED, 'state=others&request=form'])(
  '[LO1] nothing is covered, cut or out of reach at any size: %s',
  async (query) => {
    expect(await faultsAt(rig, query, SIZES)).toEqual([]);
  },
);

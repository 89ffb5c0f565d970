// Attaching in a real browser: pasted, dropped and picked, made smaller, and refused with the reason.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { GalleryRig, posted } from './galleryRig.ts';

let rig: GalleryRig;
let page: Page;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());
beforeEach(async () => {
  page = await rig.open('state=owner');
});

/** What a file is made of in the page. */
type Made =
  /** A drawn picture. */
  | { readonly width: number; readonly height: number; readonly type?: string }
  /** Bytes. */
  | { readonly bytes: readonly number[] | number; readonly type: string };

/** Lets files come into the panel by a paste into the composer, or a drop on the page. */
async function bring(how: 'paste' | 'drop', files: readonly (Made & { name: string })[]) {
  await page.evaluate(
    async ([by, json]) => {
      // It is what stands in `files`.
      const made = JSON.parse(json) as (Record<string, unknown> & { name: string })[];
      const data = new DataTransfer();
      for (const { name, width, height, type, bytes } of made) {
        let blob: Blob | null;
        if (typeof width === 'number' && typeof height === 'number') {
          const canvas = document.createElement('canvas');
          Object.assign(canvas, { width, height });
          const context = canvas.getContext('2d');
          for (let i = 0; context && i < 4000; i += 1) {
            context.fillStyle = `hsl(${(i * 37) % 360} 80% 50%)`;
            context.fillRect((i * 131) % width, (i * 197) % height, 90, 90);
          }
          blob = await new Promise((done) =>
            canvas.toBlob(done, typeof type === 'string' ? type : 'image/png', 1),
          );
        } else {
          const content = Array.isArray(bytes)
            ? // Numbers, as above.
              new Uint8Array(bytes as number[])
            : new Uint8Array(Number(bytes));
          blob = new Blob([content], { type: String(type) });
        }
        if (blob) data.items.add(new File([blob], name, { type: blob.type }));
      }
      const composer = document.querySelector('#composer');
      const options = { bubbles: true, cancelable: true };
      if (by === 'paste') {
        composer?.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: data }));
      } else {
        composer?.dispatchEvent(new DragEvent('dragover', { ...options, dataTransfer: data }));
        composer?.dispatchEvent(new DragEvent('drop', { ...options, dataTransfer: data }));
      }
    },
    [how, JSON.stringify(files)] as const,
  );
}

const chips = () => page.locator('.attachment');

it('[I7] a pasted picture stands in the strip with a small one of it, and can be removed', async () => {
  await bring('paste', [{ name: 'shot.png', width: 640, height: 400 }]);
  await chips().getByText('shot.png').waitFor();
  const [attach] = await posted(page, 'attach');
  expect(attach).toMatchObject({ use: 'picture', name: 'shot.png' });
  expect(attach?.note).toBeUndefined();
  expect(attach?.thumb).toMatch(/^data:image\/jpeg;base64,/);
  await page.getByRole('button', { name: 'Remove shot.png' }).click();
  await chips().waitFor({ state: 'detached' });
});

it('[I7] a large picture is made smaller, and says so', async () => {
  await bring('drop', [{ name: 'photo.jpg', width: 4000, height: 3000, type: 'image/jpeg' }]);
  await chips().getByText('Made smaller: 2000 × 1500').waitFor();
  const [attach] = await posted(page, 'attach');
  expect((attach?.base64.length ?? 0) * 0.75).toBeLessThan(3.75 * 1024 * 1024);
});

it('[I7] what is no picture is refused by name, and what is one comes in beside it', async () => {
  await bring('paste', [
    { name: 'lies.png', bytes: [1, 2, 3, 4], type: 'image/png' },
    { name: 'true.png', width: 20, height: 20 },
  ]);
  await page.getByText('lies.png is no picture that can be read').waitFor();
  await chips().getByText('true.png').waitFor();
  expect(await chips().count()).toBe(1);
});

it('[I7] 50 MB are refused before they are read', async () => {
  await bring('drop', [{ name: 'film.mov', bytes: 50 * 1024 * 1024, type: 'video/mp4' }]);
  await page.getByText('film.mov has 50.0 MB: 32.0 MB go with one prompt.').waitFor();
  expect(await posted(page, 'attach')).toEqual([]);
});

it('[I7] of a picture that moves the first one is sent, and it says so', async () => {
  // Two frames of one pixel, repeated for ever.
  const frame = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
  const loop = [0x21, 0xff, 11, ...Buffer.from('NETSCAPE2.0'), 3, 1, 0, 0, 0];
  const screen = [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255];
  const bytes = [...Buffer.from('GIF89a'), ...screen, ...loop, ...frame, ...frame, 0x3b];
  await bring('paste', [{ name: 'dance.gif', bytes, type: 'image/gif' }]);
  await chips().getByText('It moves: only its first picture is sent.').waitFor();
  const [attach] = await posted(page, 'attach');
  expect(
    Buffer.from(attach?.base64 ?? '', 'base64url')
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
});

it('[I7] a picture with more pixels than memory takes is refused by its head', async () => {
  const size = [0, 1, 0x86, 0xa0];
  const head = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13];
  const bytes = [...head, ...Buffer.from('IHDR'), ...size, ...size, 8, 6, 0, 0, 0];
  await bring('paste', [{ name: 'bomb.png', bytes, type: 'image/png' }]);
  await page.getByText('bomb.png has too many pixels').waitFor();
});

it('[I7] a picture goes without a text; a file is a file', async () => {
  await bring('drop', [{ name: 'notes.pdf', bytes: [37, 80, 68, 70], type: 'application/pdf' }]);
  await chips().getByText('notes.pdf').waitFor();
  expect(await posted(page, 'attach')).toMatchObject([{ use: 'file', name: 'notes.pdf' }]);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('1 attached').waitFor();
  expect(await posted(page, 'prompt')).toEqual([{ type: 'prompt', text: '' }]);
  expect(await chips().count()).toBe(0);
});

it('[I7] what is picked comes in like what is dropped', async () => {
  const input = page.locator('.composer input[type=file]');
  await input.setInputFiles({
    name: 'log.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('one\n'),
  });
  await chips().getByText('log.txt').waitFor();
});

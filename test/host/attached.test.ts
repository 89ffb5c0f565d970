// Pictures, files and long prompts on their way from a window to the model: real host, relay and claude.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pngOf } from './pictures.ts';
import { type Guest, HostRig } from './hostRig.ts';

let rig: HostRig;
let ada: Guest & { readonly session: string };

beforeAll(async () => {
  rig = await HostRig.create();
  await rig.start();
  ada = await (await rig.machine()).startSession();
});
afterAll(() => rig.close());

const lastRequest = (): string => JSON.stringify(rig.model.requests.at(-1)?.body ?? null);

describe('what goes with a prompt', () => {
  it('[I1] a picture is in the model’s request, and in the entry', async () => {
    const bytes = pngOf(64 * 1024);
    const { id } = ada.view.send('prompt', { text: 'what is this? [[text:a picture]]' }, [
      { use: 'picture', bytes },
    ]);
    await ada.until('the model answered', () => ada.text.includes('a picture'));
    expect(lastRequest()).toContain(Buffer.from(bytes).toString('base64'));
    await ada.until('its entry is there', () =>
      ada.ofKind('prompt').some(({ promptId }) => promptId === id),
    );
    const entry = ada.ofKind('prompt').find(({ promptId }) => promptId === id);
    expect(entry?.images).toMatchObject([{ mediaType: 'image/png', totalBytes: bytes.length }]);
  });

  it('[I1] 5 MB reach the model within three seconds', async () => {
    const bytes = pngOf(3.7 * 1024 * 1024);
    const from = performance.now();
    const requests = rig.model.requests.length;
    ada.view.send('prompt', { text: 'and this? [[text:a large one]]' }, [
      { use: 'picture', bytes },
    ]);
    await ada.until('the model is asked', () => rig.model.requests.length > requests);
    const ms = performance.now() - from;
    console.info({ ms });
    expect(ms).toBeLessThan(3_000);
    expect(lastRequest().length).toBeGreaterThan(bytes.length);
    await ada.until('the model answered', () => ada.text.includes('a large one'));
  });

  it('[I1] a prompt of 2 MB reaches the model whole', async () => {
    const text = `${'line of a log\n'.repeat(140_000)}[[text:I read it]]`;
    ada.view.send('prompt', { text });
    await ada.until('the model answered', () => ada.text.includes('I read it'));
    expect(lastRequest()).toContain(JSON.stringify(text).slice(1, -1));
  });
});

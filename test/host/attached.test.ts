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
    const bytes = pngOf(5_000_000);
    const from = performance.now();
    const isAsked = (): boolean =>
      rig.model.requests.some(({ body }) => JSON.stringify(body).includes('[[text:a large one]]'));
    const { id } = ada.view.send('prompt', { text: 'and this? [[text:a large one]]' }, [
      { use: 'picture', bytes },
    ]);
    const status = (): unknown => ada.view.outbox.find((one) => one.id === id)?.status;
    await ada.until('the relay has it', () => status() !== 'sending');
    const sentMs = performance.now() - from;
    await ada.until('the host has it', () => status() === 'done');
    const hostMs = performance.now() - from;
    await ada.until('the model is asked', isAsked);
    const ms = performance.now() - from;
    console.info({ sentMs, hostMs, ms });
    expect(ms).toBeLessThan(3_000);
    await ada.until('the model answered', () => ada.text.includes('a large one'));
  });

  it('[I1] a prompt of 2 MB reaches the model whole', async () => {
    const text = `${'line of a log\n'.repeat(140_000)}[[text:I read it]]`;
    ada.view.send('prompt', { text });
    await ada.until('the model answered', () => ada.text.includes('I read it'));
    expect(lastRequest()).toContain(JSON.stringify(text).slice(1, -1));
  });
});

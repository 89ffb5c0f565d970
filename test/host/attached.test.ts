// Pictures, files and long prompts on their way from a window to the model: real host, relay and claude.
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { pngOf } from './samplePictures.ts';
import { type Guest, HostRig } from './hostRig.ts';

let rig: HostRig;
let ada: Guest & { readonly session: string };

beforeAll(async () => {
  rig = await HostRig.create();
  await rig.start();
  ada = await (await rig.machine()).startSession();
});
afterAll(() => rig.close());

const asked = (): string => JSON.stringify(rig.model.requests.map(({ body }) => body));

describe('what goes with a prompt', () => {
  it('[I1] a picture is in the model’s request, and in the entry', async () => {
    const bytes = pngOf(64 * 1024);
    const { id } = ada.view.send('prompt', { text: 'what is this? [[text:a picture]]' }, [
      { use: 'picture', bytes },
    ]);
    await ada.until('the model answered', () => ada.text.includes('a picture'));
    expect(asked()).toContain(Buffer.from(bytes).toString('base64'));
    await ada.until('its entry is there', () =>
      ada.ofKind('prompt').some(({ promptId }) => promptId === id),
    );
    const entry = ada.ofKind('prompt').find(({ promptId }) => promptId === id);
    expect(entry?.images).toMatchObject([{ mediaType: 'image/png', totalBytes: bytes.length }]);
  });

  it('[I1] a picture of 5 MB reaches the model', async () => {
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
    await ada.until('the model answered', () => ada.text.includes('a large one'));
  });

  it('[I1] a prompt of 2 MB reaches the model whole', async () => {
    const text = `${'line of a log\n'.repeat(140_000)}[[text:I read it]]`;
    ada.view.send('prompt', { text });
    await ada.until('the model answered', () => ada.text.includes('I read it'));
    expect(asked()).toContain(JSON.stringify(text).slice(1, -1));
  });

  it('[I6] a file of the owner is named in the agent’s way, and its text reaches the model', async () => {
    const bytes = utf8Bytes('CANARY-of-a-file\n');
    const { id } = ada.view.send('prompt', { text: 'read it [[text:a file]]' }, [
      { use: 'file', name: '../../my “notes”\u202e.txt', bytes },
    ]);
    await ada.until('the model answered', () => ada.text.includes('a file'));
    expect(asked()).toContain('CANARY-of-a-file');
    const entry = ada.ofKind('prompt').find(({ promptId }) => promptId === id);
    expect(entry).toMatchObject({
      text: 'read it [[text:a file]]',
      files: [{ name: 'my_notes_.txt', totalBytes: bytes.length }],
    });
    expect(readdirSync(rig.project)).toEqual([]);
  });

  it('[I4] what is sent as a picture and is none is refused, and nothing is run', async () => {
    const requests = rig.model.requests.length;
    const { id } = ada.view.send('prompt', { text: 'look' }, [
      { use: 'picture', bytes: utf8Bytes('<svg/>') },
    ]);
    const item = () => ada.view.outbox.find((one) => one.id === id);
    await ada.until('it is refused', () => item()?.status === 'rejected');
    expect(item()?.message).toMatch(/is none: PNG, JPEG, GIF and WebP/);
    expect(rig.model.requests.length).toBe(requests);
  });

  it('[I1] a picture goes without a word', async () => {
    const { id } = ada.view.send('prompt', { text: '' }, [{ use: 'picture', bytes: pngOf(10) }]);
    await ada.until('its entry is there', () =>
      ada.ofKind('prompt').some(({ promptId }) => promptId === id),
    );
    await ada.until('the turn ends', () => ada.state.session.status === 'idle');
    expect(ada.ofKind('notice').filter(({ level }) => level === 'error')).toEqual([]);
    // The service takes no empty text.
    expect(asked()).not.toContain('"text":""');
  });
});

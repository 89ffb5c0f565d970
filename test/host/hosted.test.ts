import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Guest, HostRig, type MachineView } from './hostRig.ts';

let rig: HostRig;
let machine: MachineView;
let ada: Guest & { readonly session: string };

beforeAll(async () => {
  rig = await HostRig.create();
  await rig.start();
  machine = await rig.machine();
  ada = await machine.startSession({ title: 'First' });
}, 120_000);
afterAll(() => rig.close(), 60_000);

describe('a hosted session', () => {
  it('runs a prompt: who typed it, streamed text, the turn with its author', async () => {
    await ada.view.request('prompt', { text: '[[text:hello from the model]]' });
    await ada.until('the turn ends', () => ada.ofKind('turn').length === 1);
    expect(ada.ofKind('prompt')[0]).toMatchObject({
      text: '[[text:hello from the model]]',
      author: { name: 'Ada' },
    });
    expect(ada.text).toContain('hello from the model');
    expect(ada.ofKind('turn')[0]).toMatchObject({ outcome: 'completed', author: { name: 'Ada' } });
    await ada.until('it is idle', () => ada.state.session.status === 'idle');
    expect(ada.view.live).toEqual([]);
    expect(ada.state.queue).toEqual([]);
    expect(ada.state.session).toMatchObject({
      title: 'First',
      project: 'project',
      source: 'hosted',
    });
  });

  it('asks for a permission that late joiners see, and takes one answer', async () => {
    await ada.view.request('prompt', { text: '[[bash:touch allowed.txt]]' });
    await ada.until('a request waits', () => ada.state.pending.length === 1);
    expect(ada.state.session.status).toBe('waiting');
    const late = await machine.joinSession(ada.session);
    expect(late.state.pending).toHaveLength(1);
    await late.answer('allow');
    await ada.until('the turn ends', () => ada.ofKind('turn').length === 2);
    expect(existsSync(join(rig.project, 'allowed.txt'))).toBe(true);
    expect(ada.ofKind('decision').at(-1)).toMatchObject({
      outcome: 'allowed',
      author: { name: 'Ada' },
    });
    await ada.until('nothing is pending', () => ada.state.pending.length === 0);
    const request = ada.ofKind('request').at(-1);
    const again = late.view.request('answer', {
      requestId: request?.requestId ?? '',
      inputHash: request?.inputHash ?? '',
      behavior: 'allow',
    });
    await expect(again).rejects.toThrow(/answered/);
    await late.close();
  });
});

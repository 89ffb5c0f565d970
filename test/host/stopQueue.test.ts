// The queue and the real claude, in every version that is pinned: Stop, what it gives back, files of a prompt sent into a turn.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { LONG_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { idle } from './controlledGuests.ts';
import { type Guest, HostRig } from './hostRig.ts';

describe.each(LONG_VERSIONS)('Claude Code %s', (version) => {
  let rig: HostRig;
  let ada: Guest & { readonly session: string };

  beforeAll(async () => {
    rig = await HostRig.create({ claudePath: await installClaude(version) });
    mkdirSync(join(rig.project, 'src'));
    writeFileSync(join(rig.project, 'src/in.txt'), 'CANARY-inside\n');
    writeFileSync(join(rig.folder, 'out.txt'), 'CANARY-outside\n');
    await rig.start();
    ada = await (await rig.machine()).startSession();
  });
  afterAll(() => rig.close());

  const waiting = (): readonly string[] => ada.state.queue.map(({ text }) => text);
  const prompts = (): readonly string[] => ada.ofKind('prompt').map(({ text }) => text);
  const send = async (text: string): Promise<string> => {
    const item = ada.view.send('prompt', { text });
    await ada.until('it waits', () => ada.state.queue.some(({ promptId }) => promptId === item.id));
    return item.id;
  };

  it('[Q5] Stop takes back what it has not begun, holds all, and Go on runs each once, in order', async () => {
    await idle(ada);
    const before = ada.view.live.length;
    await ada.view.request('prompt', { text: 'held [[held:20]]' });
    await ada.until('text streams', () => ada.view.live.length > before);
    const one = await send('one [[text:first]]');
    await send('two [[text:second]]');
    await ada.view.request('send-queued', { promptId: one });
    await ada.until('the agent has it', () => ada.state.queue[0]?.waits === 'agent');
    await ada.view.request('interrupt', {});
    await ada.until('idle', () => ada.state.session.status === 'idle');
    expect(ada.state.session.queueHold).toMatchObject({ why: 'stop', by: { name: 'Ada' } });
    expect(waiting()).toEqual(['one [[text:first]]', 'two [[text:second]]']);
    expect(ada.state.queue[0]?.waits).toBeUndefined();
    expect(prompts()).toEqual(['held [[held:20]]']);
    await ada.view.request('resume-queue', {});
    await ada.until('both have run', () => ada.ofKind('turn').length === 3);
    await idle(ada);
    expect(prompts().slice(1)).toEqual(['one [[text:first]]', 'two [[text:second]]']);
    expect(ada.text).toMatch(/first\nsecond/);
  });

  it('[Q2] a prompt that is sent into a turn brings the files that it names, and says which it does not', async () => {
    await idle(ada);
    const turns = ada.ofKind('turn').length;
    await ada.view.request('prompt', { text: '[[bash:touch step]][[text:done]]' });
    await ada.until('it asks', () => ada.state.pending.length > 0);
    const out = join(rig.folder, 'out.txt');
    const text = `also @src/in.txt and @${out} and @nobody`;
    await ada.view.request('prompt', { text, now: true });
    await ada.until('the agent has it', () => ada.state.queue[0]?.waits === 'agent');
    await ada.answer('allow');
    await ada.until('the turn ends', () => ada.ofKind('turn').length > turns);
    await idle(ada);
    const asked = JSON.stringify(rig.model.requests.at(-1)?.body);
    expect(asked).toContain('CANARY-inside');
    expect(asked).not.toContain('CANARY-outside');
    expect(prompts().at(-1)).toBe(text);
    const notices = ada.ofKind('notice').filter(({ code }) => code === 'files-not-attached');
    expect(notices.map(({ text: said }) => said)).toEqual([expect.stringContaining(out)]);
    expect(notices[0]?.text).not.toContain('nobody');
  });
});

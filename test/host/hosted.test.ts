// A hosted session with the real claude: prompts, requests, control, limits, end and return.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seenOf } from '../../src/client/prompts/seen.ts';
import { assertNoneLeft } from '../../tools/run/processes.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { processesWith } from '../../tools/run/processTable.ts';
import { type Guest, HostRig, idOf, type MachineView } from './hostRig.ts';

let rig: HostRig;
let machine: MachineView;
let ada: Guest & { readonly session: string };

beforeAll(async () => {
  rig = await HostRig.create();
  await rig.start();
  machine = await rig.machine();
  ada = await machine.startSession({ title: 'First' });
});
afterAll(() => rig.close());

async function turnAfter(action: () => Promise<unknown>): Promise<void> {
  const before = ada.ofKind('turn').length;
  await action();
  await ada.until('the turn ends', () => ada.ofKind('turn').length > before);
  await ada.until('it is idle', () => ada.state.session.status === 'idle');
}

function prompt(text: string): Promise<unknown> {
  return ada.view.request('prompt', { text });
}

describe('a hosted session', () => {
  it('runs a prompt: who typed it, streamed text, the turn with its author', async () => {
    await turnAfter(() => prompt('[[text:hello from the model]]'));
    expect(ada.ofKind('prompt')[0]).toMatchObject({
      text: '[[text:hello from the model]]',
      author: { name: 'Ada' },
    });
    expect(ada.text).toContain('hello from the model');
    expect(ada.ofKind('turn')[0]).toMatchObject({ outcome: 'completed', author: { name: 'Ada' } });
    expect(ada.view.live).toEqual([]);
    await ada.until('nothing waits any more', () => ada.state.queue.length === 0);
    expect(ada.state.session).toMatchObject({
      title: 'First',
      project: 'project',
      source: 'hosted',
    });
  });

  it('asks for a permission that late joiners see, and takes one answer', async () => {
    await turnAfter(async () => {
      await prompt('[[bash:touch allowed.txt]]');
      await ada.until('a request waits', () => ada.state.pending.length === 1);
      expect(ada.state.session.status).toBe('waiting');
      const late = await machine.joinSession(ada.session);
      expect(late.state.pending).toHaveLength(1);
      await late.answer('allow');
      await late.close();
    });
    expect(existsSync(join(rig.project, 'allowed.txt'))).toBe(true);
    expect(ada.ofKind('decision').at(-1)).toMatchObject({
      outcome: 'allowed',
      author: { name: 'Ada' },
    });
    await ada.until('nothing is pending', () => ada.state.pending.length === 0);
    const { requestId = '', inputHash = '' } = ada.ofKind('request').at(-1) ?? {};
    const again = ada.view.request('answer', { requestId, inputHash, behavior: 'allow' });
    await expect(again).rejects.toThrow(/Ada has answered/);
  });

  it('an answer to another input than the one that waits is refused', async () => {
    await turnAfter(async () => {
      await prompt('[[bash:touch other.txt]]');
      await ada.until('a request waits', () => ada.state.pending.length === 1);
      const { requestId = '' } = ada.ofKind('request').at(-1) ?? {};
      const wrong = ada.view.request('answer', {
        requestId,
        inputHash: 'other',
        behavior: 'allow',
      });
      await expect(wrong).rejects.toThrow(/another input/);
      await ada.answer('deny');
    });
    expect(existsSync(join(rig.project, 'other.txt'))).toBe(false);
    expect(ada.ofKind('decision').at(-1)).toMatchObject({ outcome: 'denied' });
  });

  it('takes the answer to a question to the model', async () => {
    await turnAfter(async () => {
      await prompt('[[ask]]');
      await ada.until('a question waits', () => ada.state.pending[0]?.request === 'question');
      const isAsked = () => ada.ofKind('request').at(-1)?.request === 'question';
      await ada.until('its entry is there', isAsked);
      const request = ada.ofKind('request').at(-1);
      const { requestId = '', inputHash = '', questions = [] } = request ?? {};
      const seen = (request && (await seenOf(request))) ?? '';
      const [question] = questions;
      const answers = { [question?.question ?? '']: question?.options[0]?.label ?? '' };
      await ada.view.request('answer', { requestId, inputHash, seen, behavior: 'allow', answers });
    });
    expect(ada.ofKind('decision').at(-1)).toMatchObject({ outcome: 'answered' });
  });

  it('[D1] a streamed answer is in the picture once at every moment, as live text or as its entry', async () => {
    const { view } = ada;
    let [asLive, asEntry, asBoth] = [0, 0, 0];
    const looked = view.onDidChange(() => {
      const isLive = view.live.some(({ text }) => text.includes('w9'));
      const isEntry = view.entries.some(
        ({ entry }) => entry.kind === 'text' && entry.text.includes('w9'),
      );
      asLive += Number(isLive);
      asEntry += Number(isEntry);
      asBoth += Number(isLive && isEntry);
    });
    await turnAfter(async () => {
      await prompt('[[held:20]]');
      await ada.until('text streams', () => asLive > 0);
      rig.model.release();
    });
    looked.dispose();
    expect(asEntry).toBeGreaterThan(0);
    expect(asBoth).toBe(0);
  });

  it('an interrupted turn says who stopped it and keeps what was said', async () => {
    await turnAfter(async () => {
      await prompt('[[held:20]]');
      await ada.until('text streams', () => ada.view.live.some(({ text }) => text.includes('w9')));
      await ada.view.request('interrupt', {});
    });
    expect(ada.ofKind('turn').at(-1)).toMatchObject({
      outcome: 'interrupted',
      author: { name: 'Ada' },
    });
    expect(ada.ofKind('text').at(-1)?.text).toContain('w9');
    expect(ada.view.live).toEqual([]);
  });

  it('a request that an interrupt withdraws has one decision', async () => {
    let requestId = '';
    await turnAfter(async () => {
      await prompt('[[bash:touch withdrawn.txt]]');
      await ada.until('a request waits', () => ada.state.pending.length === 1);
      requestId = ada.ofKind('request').at(-1)?.requestId ?? '';
      await ada.view.request('interrupt', {});
    });
    const decisions = ada.ofKind('decision').filter((entry) => entry.requestId === requestId);
    expect(decisions).toMatchObject([{ outcome: 'withdrawn' }]);
    expect(ada.state.pending).toEqual([]);
  });

  it('a prompt sent while a turn runs is queued, shown, and can be cancelled', async () => {
    await turnAfter(async () => {
      await prompt('[[held:20]]');
      await ada.until('text streams', () => ada.view.live.length > 0);
      await prompt('never run this');
      await ada.until('it is queued', () => ada.state.queue.length === 1);
      expect(ada.state.queue[0]).toMatchObject({ text: 'never run this', author: { name: 'Ada' } });
      await ada.view.request('cancel-queued', { promptId: ada.state.queue[0]?.promptId ?? '' });
      await ada.until('the queue is empty', () => ada.state.queue.length === 0);
      rig.model.release();
    });
    expect(JSON.stringify(rig.model.requests)).not.toContain('never run this');
  });

  it('the same command sent again runs once', async () => {
    const item = ada.view.send('prompt', { text: 'marker-once [[text:once]]' });
    await ada.until('it ran', () => ada.text.includes('once'));
    expect(ada.ofKind('prompt').filter(({ promptId }) => promptId === item.id)).toHaveLength(1);
  });

  it('is renamed, and its mode changes with the name of who changed it', async () => {
    await ada.view.request('rename', { title: '  Second  ' });
    await ada.until('the title', () => ada.state.session.title === 'Second');
    await ada.view.request('set-mode', { mode: 'plan' });
    await ada.until('the mode', () => ada.state.session.mode === 'plan');
    await ada.view.request('set-mode', { mode: 'default' });
    await ada.until('the mode', () => ada.state.session.mode === 'default');
    expect(ada.ofKind('notice').find(({ code }) => code === 'mode-changed')).toMatchObject({
      author: { name: 'Ada' },
    });
  });

  it('tells slash commands, models and files', async () => {
    const commands = await ada.view.request('fetch', { what: 'slash-commands' });
    expect(JSON.stringify(commands)).toContain('"compact"');
    expect(Array.isArray(await ada.view.request('fetch', { what: 'models' }))).toBe(true);
    // The agent lists the folder in the background.
    await waitUntil('the file is suggested', async () => {
      const files = await ada.view.request('fetch', { what: 'files', query: 'allowed' });
      return JSON.stringify(files).includes('allowed.txt');
    });
  });

  it('a tool result above the limit is cut in the entry and whole by fetch', async () => {
    const path = join(rig.project, 'big.txt');
    const line = 'a line of a rather large file\n';
    writeFileSync(path, line.repeat(1500));
    await turnAfter(() => prompt(`[[tool:Read:${JSON.stringify({ file_path: path })}]]`));
    const result = ada.ofKind('tool-result').at(-1);
    expect(result?.text.length).toBeLessThan(28_000);
    const whole = Buffer.from(await ada.view.fetchBlob(result?.cut?.blob ?? '')).toString();
    expect(whole.length).toBe(result?.cut?.totalBytes);
    expect(whole.split('rather large')).toHaveLength(1501);
  });

  it('a long text of the model is cut in the entry and whole by fetch', async () => {
    await turnAfter(() => prompt('[[long:200]]'));
    const { cut } = ada.ofKind('text').at(-1) ?? {};
    expect(cut?.totalBytes).toBeGreaterThan(190_000);
    const whole = await ada.view.fetchBlob(cut?.blob ?? '');
    expect(whole.length).toBe(cut?.totalBytes);
  });

  it('ends: the agent is gone, prompts are refused, and Continue goes on with its memory', async () => {
    const session = await machine.startSession();
    await session.view.request('prompt', { text: '[[text:remember the teapot]]' });
    await session.until('the turn ends', () => session.ofKind('turn').length === 1);
    await machine.request('end', { session: session.session });
    await session.until('it has ended', () => session.state.session.status === 'ended');
    expect(session.state.session.title).toContain('teapot');
    await expect(session.view.request('prompt', { text: 'more' })).rejects.toThrow(/ended/);
    await machine.rowWhen(
      'it can be continued',
      (row) => row.session.id === session.session && row.canContinue === true,
    );
    await machine.request('continue', { session: session.session });
    await session.until('it is idle', () => session.state.session.status === 'idle');
    await session.view.request('prompt', { text: '[[text:and on]]' });
    await session.until('the next turn ends', () => session.ofKind('turn').length === 2);
    expect(JSON.stringify(rig.model.requests.at(-1)?.body.messages)).toContain(
      'remember the teapot',
    );
    expect(session.ofKind('prompt')).toHaveLength(2);
    await machine.request('archive', { session: session.session, archived: true });
    await machine.rowWhen(
      'it is archived',
      (row) => row.session.id === session.session && row.archived === true,
    );
  });

  it('a session starts with its first prompt, titled by it', async () => {
    const session = await machine.startSession({ prompt: 'Say this [[text:first words]]' });
    await session.until('it ran', () => session.text.includes('first words'));
    expect(session.ofKind('prompt')[0]).toMatchObject({ author: { name: 'Ada' } });
    await session.until('it is titled', () => session.state.session.title.includes('Say this'));
  });

  it('[D3] what a command did stands in the directory before its answer', async () => {
    const sessions: string[] = [];
    // More changes in a row than a state may show at once.
    for (let count = 0; count < 6; count += 1) {
      const session = idOf(await machine.request('start', { cwd: rig.project }));
      await machine.request('end', { session });
      sessions.push(session);
      const late = await rig.machine();
      expect(sessions.map((id) => late.row(id)?.session.status)).toEqual(
        sessions.map(() => 'ended'),
      );
    }
  });

  it('a folder that does not exist is refused and leaves no session', async () => {
    const before = machine.state.sessions.length;
    await expect(machine.request('start', { cwd: '/nowhere/at/all' })).rejects.toThrow(
      /does not exist/,
    );
    expect(machine.state.sessions).toHaveLength(before);
  });

  it('SIGTERM ends agents cleanly; the next host serves the same rooms', async () => {
    await prompt('[[held:20]]');
    await ada.until('text streams', () => ada.view.live.length > 0);
    expect(await rig.stop()).toBe(0);
    await assertNoneLeft('TWINHELM_TEST_RIG', rig.folder);
    await rig.start();
    machine = await rig.machine();
    const again = await machine.joinSession(ada.session);
    expect(again.ofKind('turn').at(-1)).toMatchObject({ outcome: 'interrupted' });
    expect(again.ofKind('notice').filter(({ code }) => code === 'host-restarted')).toEqual([]);
    expect(again.state.session.status).toBe('idle');
  });

  it('the relay gets no key of the user’s environment', async () => {
    const found = processesWith('TWINHELM_TEST_RIG', rig.folder);
    const relay = found.find(({ command }) => command.includes('relay --child'));
    const env = readFileSync(`/proc/${relay?.pid}/environ`, 'utf8');
    expect(env).toContain('TWINHELM_HOME=');
    expect(env).not.toContain('ANTHROPIC');
  });

  it('nothing of the conversation and no secret is in the log', async () => {
    const { log } = rig;
    const { link } = await rig.file();
    expect(log).not.toMatch(/teapot|hello from the model|marker-once/);
    expect(log).not.toContain(link.split('#')[1] ?? 'x');
    expect(log).not.toContain(rig.env['ANTHROPIC_API_KEY'] ?? 'x');
  });
});

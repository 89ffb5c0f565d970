// kill -9 of the host, or of the agent, in every state of a session.
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { promptState } from '../../tools/demo/demoRequest.ts';
import { claudeDoes } from '../../tools/install/claudeFeatures.ts';
import { DEFAULT_VERSION } from '../../tools/install/claudeVersions.ts';
import { liveAgents, watchAgents } from './agentWatch.ts';
import { type Guest, HostRig } from './hostRig.ts';

let rig: HostRig;
let agents: ReturnType<typeof watchAgents>;

beforeEach(async () => {
  rig = await HostRig.create();
  await rig.start();
  agents = watchAgents(rig.folder);
});
afterEach(async () => {
  await agents.stop();
  await rig.close();
});

/** How often the model was asked to begin with this prompt. */
function timesAsked(text: string): number {
  const states = rig.model.requests.map(({ body }) => promptState(body));
  return states.filter(({ prompt, step }) => prompt.includes(text) && step === 0).length;
}

/** What the agent has written of its conversations. */
function transcripts({ env }: HostRig): readonly string[] {
  const projects = join(env['CLAUDE_CONFIG_DIR'] ?? '', 'projects');
  return globSync('*/*.jsonl', { cwd: projects }).map((file) =>
    readFileSync(join(projects, file), 'utf8'),
  );
}

async function crashAndReturn(session: string): Promise<Guest> {
  await rig.crash();
  await rig.start();
  const machine = await rig.machine();
  return machine.joinSession(session);
}

describe('kill -9 of the host', () => {
  it('while idle: the conversation goes on in the same room, with its memory', async () => {
    const ada = await (await rig.machine()).startSession();
    await ada.view.request('prompt', { text: '[[text:before the crash]]' });
    await ada.until('the turn ends', () => ada.ofKind('turn').length === 1);
    const before = ada.entries.map(({ id }) => id);
    const again = await crashAndReturn(ada.session);
    expect(again.entries.slice(0, before.length).map(({ id }) => id)).toEqual(before);
    await again.until('it is idle', () => again.state.session.status === 'idle');
    expect(again.ofKind('notice')).toEqual([]);
    await again.view.request('prompt', { text: '[[text:after the crash]]' });
    await again.until('the turn ends', () => again.ofKind('turn').length === 2);
    const asked = JSON.stringify(rig.model.requests.at(-1)?.body.messages);
    expect(asked).toContain('before the crash');
    expect(timesAsked('before the crash')).toBe(1);
    expect(await agents.stop()).toEqual({ most: 1, several: [] });
  });

  it('while streaming: the old agent finishes, its text is taken over, nothing runs twice', async () => {
    const ada = await (await rig.machine()).startSession();
    await ada.view.request('prompt', { text: 'marker-stream [[held:40]]' });
    await ada.until('text streams', () => ada.view.live.length > 0);
    const [{ messageId } = { messageId: '' }] = ada.view.live;
    const both: string[] = [];
    ada.view.onDidChange(() => {
      const isWhole = ada.ofKind('text').some((entry) => entry.messageId === messageId);
      const isLive = ada.view.live.some((block) => block.messageId === messageId);
      if (isWhole && isLive) both.push(ada.text);
    });
    const again = await crashAndReturn(ada.session);
    expect(liveAgents(rig.folder)).toHaveLength(1);
    // [O10] Who was there keeps what was on the screen, until the whole comes.
    await ada.until('its text is broken off', () =>
      ada.view.live.some(({ brokenAt, text }) => brokenAt !== undefined && text.length > 0),
    );
    rig.model.release();
    await ada.until('the whole comes', () => ada.text.includes('w39'));
    expect(ada.view.live).toEqual([]);
    expect(both).toEqual([]);
    await again.until('the text is taken over', () => again.text.includes('w39'));
    await again.until('it is idle', () => again.state.session.status === 'idle');
    await again.until('what was lost is said', () =>
      again.ofKind('notice').some(({ code }) => code === 'host-restarted'),
    );
    expect(again.view.live).toEqual([]);
    await again.view.request('prompt', { text: '[[text:and on]]' });
    await again.until('the next turn ends', () => again.text.includes('and on'));
    expect(timesAsked('marker-stream')).toBe(1);
    expect(again.ofKind('prompt')).toHaveLength(2);
    expect(await agents.stop()).toEqual({ most: 1, several: [] });
  });

  it('while a permission is open: it is said to be lost, and the next prompt runs', async () => {
    const ada = await (await rig.machine()).startSession();
    await ada.view.request('prompt', { text: 'marker-open [[bash:touch never.txt]]' });
    await ada.until('a request waits', () => ada.state.pending.length === 1);
    const again = await crashAndReturn(ada.session);
    await again.until(
      'the request is lost',
      () => again.ofKind('decision').some(({ outcome }) => outcome === 'lost'),
      60_000,
    );
    await again.until('nothing is pending', () => again.state.pending.length === 0);
    await again.until('the call has an end', () => again.ofKind('tool-result').length > 0);
    // The agent told its model that the permission had failed: nobody denied it, and that is said first.
    const kinds = again.entries.map(({ kind }) => kind);
    expect(kinds.indexOf('decision')).toBeLessThan(kinds.indexOf('tool-result'));
    expect(again.ofKind('tool-result')).toMatchObject([
      { outcome: 'interrupted', text: expect.stringContaining('nobody denied it') },
    ]);
    await again.view.request('prompt', { text: '[[text:and on]]' });
    await again.until('the next turn ends', () => again.text.includes('and on'));
    expect(existsSync(join(rig.project, 'never.txt'))).toBe(false);
    expect(timesAsked('marker-open')).toBe(1);
    expect(await agents.stop()).toEqual({ most: 1, several: [] });
  });

  it('while a tool runs: a prompt sent meanwhile waits until the old agent is gone', async () => {
    const ada = await (await rig.machine()).startSession();
    const tool = 'touch began.txt; until [ -e go-on.txt ]; do sleep 0.1; done; touch done.txt';
    await ada.view.request('prompt', { text: `marker-tool [[bash:${tool}]]` });
    await ada.answer('allow');
    const path = (name: string): string => join(rig.project, name);
    await ada.until('the tool runs', () => existsSync(path('began.txt')));
    const again = await crashAndReturn(ada.session);
    await again.view.request('prompt', { text: 'marker-next [[text:and on]]' });
    expect(liveAgents(rig.folder)).toHaveLength(1);
    expect(timesAsked('marker-next')).toBe(0);
    writeFileSync(path('go-on.txt'), '');
    await again.until('the next turn ends', () => again.text.includes('and on'));
    expect(existsSync(path('done.txt'))).toBe(true);
    expect(timesAsked('marker-next')).toBe(1);
    expect(again.ofKind('prompt')).toHaveLength(2);
    expect(await agents.stop()).toEqual({ most: 1, several: [] });
  });

  it('twice in a row: what was taken over once is not taken over again', async () => {
    const ada = await (await rig.machine()).startSession();
    await ada.view.request('prompt', { text: 'marker-twice [[held:40]]' });
    await ada.until('text streams', () => ada.view.live.length > 0);
    await rig.crash();
    await rig.start();
    rig.model.release();
    const first = await (await rig.machine()).joinSession(ada.session);
    await first.until('the text is taken over', () => first.text.includes('w39'));
    const again = await crashAndReturn(ada.session);
    await again.until('the text is taken over', () => again.text.includes('w39'));
    await again.until('it is idle', () => again.state.session.status === 'idle');
    const ids = again.entries.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(again.ofKind('prompt')).toHaveLength(1);
    expect(timesAsked('marker-twice')).toBe(1);
    expect(await agents.stop()).toEqual({ most: 1, several: [] });
  });

  it('before a prompt reached the agent: it runs once, by itself', async () => {
    const ada = await (await rig.machine()).startSession();
    await ada.view.request('prompt', { text: '[[text:first]]' });
    await ada.until('the turn ends', () => ada.ofKind('turn').length === 1);
    await rig.stop();
    await rig.start();
    const next = await (await rig.machine()).joinSession(ada.session);
    // The agent is only being started when this is answered.
    await next.view.request('prompt', { text: 'marker-early [[text:ran by itself]]' });
    const again = await crashAndReturn(ada.session);
    await again.until('it ran', () => again.text.includes('ran by itself'));
    expect(timesAsked('marker-early')).toBe(1);
    expect(again.ofKind('prompt')).toHaveLength(2);
    expect(again.ofKind('notice').filter(({ code }) => code === 'prompt-unknown')).toEqual([]);
    expect(await agents.stop()).toEqual({ most: 1, several: [] });
  });
});

describe('an agent that ends by itself', () => {
  it('in a tool: the call has an end, and the model is told that it is not known', async () => {
    const ada = await (await rig.machine()).startSession();
    const begun = join(rig.project, 'began.txt');
    await ada.view.request('prompt', { text: `[[bash:touch ${begun}; sleep 30]]` });
    await ada.answer('allow');
    await ada.until('the tool runs', () => existsSync(begun));
    const [call] = ada.ofKind('tool-call');
    await waitUntil('the call is in the transcript', () =>
      transcripts(rig).some((text) => text.includes(call?.callId ?? 'none')),
    );
    for (const { pid } of liveAgents(rig.folder)) process.kill(pid, 'SIGKILL');
    await ada.until('the call has an end', () => ada.ofKind('tool-result').length === 1);
    expect(ada.ofKind('tool-result')).toMatchObject([
      {
        callId: call?.callId,
        outcome: 'interrupted',
        text: expect.stringContaining('may have run'),
      },
    ]);
    await ada.view.request('prompt', { text: '[[text:and on]]' });
    await ada.until('the next turn ends', () => ada.ofKind('turn').length === 1);
    const told = JSON.stringify(rig.model.requests.at(-1)?.body);
    expect(told.includes('its outcome is unknown')).toBe(
      claudeDoes(DEFAULT_VERSION, 'unknown-outcome'),
    );
    expect(ada.ofKind('tool-result')).toHaveLength(1);
  });

  it('is said, and the next prompt starts it again with its memory', async () => {
    const ada = await (await rig.machine()).startSession();
    await ada.view.request('prompt', { text: '[[text:first]]' });
    await ada.until('the turn ends', () => ada.ofKind('turn').length === 1);
    await ada.view.request('prompt', { text: 'marker-killed [[held:20]]' });
    await ada.until('text streams', () => ada.view.live.length > 0);
    for (const { pid } of liveAgents(rig.folder)) process.kill(pid, 'SIGKILL');
    await ada.until('the crash is said', () => ada.state.session.problem?.code === 'agent-crashed');
    await ada.until('what was lost is said', () =>
      ada.ofKind('notice').some(({ code }) => code === 'agent-ended'),
    );
    expect(ada.view.live).toEqual([]);
    await ada.view.request('prompt', { text: '[[text:and on]]' });
    await ada.until('the next turn ends', () => ada.text.includes('and on'));
    await ada.until('the problem is over', () => ada.state.session.problem === undefined);
    expect(timesAsked('marker-killed')).toBe(1);
    expect(await agents.stop()).toEqual({ most: 1, several: [] });
  });
});

// Others on a conversation, where it gets crowded: three writers, a host that dies, a file that is replaced.
import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Others } from '../../src/protocol/state.ts';
import { liveAgents } from './agentWatch.ts';
import { type Guest, HostRig, idOf, type MachineView } from './hostRig.ts';
import { openScript, openTui, startScript, transcriptOf } from './otherClaude.ts';

type Ours = Guest & { readonly session: string };

let rig: HostRig;
let machine: MachineView;
let ada: Ours;

beforeEach(async () => {
  rig = await HostRig.create();
  await rig.start();
  machine = await rig.machine();
  ada = await machine.startSession({ prompt: '[[text:ours one]]' });
  await ada.until('our turn ends', () => ada.ofKind('turn').length === 1);
});
afterEach(() => rig.close());

function others(of: Guest = ada): Others | undefined {
  return of.state.session.others;
}

function conversation(): string {
  return ada.state.session.agentSessionId ?? '';
}

function prompt(text: string): Promise<unknown> {
  return ada.view.request('prompt', { text });
}

/** Lines as another process would have appended them: a turn that follows the file's end. */
function appendTurn(path: string, text: string): void {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const last = lines.findLast((line) => line.includes('"type":"assistant"')) ?? '';
  const known: { uuid: string; message: object } = JSON.parse(last);
  const ask = crypto.randomUUID();
  const common = { timestamp: new Date().toISOString(), entrypoint: 'cli' };
  const asked = { ...known, ...common, type: 'user', uuid: ask, parentUuid: known.uuid };
  const answer = { ...known, ...common, uuid: crypto.randomUUID(), parentUuid: ask };
  const content = [{ type: 'text', text }];
  lines.push(
    JSON.stringify({ ...asked, message: { role: 'user', content: 'theirs' } }),
    JSON.stringify({ ...answer, message: { ...known.message, id: crypto.randomUUID(), content } }),
  );
  const next = `${path}.next`;
  writeFileSync(next, `${lines.join('\n')}\n`);
  // Another inode.
  renameSync(next, path);
}

describe('three writers on a conversation', () => {
  it('[Z1] are all named, a turn of ours under way goes on, and its branches are counted', async () => {
    await prompt('[[held:50]]');
    await ada.until('ours streams', () => ada.view.live.length > 0);
    const tui = await openTui(rig, ['--resume', conversation()]);
    await tui.type('[[text:theirs in the terminal]]');
    await ada.until('its turn is seen', () => (others()?.messages ?? 0) >= 2);
    const script = startScript(rig, ['--resume', conversation(), '[[held:20]]']);
    await ada.until('both are there', () => others()?.writers.length === 2);
    expect(
      others()
        ?.writers.map(({ where }) => where)
        .toSorted(),
    ).toEqual(['script', 'terminal']);
    expect(others()?.writers.every(({ left }) => left !== true)).toBe(true);
    await prompt('[[text:it waits]]');
    rig.model.release();
    await ada.until('our turn ends', () => ada.ofKind('turn').length === 2);
    await ada.until('there are branches', () => (others()?.branches ?? 1) > 1);
    expect(ada.text).not.toContain('theirs');
    expect(ada.state.queue).toHaveLength(1);
    await ada.until('the script is gone', () => {
      // It may have begun to stream only now.
      rig.model.release();
      return script.exitCode() !== undefined;
    });
    await ada.view.request('settle-writers', { choice: 'wait' });
    await tui.close();
    await ada.until('the queue goes on', () => ada.text.includes('it waits'));
    expect(ada.text).toContain('theirs in the terminal');
    expect(others()).toBeUndefined();
    expect(ada.ofKind('prompt').filter(({ text }) => text === '[[text:it waits]]')).toHaveLength(1);
  });
});

describe('what others wrote', () => {
  it('[Z4] is not seen by guests of the session before the owner has chosen', async () => {
    const { session } = ada;
    const shared = await machine.request('share', {
      ...{ session, role: 'viewer', where: { kind: 'loopback' } },
    });
    const bob = await rig.join(/"link":"([^"]+)"/.exec(JSON.stringify(shared))?.[1] ?? '', 'Bob');
    await openScript(rig, ['--resume', conversation(), '[[text:for the owner alone]]']);
    await bob.until('Bob is told that somebody wrote', () => (others(bob)?.messages ?? 0) > 0);
    expect(bob.text).not.toContain('for the owner alone');
    await expect(bob.view.request('settle-writers', { choice: 'take-in' })).rejects.toThrow(
      /may not decide about others/,
    );
    await ada.view.request('settle-writers', { choice: 'take-in' });
    await bob.until('it is there', () => bob.text.includes('for the owner alone'));
  });

  it('[Z4] is still held back after kill -9 of the host, and the choice is still there', async () => {
    await openScript(rig, ['--resume', conversation(), '[[text:theirs by script]]']);
    await ada.until('it is seen', () => (others()?.messages ?? 0) >= 2);
    await prompt('[[text:it waits]]');
    await rig.crash();
    await rig.start();
    machine = await rig.machine();
    ada = await machine.joinSession(ada.session);
    await ada.until('it holds again', () => others()?.holds === true);
    expect(others()?.messages).toBeGreaterThanOrEqual(2);
    expect(ada.text).not.toContain('theirs by script');
    expect(ada.text).not.toContain('it waits');
    await ada.view.request('settle-writers', { choice: 'fork' });
    await ada.until('the queue goes on', () => ada.text.includes('it waits'));
    expect(ada.text).not.toContain('theirs by script');
    const asked = rig.model.requests.map(({ body }) => JSON.stringify(body.messages));
    expect(asked.findLast((one) => one.includes('it waits'))).not.toContain('theirs by script');
  });
});

describe('a transcript that is replaced under us', () => {
  it('[Z1] by its own copy is no news; by one with more turns is another’s writing, and is taken in', async () => {
    const path = transcriptOf(rig, conversation());
    copyFileSync(path, `${path}.next`);
    renameSync(`${path}.next`, path);
    await prompt('[[text:ours two]]');
    await ada.until('ours goes on', () => ada.text.includes('ours two'));
    expect(others()).toBeUndefined();
    appendTurn(path, 'put there by a tool');
    await ada.until('it is seen', () => others()?.messages === 2);
    expect(others()?.writers).toMatchObject([{ where: 'terminal', left: true }]);
    await ada.view.request('settle-writers', { choice: 'take-in' });
    await ada.until('it is there', () => ada.text.includes('put there by a tool'));
    await prompt('[[text:ours three]]');
    await ada.until('ours goes on', () => ada.text.includes('ours three'));
    expect(ada.ofKind('text').map(({ text }) => text)).toEqual([
      ...['ours one', 'ours two', 'put there by a tool', 'ours three'],
    ]);
  });
});

describe('our own agent', () => {
  it('[Z1] is nobody else, also when it is killed in a turn, is told to clear, and goes on', async () => {
    await prompt('[[bash:touch ours.txt]]');
    await ada.answer('allow');
    await ada.until('it ran', () => ada.ofKind('turn').length === 2);
    await prompt('[[held:50]]');
    await ada.until('it streams', () => ada.view.live.length > 0);
    for (const { pid } of liveAgents(rig.folder)) process.kill(pid, 'SIGKILL');
    await ada.until('the host has seen its end', () => rig.log.includes('agent ended'));
    rig.model.release();
    await prompt('[[text:after the kill]]');
    await ada.until('it goes on', () => ada.text.includes('after the kill'));
    const before = conversation();
    await prompt('/clear');
    await ada.until('another conversation', () => conversation() !== before);
    await prompt('[[text:after the clear]]');
    await ada.until('it goes on', () => ada.text.includes('after the clear'));
    await ada.until('it is idle', () => ada.state.session.status === 'idle');
    expect(others()).toBeUndefined();
    expect(ada.ofKind('notice').map(({ code }) => code)).not.toContain('other-writer');
  });
});

describe('a terminal’s session that is only watched', () => {
  it('[Z1] says who else is on it, and offers nothing', async () => {
    await machine.request('end', { session: ada.session });
    const first = await openTui(rig, ['--resume', conversation()]);
    await ada.until('it is watched', () => ada.state.session.source === 'observed');
    expect(others()).toBeUndefined();
    const second = await openTui(rig, ['--resume', conversation()]);
    const pids = [first.record().pid, second.record().pid];
    await ada.until('the other one is seen', () => others()?.writers.length === 1);
    expect(pids).toContain(others()?.writers[0]?.pid);
    expect(others()?.holds).toBeUndefined();
    await expect(ada.view.request('settle-writers', { choice: 'fork' })).rejects.toThrow(
      /only watched/,
    );
    await first.type('[[text:one of two]]');
    await first.until('its turn ends', () => first.transcript().includes('"text":"one of two"'));
    await second.type('[[text:two of two]]');
    await second.until('its turn ends', () => first.transcript().includes('"text":"two of two"'));
    await first.type('[[text:one again]]');
    await ada.until('its branches are counted', () => others()?.branches === 2);
    await second.close();
    await ada.until('it is alone, with its branches', () => others()?.writers.length === 0);
    expect(others()?.branches).toBe(2);
    await first.close();
    expect(idOf(ada.session === '' ? undefined : { session: ada.session })).toBe(ada.session);
  });
});

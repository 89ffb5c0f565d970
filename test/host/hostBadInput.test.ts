// A claude that is missing, ends at once or comes back, and prompts beyond every limit.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { processesWith } from '../../tools/run/processTable.ts';
import { temporaryFolder } from './folders.ts';
import { HostRig } from './hostRig.ts';

let rig: HostRig;
afterEach(() => rig.close());

/** A program that stands where claude should. */
function program(script: string): string {
  const file = join(temporaryFolder(), 'claude');
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

describe('claude missing', () => {
  it('is a state of the computer with its remedy, and starting says the same', async () => {
    rig = await HostRig.create({ claudePath: '/nowhere/claude' });
    await rig.start();
    const machine = await rig.machine();
    await waitUntil('the problem is said', () => machine.state.computer.problem !== undefined);
    expect(machine.state.computer.problem).toMatchObject({ code: 'agent-not-found' });
    expect(machine.state.computer.problem?.remedy).not.toBe('');
    await expect(machine.request('start', { cwd: rig.project })).rejects.toThrow(
      /not found|could not be found|no .*claude/i,
    );
    await waitUntil('no session is left', () => machine.state.sessions.length === 0);
  });
});

describe('claude exiting at once', () => {
  it('is a clear refusal that leaves no session and no process', async () => {
    rig = await HostRig.create({
      claudePath: program(
        'case "$*" in *--version*) echo "2.1.332 (Claude Code)";; *--help*) echo "";; *) echo "boom: broken install" >&2; exit 3;; esac',
      ),
    });
    await rig.start();
    const machine = await rig.machine();
    await expect(machine.request('start', { cwd: rig.project })).rejects.toThrow(
      /boom: broken install/,
    );
    await waitUntil('no session is left', () => machine.state.sessions.length === 0);
  });

  it('in a running session keeps the prompt in the queue, and runs it when claude is back', async () => {
    const real = await installClaude();
    const switchFile = join(temporaryFolder(), 'broken');
    rig = await HostRig.create({
      claudePath: program(
        `if [ -e ${switchFile} ]; then case "$*" in *--version*) ;; *) echo "boom" >&2; exit 3;; esac; fi; exec ${real} "$@"`,
      ),
    });
    await rig.start();
    let machine = await rig.machine();
    const first = await machine.startSession();
    await first.view.request('prompt', { text: '[[text:while it worked]]' });
    await first.until('the turn ends', () => first.ofKind('turn').length === 1);
    writeFileSync(switchFile, '');
    await rig.stop();
    await rig.start();
    machine = await rig.machine();
    const ada = await machine.joinSession(first.session);
    await ada.view.request('prompt', { text: '[[text:kept for later]]' });
    await ada.until(
      'the problem is said',
      () => ada.state.session.problem?.code === 'agent-crashed',
    );
    await ada.until('the prompt is kept', () => ada.state.queue.length === 1);
    rmSync(switchFile);
    await ada.view.request('prompt', { text: '[[text:and the next]]' });
    await ada.until(
      'both run',
      () => ada.text.includes('kept for later') && ada.text.includes('and the next'),
    );
    await ada.until('the problem is gone', () => ada.state.session.problem === undefined);
  });
});

describe('claude that never gets ready', () => {
  it('is given up when its session is ended, and when the host is stopped', async () => {
    rig = await HostRig.create({
      claudePath: program(
        'case "$*" in *--version*) echo "2.1.332 (Claude Code)";; *--help*) echo "";; *) exec sleep 300;; esac',
      ),
    });
    await rig.start();
    const machine = await rig.machine();
    const begin = () => machine.request('start', { cwd: rig.project }).catch(String);
    const sleepers = (): number =>
      processesWith('TWINHELM_TEST_RIG', rig.folder).filter(({ command }) =>
        command.startsWith('sleep'),
      ).length;
    const first = begin();
    await waitUntil('it is started', () => sleepers() === 1);
    // Another window: the commands of one wait for each other.
    const other = await rig.machine();
    const row = await other.rowWhen('it is listed', ({ session }) => session.status === 'starting');
    await other.request('end', { session: row.session.id });
    expect(await first).toMatch(/ended before its agent was ready/);
    expect(sleepers()).toBe(0);
    await waitUntil('no session is left', () => other.state.sessions.length === 0);
    const second = begin();
    await waitUntil('the next is started', () => sleepers() === 1);
    await other.request('stop-host', { now: true });
    await waitUntil('the host has ended', () => rig.hostExit() !== undefined);
    expect(rig.hostExit()).toBe(0);
    expect(sleepers()).toBe(0);
    await rig.start();
    expect((await rig.machine()).state.sessions).toEqual([]);
    await Promise.race([second, machine.view.close()]);
  });
});

describe('a prompt of more than 2 MB', () => {
  it('is refused before it is sent; a long one is cut in the log and whole by fetch', async () => {
    rig = await HostRig.create();
    await rig.start();
    const ada = await (await rig.machine()).startSession();
    const huge = 'x'.repeat(2 * 1024 * 1024 + 1);
    expect(() => ada.view.send('prompt', { text: huge })).toThrow(/too long/);
    const text = `[[text:read it all]] ${'long '.repeat(6000)}marker-end`;
    await ada.view.request('prompt', { text });
    await ada.until('the turn ends', () => ada.ofKind('turn').length === 1);
    const { cut } = ada.ofKind('prompt')[0] ?? {};
    expect(cut?.tail).toContain('marker-end');
    const whole = await ada.view.fetchBlob(cut?.blob ?? '');
    expect(Buffer.from(whole).toString()).toBe(text);
    expect(JSON.stringify(rig.model.requests)).toContain('long marker-end');
  });
});

describe('a full disk', () => {
  it('ends the host with its reason; when there is room again the session is whole', async () => {
    rig = await HostRig.create();
    await rig.start();
    const first = await (await rig.machine()).startSession();
    await rig.stop();
    await rig.start({ fileKiB: 512 });
    const ada = await (await rig.machine()).joinSession(first.session);
    for (let count = 0; count < 12 && rig.hostExit() === undefined; count += 1) {
      ada.view.send('prompt', { text: `marker-${count} [[long:150]]` });
      const turns = count + 1;
      await waitUntil(
        'the turn or the host has ended',
        () => rig.hostExit() !== undefined || ada.ofKind('turn').length >= turns,
        30_000,
      );
    }
    expect(rig.hostExit()).toBe(1);
    expect(rig.log).toMatch(/host crashed .*SQLite/);
    await rig.start();
    const again = await (await rig.machine()).joinSession(first.session);
    await again.until('it is idle', () => again.state.session.status === 'idle');
    await again.view.request('prompt', { text: '[[text:there is room again]]' });
    await again.until('it goes on', () => again.text.includes('there is room again'));
    const ids = again.entries.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

// [R18] What a command printed for owners alone, in a terminal and for scripts.
import { afterEach, describe, expect, it } from 'vitest';
import { shareArguments } from '../../src/cli/commands/shareOptions.ts';
import type { Entry } from '../../src/protocol/transcript.ts';
import { textEntry } from '../sync/syncRig.ts';
import { JoinRig, ownOutputEntry } from './joinRig.ts';

const rig = new JoinRig();
afterEach(() => rig.close());

const RAN: Entry = { kind: 'command', id: 'ran', at: 1, command: '/context', text: '' };

/** A room in which two commands have printed, one of them nothing that is kept. */
async function serve() {
  const { relay, room, blobs } = await rig.serve();
  blobs.set('own-1', 'memory: tea\u001b[2J\nplan: max');
  room.append([RAN, ownOutputEntry('own-1'), textEntry('after', 'what came after')]);
  const owner = await rig.invite(room, relay, { role: 'owner' });
  return { room, blobs, owner, viewer: await rig.invite(room, relay) };
}

describe('in a terminal', () => {
  it('an owner sees it, under the name of its command', async () => {
    const { room, blobs, owner } = await serve();
    const terminal = rig.run(owner, 'Ada');
    await terminal.until('(output of /context, for you alone)\n  memory: tea[2J\n  plan: max\n');
    blobs.set('own-2', 'later');
    room.append([ownOutputEntry('own-2')]);
    await terminal.until('\n  later\n');
    terminal.say('/quit');
    expect(await terminal.ended).toBe(0);
    expect(terminal.text()).not.toContain('for the owner alone');
  });

  it('a viewer sees that there was some', async () => {
    const { viewer } = await serve();
    const terminal = rig.run(viewer, 'Vic');
    await terminal.until('(output of a command, for the owner alone)\nwhat came after\n');
    terminal.say('/quit');
    expect(await terminal.ended).toBe(0);
    expect(terminal.text()).not.toContain('tea');
  });
});

describe('join --json', () => {
  it('prints it for an owner by itself, after its entry, and when it is asked for', async () => {
    const { owner } = await serve();
    const script = rig.run(owner, 'Ada', { flags: ['--json'] });
    await script.until('plan: max');
    script.say('{"ref":7,"fetch":"own-1"}');
    await script.until('"ref":7');
    script.say('{"quit":true}');
    expect(await script.ended).toBe(0);
    const lines = script.lines();
    const place = lines.findIndex((line) => line.type === 'entry' && line.entry.id === 'own-1');
    const printed = lines.flatMap((line) => (line.type === 'blob' ? [line] : []));
    expect(printed).toHaveLength(2);
    expect(printed[0]).toMatchObject({ blob: 'own-1', text: 'memory: tea\u001b[2J\nplan: max' });
    expect(lines.findIndex((line) => line.type === 'blob')).toBeGreaterThan(place);
  });

  it('asks for nothing as a viewer, whose fetch is refused', async () => {
    const { viewer } = await serve();
    const script = rig.run(viewer, 'Vic', { flags: ['--json'] });
    await script.until('what came after');
    script.say('{"ref":7,"fetch":"own-1"}');
    await script.until('for the owner of the session alone');
    script.say('{"quit":true}');
    expect(await script.ended).toBe(0);
    expect(script.lines().filter(({ type }) => type === 'error')).toHaveLength(1);
    expect(script.text()).not.toContain('tea');
  });
});

describe('share', () => {
  it('shows the output of commands only if it is said', () => {
    const where = { kind: 'loopback' };
    const plain = shareArguments('share', 's', 'viewer', {});
    expect(plain).toEqual({ session: 's', role: 'viewer', where });
    const shown = shareArguments('share', 's', 'viewer', { 'command-output': true });
    expect(shown).toEqual({ session: 's', role: 'viewer', commandOutput: true, where });
  });
});

// Others on a conversation, and a folder that is gone, from the command line: `join --json`, and what is typed.
import { afterEach, describe, expect, it, test } from 'vitest';
import { verbOf } from '../../src/cli/join/terminalVerbs.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { FakeView } from '../client/samples.ts';
import { sessionApp } from '../sync/syncRig.ts';
import { JoinRig } from './joinRig.ts';

const rig = new JoinRig();
afterEach(() => rig.close());

const others = { writers: [{ where: 'terminal' as const, since: 1, pid: 7 }], holds: true };
const gone = {
  code: 'agent-folder-gone',
  happened: 'The folder /home/dev/project is gone.',
  kept: 'Prompts wait.',
  remedy: 'Choose the folder in which it goes on.',
};

/** `join --json` of somebody with this role. */
async function script(role: 'owner' | 'controller') {
  const { relay, room, executed } = await rig.serve();
  const options = role === 'owner' ? { role } : ({ role, allowControl: true } as const);
  const joined = rig.run(await rig.invite(room, relay, options), 'Ada', { flags: ['--json'] });
  await joined.until('"joined"');
  return { room, executed, joined };
}

describe('join --json', () => {
  it('[Z1] [M1] prints who else is there, and that the folder is gone', async () => {
    const { room, joined } = await script('controller');
    room.setState(sessionApp({ others, problem: gone }));
    await joined.until('"agent-folder-gone"');
    const state = joined.lines().findLast((line) => line.type === 'state');
    expect(JSON.stringify(state)).toContain(JSON.stringify(others.writers[0]?.where));
    expect(JSON.stringify(state)).toContain('"holds":true');
  });

  it.each(['take-in', 'fork', 'wait'])('[Z3] {"others":"%s"} is the owner’s choice', async (to) => {
    const { executed, joined } = await script('owner');
    joined.say(JSON.stringify({ ref: 1, others: to }));
    await joined.until('"ref":1,"kind":"settle-writers","status":"done"');
    expect(executed).toEqual([{ kind: 'settle-writers', args: { choice: to } }]);
  });

  it('[M1] {"folder":…} is taken as it is, blanks and all: the host checks it', async () => {
    const { executed, joined } = await script('owner');
    joined.say('{"ref":1,"folder":"/home/dev/moved here "}');
    await joined.until('"ref":1,"kind":"set-folder","status":"done"');
    expect(executed).toEqual([{ kind: 'set-folder', args: { path: '/home/dev/moved here ' } }]);
  });

  it('[Z3] [M1] a guest in control decides neither', async () => {
    const { executed, joined } = await script('controller');
    joined.say('{"ref":1,"others":"fork"}');
    joined.say('{"ref":2,"folder":"/tmp"}');
    await joined.until('You may not decide about others on this conversation');
    await joined.until('You may not choose the folder of this session');
    expect(executed).toEqual([]);
  });

  it.each([
    ['others', '"stay"'],
    ['others', 'true'],
    ['folder', '7'],
  ])('[Z3] [M1] {"%s":%s} is an error line, and nothing is sent', async (verb, value) => {
    const { executed, joined } = await script('owner');
    joined.say(`{"ref":5,"${verb}":${value}}`);
    await joined.until(`“${verb}” is not as expected`);
    const error = joined.lines().find((line) => line.type === 'error');
    expect(error).toMatchObject({ ref: 5 });
    expect(executed).toEqual([]);
  });
});

describe('join in a terminal', () => {
  it('[Z3] tells the owner how to choose, and takes the choice', async () => {
    const { relay, room, executed } = await rig.serve();
    const owner = rig.run(await rig.invite(room, relay, { role: 'owner' }), 'Ada');
    await owner.until('You are here as owner');
    room.setState(sessionApp({ others }));
    await owner.until('A terminal (process 7) has this conversation open as well.');
    await owner.until('/take-in, /fork or /wait');
    owner.say('/fork');
    await waitUntil('it is carried out', () => executed.length === 1);
    expect(executed).toEqual([{ kind: 'settle-writers', args: { choice: 'fork' } }]);
  });

  it('[M1] tells the owner how to choose the folder, and a guest only what is wrong', async () => {
    const { relay, room, executed } = await rig.serve();
    const owner = rig.run(await rig.invite(room, relay, { role: 'owner' }), 'Ada');
    const guest = rig.run(await rig.controlLink(room, relay), 'Ben');
    await owner.until('You are here as owner');
    await guest.until('You are here as controller');
    room.setState(sessionApp({ problem: gone, can: ['prompt'] }));
    await owner.until('Choose the folder in which it goes on. /folder PATH');
    await guest.until('The folder /home/dev/project is gone.');
    expect(guest.text()).not.toContain('/folder PATH');
    owner.say('/folder /home/dev/moved here');
    await waitUntil('it is carried out', () => executed.length === 1);
    expect(executed).toEqual([{ kind: 'set-folder', args: { path: '/home/dev/moved here' } }]);
  });
});

test.each(['take-in', 'fork', 'wait'])('[Z3] /%s', (name) => {
  expect(verbOf(new FakeView(), name, '')).toEqual({ others: name });
});

test('[M1] /folder without a path sends nothing and says so', () => {
  expect(() => verbOf(new FakeView(), 'folder', '  ')).toThrow(/folder/);
  expect(verbOf(new FakeView(), 'folder', ' /srv/moved here ')).toEqual({
    folder: '/srv/moved here',
  });
});

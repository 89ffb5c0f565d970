// The scene by command line: real CLI, real host, real relay, guests in processes of their own.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CliRig, createCliRig, type Joined } from './cliRig.ts';

let rig: CliRig;
let session: string;

beforeAll(async () => {
  rig = await createCliRig();
});

afterEach(() => rig.endJoined());

afterAll(() => rig.close());

describe('a session from start to end, by the command line', () => {
  it('start finds no host, starts one, and the session appears in the list', async () => {
    const started = await rig.json(['start', '--title', 'Scene', '--cwd', '.']);
    session = String(started['sessionId']);
    const { sessions } = await rig.json(['sessions']);
    expect(sessions).toEqual([
      expect.objectContaining({ id: session, title: 'Scene', cwd: rig.project, source: 'hosted' }),
    ]);
    expect(JSON.stringify(sessions)).not.toContain('#1.');
    const table = await rig.run(['sessions']);
    expect(table.stdout).toContain(session.slice(0, 6));
    expect(table.stdout).toContain('Scene');
  });

  it('a second host says in one line of JSON that it is not needed', async () => {
    const { code, stdout, stderr } = await rig.run(['host', '--json']);
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ ready: false, code: 'host-running' });
    expect(stderr).toContain('It was left alone.');
  });

  it('a session that could be started but not shared is named all the same', async () => {
    const nowhere = ['--share', 'viewer', '--where', 'http://127.0.0.1:1'];
    const json = await rig.run(['start', '--cwd', '.', ...nowhere, '--json']);
    const { sessionId, error } = JSON.parse(json.stdout);
    expect(error).toMatchObject({ message: expect.stringContaining('127.0.0.1:1') });
    expect(json.stderr).toContain(error.message);
    expect(await rig.json(['end', String(sessionId)])).toEqual({ sessionId });
    const text = await rig.run(['start', '--cwd', '.', ...nowhere]);
    expect([json.code, text.code]).toEqual([4, 4]);
    const [, id = ''] = /^Session (\w+) has started\.$/m.exec(text.stdout) ?? [];
    await rig.json(['end', id]);
  });

  it('send --wait prints the answer', async () => {
    const answer = await rig.run(['send', session.slice(0, 8), '--wait', '[[text:It works.]]']);
    expect(answer).toEqual({ code: 0, stdout: 'It works.\n', stderr: '' });
  });

  it('a viewer sees history and the stream, and may not prompt', async () => {
    const { link } = await rig.json(['share', session, '--role', 'viewer']);
    const vic = await rig.join(String(link), 'vic');
    expect(await vic.find('joined')).toMatchObject({ role: 'viewer' });
    await vic.find('entry', ({ entry }) => entry.kind === 'text' && entry.text === 'It works.');
    await vic.find('truth', ({ truth }) => truth === 'live');
    const before = vic.lines.length;
    await rig.run(['send', session, '[[slow:30:20]]']);
    await vic.find('delta', ({ kind }) => kind === 'text', before);
    const whole = await vic.find('entry', ({ entry }) => entry.kind === 'text', before);
    const pieces = vic.lines
      .slice(before)
      .flatMap((line) => (line.type === 'delta' && line.kind === 'text' ? [line.text] : []));
    expect(pieces.length).toBeGreaterThan(2);
    expect(whole.entry.kind === 'text' && whole.entry.text.startsWith(pieces.join(''))).toBe(true);
    vic.say({ ref: 7, prompt: 'may I?' });
    const refused = await vic.find('ack', ({ status }) => status === 'rejected');
    expect(refused).toMatchObject({ ref: 7, kind: 'prompt', code: 'not-allowed' });
    expect(await vic.quit()).toBe(0);
    expect(vic.lines.at(-1)).toEqual({ type: 'end', reason: 'quit' });
  });

  it('control is allowed, asked for, used, taken back, and the next prompt refused', async () => {
    const own = await rig.join(session, 'own');
    const { link } = await rig.json(['share', session, '--role', 'controller']);
    const ben = await rig.join(String(link), 'ben');
    await ben.find('joined');
    ben.say({ prompt: 'too early' });
    const early = await ben.find('ack', ({ status }) => status === 'rejected');
    expect(early.message).toContain('Allow control');

    await own.find('state', ({ state }) => state.people.some((person) => person.name === 'ben'));
    own.say({ allow: 'ben' });
    await ben.find('state', ({ state }) =>
      state.people.some((person) => person.name === 'ben' && person.role === 'controller'),
    );
    ben.say({ control: 'request' });
    const asked = await ben.find(
      'ack',
      ({ kind, status }) => kind === 'focus-request' && status === 'done',
    );
    expect(asked.result).toEqual({ outcome: 'granted' });
    ben.say({ ref: 'run', prompt: '[[text:For Ben.]]' });
    await ben.find('ack', ({ ref, status }) => ref === 'run' && status === 'done');
    const prompt = await own.find(
      'entry',
      ({ entry }) => entry.kind === 'prompt' && entry.author?.name === 'ben',
    );
    expect(prompt.entry).toMatchObject({ text: '[[text:For Ben.]]' });
    await own.find('entry', ({ entry }) => entry.kind === 'text' && entry.text === 'For Ben.');

    own.say({ control: 'take' });
    await own.find('ack', ({ kind, status }) => kind === 'focus-take' && status === 'done');
    ben.say({ ref: 'late', prompt: 'once more' });
    const late = await ben.find(
      'ack',
      ({ ref, status }) => ref === 'late' && status === 'rejected',
    );
    expect(['no-control', 'superseded']).toContain(late.code);
    expect(late.message).toContain('kept in the composer');

    own.say({ control: 'release' });
    await ben.find('state', ({ state }) => state.focus.holder === undefined, ben.lines.length - 1);
    ben.say({ ref: 'free', prompt: '[[text:Free again.]]' });
    await ben.find('ack', ({ ref, status }) => ref === 'free' && status === 'done');
    await Promise.all([own.quit(), ben.quit()]);
  });

  it('a permission that waits is seen by who comes late, and answered once', async () => {
    const own = await rig.join(session, 'own');
    await own.find('joined');
    own.say({ prompt: '[[bash:echo by-permission > made.txt]]' });
    await own.find('state', ({ state }) => state.kind === 'session' && state.pending.length > 0);
    const late: Joined = await rig.join(session, 'late');
    const seen = await late.find(
      'state',
      ({ state }) => state.kind === 'session' && state.pending.length > 0,
    );
    expect(seen.state).toMatchObject({ pending: [{ request: 'permission', tool: 'Bash' }] });
    await late.find('entry', ({ entry }) => entry.kind === 'request');
    const { requestId } = seen.state.kind === 'session' ? (seen.state.pending[0] ?? {}) : {};
    late.say({ ref: 1, answer: { requestId, behavior: 'allow' } });
    await late.find('ack', ({ ref, status }) => ref === 1 && status === 'done');
    own.say({ ref: 2, answer: { requestId, behavior: 'deny' } });
    const second = await own.find('ack', ({ ref, status }) => ref === 2 && status === 'rejected');
    expect(second.code).toBe('already-answered');
    const decision = await own.find('entry', ({ entry }) => entry.kind === 'decision');
    expect(decision.entry).toMatchObject({
      outcome: 'allowed',
      author: { name: expect.any(String) },
    });
    await own.find('entry', ({ entry }) => entry.kind === 'turn', own.lines.indexOf(decision));
    await Promise.all([own.quit(), late.quit()]);
  });

  it('interrupt ends a turn at once', async () => {
    const own = await rig.join(session, 'own');
    await own.find('joined');
    own.say({ prompt: '[[slow:2000:20]]' });
    await own.find('delta');
    const from = own.lines.length;
    own.say({ interrupt: true });
    const turn = await own.find('entry', ({ entry }) => entry.kind === 'turn', from);
    expect(turn.entry).toMatchObject({ outcome: 'interrupted' });
    await own.quit();
  });

  it('a script lives through a kill -9 of the host: the next prompt runs, once', async () => {
    const { link } = await rig.json(['share', session, '--role', 'controller', '--allow-control']);
    const ben = await rig.join(String(link), 'ben2');
    await ben.find('truth', ({ truth }) => truth === 'live');
    ben.say({ prompt: '[[slow:40:50]]' });
    await ben.find('delta', ({ kind }) => kind === 'text');
    const { pid } = await rig.json(['host', 'status']);
    process.kill(Number(pid), 'SIGKILL');
    await ben.find('truth', ({ truth }) => truth === 'relay-offline');
    await rig.json(['sessions']);
    ben.say({ ref: 'after', prompt: '[[text:Still here.]]' });
    await ben.find('ack', ({ ref, status }) => ref === 'after' && status === 'done');
    const isAnswer = (line: { readonly entry: { readonly kind: string } }): boolean =>
      line.entry.kind === 'text' && JSON.stringify(line.entry).includes('Still here.');
    await ben.find('entry', isAnswer);
    const prompts = ben.lines.filter(
      (line) =>
        line.type === 'entry' && line.entry.kind === 'prompt' && line.entry.author?.name === 'ben2',
    );
    expect(prompts).toHaveLength(2);
  });

  it('stop-sharing cuts guests off, and their link is dead', async () => {
    const { link } = await rig.json(['share', session, '--role', 'viewer']);
    const vic = await rig.join(String(link), 'vic2');
    await vic.find('truth', ({ truth }) => truth === 'live');
    expect((await rig.run(['stop-sharing', session])).code).toBe(0);
    const end = await vic.find('end');
    expect(end).toMatchObject({ reason: 'over', error: { code: 'link-revoked' } });
    const again = await rig.run(['join', String(link), '--json'], { home: 'vic2' });
    expect(again.code).toBe(4);
    expect(again.stdout).toContain('"link-revoked"');
  });

  it('end ends the session, host stop the host, and nothing is left', async () => {
    expect(await rig.json(['end', session])).toEqual({ sessionId: session });
    const { sessions } = await rig.json(['sessions']);
    expect(sessions).toContainEqual(expect.objectContaining({ id: session, status: 'ended' }));
    expect(await rig.json(['host', 'stop'])).toEqual({ stopped: true });
    expect(await rig.json(['host', 'stop'])).toEqual({ stopped: false });
    expect(await rig.json(['host', 'status'])).toEqual({ running: false });
  });
});

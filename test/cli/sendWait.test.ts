// `send --wait` says what it waits for, and ends where it is asked to: the built program, a real host, the demo model.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { type CliRig, createCliRig } from './cliRig.ts';

let rig: CliRig;
let session: string;

beforeAll(async () => {
  rig = await createCliRig();
  const started = await rig.json(['start', '--title', 'Waits', '--cwd', '.']);
  session = String(started['sessionId']);
});
afterAll(() => rig.close());

const ASK = '[[bash:touch made-by-a-prompt]][[text:made it]]';
const blocked = (prompt: string) =>
  rig.run(['send', session, '--wait', '--exit-when-blocked', '--json', prompt]);

/** Answers whatever waits as the owner, and lets the turn end. */
async function answer(behavior: 'allow' | 'deny', answers?: Record<string, string>): Promise<void> {
  const own = await rig.join(session, 'own');
  await own.find('state', ({ state }) => state.kind === 'session' && state.pending.length > 0);
  const from = own.lines.length;
  own.say({ answer: { behavior, ...(answers && { answers }) } });
  await own.find('ack', ({ kind, status }) => kind === 'answer' && status === 'done');
  await own.find('entry', ({ entry }) => entry.kind === 'turn', from);
  await own.quit();
}

it('a permission is said at once with what it asks and how it is answered, and the wait goes on', async () => {
  const waiting = rig.start(['send', session.slice(0, 8), '--wait', ASK]);
  await waitUntil('it is said', () => waiting.stderr().includes('waits for an answer'));
  expect(waiting.stderr()).toContain('touch made-by-a-prompt');
  expect(waiting.stderr()).toContain(
    `“twinhelm join ${session.slice(0, 8)}”, then /allow or /deny`,
  );
  await answer('allow');
  expect(await waiting.ended).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('made it'),
  });
  expect(waiting.stderr().match(/waits for an answer/g)).toHaveLength(1);
});

it('asked to end when it is blocked, it ends with 6 and the request', async () => {
  const { code, stdout, stderr } = await blocked(ASK);
  expect(code).toBe(6);
  expect(JSON.parse(stdout)).toMatchObject({
    promptId: expect.any(String),
    outcome: 'waiting',
    request: {
      kind: 'request',
      request: 'permission',
      tool: 'Bash',
      requestId: expect.any(String),
    },
  });
  expect(stderr).toContain('/allow or /deny');
  await answer('deny');
});

it('a question ends it with 6, and is said as a question', async () => {
  const { code, stdout, stderr } = await blocked('[[ask]][[text:chosen]]');
  expect(code).toBe(6);
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'waiting',
    request: { request: 'question' },
  });
  expect(stderr).toContain('/answer TEXT');
  await answer('deny');
});

it('without --wait it has no meaning', async () => {
  const { code, stderr } = await rig.run(['send', session, '--exit-when-blocked', 'x']);
  expect([code, stderr.includes('goes with --wait')]).toEqual([2, true]);
});

it('a guest is told by which link nothing, and that the owner has to answer', async () => {
  const share = ['share', session, '--role', 'controller', '--allow-control'];
  const { link } = await rig.json(share);
  const { code, stderr } = await rig.run(
    ['send', String(link), '--wait', '--exit-when-blocked', ASK],
    { home: 'ben' },
  );
  expect(code).toBe(6);
  expect(stderr).toContain('Its owner has to answer it.');
  expect(stderr).not.toContain(String(link));
  await answer('deny');
});

it('sharing that is stopped ends the wait of a guest with 4, and says so', async () => {
  const share = ['share', session, '--role', 'controller', '--allow-control'];
  const { link } = await rig.json(share);
  const waiting = rig.start(['send', String(link), '--wait', '[[held:20]]'], { home: 'eve' });
  const own = await rig.join(session, 'own');
  await own.find('entry', ({ entry }) => entry.kind === 'prompt' && entry.text === '[[held:20]]');
  await rig.json(['stop-sharing', session]);
  const { code } = await waiting.ended;
  expect([code, waiting.stderr().includes('stopped sharing')]).toEqual([4, true]);
  rig.model.release();
  await own.quit();
});

it('[Q7] what is sent to a queue that is held is said to be, and why; `sessions` says it too', async () => {
  const refused = rig.start(['send', session, '--wait', '[[err:529:9]]']);
  await waitUntil('it is refused', () => refused.stderr().includes('overloaded'));
  await rig.json(['send', session, 'first of two [[text:first]]']);
  expect((await refused.ended).code).toBe(1);
  const sent = await rig.run(['send', session, '--json', 'second of two [[text:second]]']);
  expect(JSON.parse(sent.stdout)).toMatchObject({ promptId: expect.any(String), held: true });
  expect(sent.stderr).toContain('the turn before it failed (The service is overloaded)');
  expect(sent.stderr).toContain('then /go');
  expect((await rig.run(['sessions'])).stdout).toContain('2 held, the turn failed');
  const now = await rig.run(['send', session, '--now', '--wait', '[[text:answers again]]']);
  expect(now).toMatchObject({ code: 0, stdout: expect.stringContaining('answers again') });
  const own = await rig.join(session, 'own');
  await own.find('entry', ({ entry }) => entry.kind === 'text' && entry.text === 'second');
  await own.quit();
});

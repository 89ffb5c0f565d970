// `join` for people, on a served room: what is shown, what is typed, what is pasted.
import { verbatim } from '../../src/base/say.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { refused } from '../../src/session/errors.ts';
import { bodyId } from '../../src/host/session/cutEntry.ts';
import { textHash } from '../../src/crypto/keys.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { sessionApp, textEntry } from '../sync/syncRig.ts';
import { askFor, JoinRig, requestEntry } from './joinRig.ts';

const rig = new JoinRig();
afterEach(() => rig.close());

describe('join in a terminal', () => {
  it('shows history and stream once each, and takes prompts and commands', async () => {
    const prompts: string[] = [];
    const { relay, room } = await rig.serve((prompt) => prompts.push(prompt));
    room.append([textEntry('one', 'before\u001b[2J')]);
    const link = await rig.controlLink(room, relay);
    const terminal = rig.run(link, 'Ben');
    await terminal.until('before[2J\n');
    room.delta({ messageId: 'two', block: 0, type: 'text', text: 'stream' });
    await terminal.until('stream');
    room.append([textEntry('two', 'streamed whole')]);
    await terminal.until('ed whole\n');
    expect(terminal.text().match(/stream/g)).toHaveLength(1);
    terminal.say('do it');
    terminal.say('//compact');
    await waitUntil('both prompts', () => prompts.length === 2);
    expect(prompts).toEqual(['do it', '/compact']);
    await terminal.until('you have control');
    terminal.say('/people');
    await terminal.until('controller, you, has control');
    terminal.say('/dance');
    await terminal.until('/dance is no command here. Nothing was sent.');
    terminal.say('/help');
    await terminal.until('/request');
    terminal.say('/quit');
    expect(await terminal.ended).toBe(0);
  });

  it('a refused prompt is shown with the reason and the text', async () => {
    const { relay, room } = await rig.serve();
    const terminal = rig.run(await rig.invite(room, relay), 'Vic');
    await terminal.until('You are here as viewer');
    terminal.say('my long thought');
    await terminal.until('You may not send prompts');
    await terminal.until('Your text: my long thought');
  });

  it('what waits is shown, and allowed by its number', async () => {
    const { relay, room } = await rig.serve();
    const scopes = ['prompt', 'interrupt', 'approve'] as const;
    const options = { role: 'controller', allowControl: true, scopes } as const;
    const terminal = rig.run(await rig.invite(room, relay, options), 'Ben');
    await terminal.until('You are here as controller');
    askFor(room, requestEntry('a'), requestEntry('b'));
    await terminal.until('? permission: Bash\n  run b\n');
    await terminal.until('1 permission Bash, 2 permission Bash: /allow or /deny with the number');
    terminal.say('/allow');
    await terminal.until('Several requests wait');
    terminal.say('/allow 3');
    await terminal.until('No such request');
  });

  it('what is to be allowed is shown whole, and nothing in it stays hidden', async () => {
    const { relay, room } = await rig.serve();
    const terminal = rig.run(await rig.invite(room, relay), 'Vic');
    await terminal.until('You are here as viewer');
    const command = `echo ${'x'.repeat(2000)}\nrm -rf \u202egnp.txt\u001b[2K`;
    askFor(room, requestEntry('a', { input: { command }, reason: 'outside\u001b[1A' }));
    await terminal.until('rm -rf ⟨U+202E⟩gnp.txt⟨U+001B⟩[2K');
    expect(terminal.text()).toContain(`  echo ${'x'.repeat(2000)}\n  rm -rf`);
    await terminal.until('(outside[1A)');
    expect(terminal.text()).not.toContain('\u001b');
  });

  it('[R13] /view shows a long request whole, and from then on an answer says so', async () => {
    const { relay, room, executed, blobs } = await rig.serve();
    const scopes = ['prompt', 'approve'] as const;
    const options = { role: 'controller', allowControl: true, scopes } as const;
    const terminal = rig.run(await rig.invite(room, relay, options), 'Ben');
    await terminal.until('You are here as controller');
    const whole = JSON.stringify({ command: `echo ${'x'.repeat(3000)} end`, timeout: 5 });
    const blob = bodyId(Buffer.from(whole));
    blobs.set(blob, whole);
    const inputCut = { totalBytes: whole.length, blob };
    const asked = requestEntry('a', { input: { command: 'echo … 3000 more … end' }, inputCut });
    askFor(room, asked);
    await terminal.until('/view shows the rest, before it can be allowed');
    terminal.say('/allow');
    await waitUntil('an answer', () => executed.length === 1);
    expect(executed[0]?.args).not.toHaveProperty('seen');
    terminal.say('/view');
    await terminal.until(`${'x'.repeat(3000)} end`);
    await terminal.until('"timeout": 5');
    terminal.say('/allow');
    await waitUntil('another answer', () => executed.length === 2);
    expect(executed[1]?.args).toMatchObject({ seen: await textHash(`a${whole}`) });
    terminal.say('/allow-unseen');
    await waitUntil('the last', () => executed.length === 3);
    expect(executed[2]?.args).toMatchObject({ unseen: true });
  });

  it('/answer answers a question, and never allows what else waits', async () => {
    const { relay, room, executed } = await rig.serve();
    const scopes = ['prompt', 'interrupt', 'approve'] as const;
    const options = { role: 'controller', allowControl: true, scopes } as const;
    const terminal = rig.run(await rig.invite(room, relay, options), 'Ben');
    await terminal.until('You are here as controller');
    askFor(room, requestEntry('a'));
    await terminal.until('— this permission waits for an answer: /allow or /deny —');
    terminal.say('/answer no');
    await terminal.until('No question waits for an answer.');
    const question = { question: 'Which?', options: [{ label: 'Red' }, { label: 'Blue' }] };
    askFor(
      room,
      requestEntry('a'),
      requestEntry('q', { request: 'question', questions: [question] }),
    );
    await terminal.until('2. Blue');
    await terminal.until('these wait for an answer: 1 permission Bash, 2 question Bash');
    terminal.say('/allow 2');
    await terminal.until('it wants an answer');
    terminal.say('/answer');
    await terminal.until('/answer needs something behind it.');
    expect(executed).toEqual([]);
    terminal.say('/answer 2');
    await waitUntil('the answer', () => executed.length > 0);
    expect(executed).toMatchObject([
      {
        kind: 'answer',
        args: { requestId: 'q', behavior: 'allow', answers: { 'Which?': 'Blue' } },
      },
    ]);
  });

  it('several questions at once want as many answers; several options are one', async () => {
    const { relay, room, executed } = await rig.serve();
    const scopes = ['prompt', 'interrupt', 'approve'] as const;
    const options = { role: 'controller', allowControl: true, scopes } as const;
    const terminal = rig.run(await rig.invite(room, relay, options), 'Ben');
    await terminal.until('You are here as controller');
    const options3 = [{ label: 'A' }, { label: 'B' }, { label: 'C' }];
    const questions = [
      { question: 'One?', options: options3 },
      { question: 'Many?', options: options3, multiSelect: true },
    ];
    askFor(room, requestEntry('q', { request: 'question', questions }));
    await terminal.until('— this question waits for an answer: /answer TEXT —');
    terminal.say('/answer 1');
    await terminal.until('Give 2 answers, with semicolons between them.');
    terminal.say('/answer my own; 1,3');
    await waitUntil('the answer', () => executed.length > 0);
    expect(executed).toMatchObject([{ args: { answers: { 'One?': 'my own', 'Many?': 'A, C' } } }]);
  });

  it('pasted lines become one prompt that an empty line sends, and none of them a command', async () => {
    const prompts: string[] = [];
    const { relay, room } = await rig.serve((prompt) => void prompts.push(prompt));
    const link = await rig.controlLink(room, relay);
    const terminal = rig.run(link, 'Ben', { hasKeyboard: true });
    await terminal.until('You are here as controller');
    terminal.write('to be dropped\nall of it\n');
    await terminal.until('2 lines: an empty line sends them');
    terminal.say('/drop');
    await terminal.until('thrown away');
    terminal.write('a comment\n/quit\n\n  indented\n');
    await terminal.until('— 4 lines: ');
    terminal.say('the last line, typed');
    await terminal.until('— 5 lines: ');
    terminal.say('');
    await waitUntil('the prompt', () => prompts.length > 0);
    terminal.say('one line');
    await waitUntil('the next prompt', () => prompts.length > 1);
    expect(prompts).toEqual(['a comment\n/quit\n\n  indented\nthe last line, typed', 'one line']);
    terminal.write('left\nbehind\n');
    await waitUntil('the second note', () => terminal.text().split('— 2 lines: ').length === 3);
    terminal.endInput();
    expect(await terminal.ended).toBe(0);
    expect(terminal.text()).toContain('2 lines were not sent');
  });

  it('a line that fills what a terminal passes on is not sent without its end', async () => {
    const { relay, room, executed } = await rig.serve();
    const link = await rig.controlLink(room, relay);
    const terminal = rig.run(link, 'Ben', { hasKeyboard: true });
    await terminal.until('You are here as controller');
    terminal.say('x'.repeat(4095));
    await terminal.until('its end may be lost. Nothing was sent.');
    expect(executed).toEqual([]);
  });

  it('words of the host cannot move the cursor either', async () => {
    const { relay, room } = await rig.serve(() => {
      throw refused('not-allowed', { happened: verbatim('no\u001b[2J\nyou have control') });
    });
    const link = await rig.controlLink(room, relay);
    const terminal = rig.run(link, 'Ben');
    await terminal.until('You are here as controller');
    terminal.say('hello');
    await terminal.until('✗ no[2J you have control');
    room.setState(
      sessionApp({ problem: { code: 'x', happened: 'odd\u001b[1A', kept: '', remedy: 'or\nnot' } }),
    );
    await terminal.until('— odd[1A or not —');
    expect(terminal.text()).not.toContain('\u001b');
  });

  it('an owner is told who wants control and who may not ask yet, and how to answer', async () => {
    const { relay, room } = await rig.serve();
    const owner = rig.run(await rig.invite(room, relay, { role: 'owner' }), 'Ada');
    await owner.until('You are here as owner');
    const ben = rig.run(await rig.invite(room, relay, { role: 'controller' }), 'Ben Bolt');
    await owner.until('Ben Bolt came to control and watches so far: /admit Ben Bolt');
    owner.say('/admit Ben Bolt');
    await ben.until('you are controller now');
    owner.say('/take');
    await ben.until('Ada has control');
    ben.say('/request');
    await owner.until('Ben Bolt would like control: /give Ben Bolt');
    owner.say('/give Ben Bolt');
    await ben.until('you have control');
    expect(ben.text()).not.toContain('/give');
  });
});

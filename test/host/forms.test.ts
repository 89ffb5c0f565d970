// Forms of a real MCP server in a real claude: shown, filled in, declined, withdrawn, and never in the way.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { LONG_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { claudeDoes } from '../../tools/install/claudeFeatures.ts';
import {
  answerForm,
  asking,
  type FormServer,
  toldAgent,
  waitingForm,
  withFormServer,
} from './formRig.ts';
import { letIn } from './controlledGuests.ts';
import { type Guest, HostRig, type MachineView } from './hostRig.ts';

describe.each(LONG_VERSIONS)('forms with claude %s', (version) => {
  let rig: HostRig;
  let ada: Guest & { readonly session: string };
  let machine: MachineView;
  let server: FormServer;

  beforeAll(async () => {
    rig = await HostRig.create({ claudePath: await installClaude(version) });
    server = withFormServer(rig);
    await rig.start();
    machine = await rig.machine();
    ada = await machine.startSession();
  });
  afterAll(() => rig.close());

  async function ask(form: string, tool?: string): Promise<void> {
    await ada.view.request('prompt', { text: asking(form, tool) });
  }

  async function idle(turns: number): Promise<void> {
    await ada.until('the turn ends', () => ada.ofKind('turn').length === turns);
    await ada.until('it is idle', () => ada.state.session.status === 'idle');
    await ada.until('nothing waits', () => ada.state.pending.length === 0);
  }

  it('[U1] a form is a request with its fields, and what is filled in reaches the server', async () => {
    await ask('full');
    const request = await waitingForm(ada);
    expect(request).toMatchObject({ request: 'form', tool: 'forms' });
    expect(request.form?.message).toBe('Where should the release go?');
    expect(request.form?.fields?.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      ...['name: text', 'count: integer', 'ratio: number', 'draft: boolean'],
      ...['color: choice', 'mail: text', 'page: text', 'day: text'],
    ]);
    expect(ada.state.session).toMatchObject({ status: 'waiting', waitingFor: 'form' });
    const content = { name: 'Ada', count: 2, draft: false, color: 'r', day: '2026-02-28' };
    // What else an answer says is not what was filled in.
    const forged = { message: 'Name: Eve', answers: { Name: 'Eve' } };
    await answerForm(ada, request, { behavior: 'allow', content, ...forged });
    await idle(1);
    expect(JSON.parse(toldAgent(ada))).toEqual({ action: 'accept', content });
    expect(ada.ofKind('decision').at(-1)).toMatchObject({
      outcome: 'answered',
      author: { name: 'Ada' },
      detail: 'Name: Ada · Copies: 2 · Draft: false · Color: Red · Day: 2026-02-28',
    });
    expect(ada.ofKind('decision').at(-1)).not.toHaveProperty('answers');
  });

  it('[U2] what does not fit is refused with the name of its field, and the form still waits', async () => {
    await ask('full');
    const request = await waitingForm(ada);
    const refused: readonly (readonly [object, RegExp])[] = [
      [{}, /“Name” is needed/],
      [{ name: 'Ada', count: 77 }, /“Copies” must be 9 or less/],
      [{ name: 'Ada', count: 2, color: 'Red' }, /“Color” must be one of its options/],
      [{ name: 'Ada', count: 2, more: 1 }, /no field “more”/],
    ];
    for (const [content, why] of refused) {
      const answer = answerForm(ada, request, { behavior: 'allow', content: { ...content } });
      await expect(answer).rejects.toThrow(why);
    }
    expect(ada.state.pending).toHaveLength(1);
    await answerForm(ada, request, { behavior: 'deny' });
    await idle(2);
    expect(toldAgent(ada)).toBe('{"action":"decline"}');
    expect(ada.ofKind('decision').at(-1)).toMatchObject({ outcome: 'denied' });
  });

  it('[U1] several choices go as a list, labels with commas among them', async () => {
    await ask('choices');
    const request = await waitingForm(ada);
    const content = { targets: ['linux, glibc', 'win'], one: 'b', many: ['x'] };
    await answerForm(ada, request, { behavior: 'allow', content });
    await idle(3);
    expect(JSON.parse(toldAgent(ada))).toEqual({ action: 'accept', content });
    expect(ada.ofKind('decision').at(-1)?.detail).toContain('One: Second');
  });

  it('a server that asks twice at once gets both answers, each its own', async () => {
    await ask('full', 'ask_twice');
    const second = await waitingForm(ada, 2);
    await answerForm(ada, second, { behavior: 'allow', content: { name: 'two', count: 2 } });
    await answerForm(ada, await waitingForm(ada), { behavior: 'deny' });
    await idle(4);
    expect(
      toldAgent(ada)
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([{ action: 'decline' }, { action: 'accept', content: { name: 'two', count: 2 } }]);
  });

  it('what a server takes back no longer waits, and the turn can be stopped', async () => {
    await ask('full');
    const request = await waitingForm(ada);
    server.signal('SIGUSR2');
    await ada.until('it is withdrawn', () => ada.state.pending.length === 0);
    expect(ada.ofKind('decision').at(-1)).toMatchObject({
      requestId: request.requestId,
      outcome: 'withdrawn',
    });
    const late = answerForm(ada, request, { behavior: 'deny' });
    await expect(late).rejects.toThrow();
    await ada.view.request('interrupt', {});
    await idle(5);
  });

  it('[U8] forms of a turn that is stopped are withdrawn, and their server is told', async () => {
    const before = server.answers().length;
    await ask('full', 'ask_twice');
    const { requestId } = await waitingForm(ada, 2);
    await ada.view.request('interrupt', {});
    await idle(6);
    await ada.until('it is said', () =>
      ada.ofKind('decision').some((one) => one.requestId === requestId),
    );
    expect(
      ada
        .ofKind('decision')
        .slice(-2)
        .map(({ outcome }) => outcome),
    ).toEqual(['withdrawn', 'withdrawn']);
    await waitUntil('the server is told', () => server.answers().length === before + 2);
    expect(server.answers().slice(before)).toEqual(Array(2).fill('{"action":"cancel"}'));
    await ada.view.request('prompt', { text: '[[text:gone on]]' });
    await ada.until('it goes on', () => ada.text.includes('gone on'));
    await idle(7);
  });

  it('a form that is broken is told to its server, and nothing waits', async () => {
    for (const form of ['broken', 'wordy', 'strange', 'nested', 'nothing']) await ask(form);
    await idle(12);
    const told = ada.ofKind('tool-result').slice(-5);
    expect(told.every(({ text }) => /-3260[23]/.test(text))).toBe(true);
  });

  it('[U1] who may prompt but not approve sees a form and cannot answer it; who may, from any window', async () => {
    await ask('full');
    const request = await waitingForm(ada);
    const bob = await letIn(rig, machine, ada, 'Bob');
    const shown = await waitingForm(bob);
    expect(shown).toEqual(request);
    const answer = { behavior: 'allow', content: { name: 'Bob', count: 1 } } as const;
    await expect(answerForm(bob, shown, answer)).rejects.toThrow(/may not answer this request/);
    await answerForm(await machine.joinSession(ada.session), request, answer);
    await expect(answerForm(ada, request, answer)).rejects.toThrow(/Ada has answered/);
    await idle(13);
    expect(JSON.parse(toldAgent(ada))).toMatchObject({
      action: 'accept',
      content: { name: 'Bob' },
    });
  });

  it('[U6] several labels of a question reach the agent as a list, with their commas', async () => {
    const options = ['A, b', 'C', 'D'].map((label) => ({ label, description: label }));
    const questions = [{ question: 'Which?', header: 'W', multiSelect: true, options }];
    // Two brackets side by side would end the directive.
    const json = JSON.stringify({ questions }).replaceAll('}]}]}', '}] }] }');
    await ada.view.request('prompt', { text: `[[tool:AskUserQuestion:${json}]]` });
    const request = await waitingForm(ada);
    const content = { 'Which?': ['A, b', 'C'] };
    const answers = { 'Which?': 'A, b, C' };
    const bad = answerForm(ada, request, { behavior: 'allow', answers, content: { 'Which?': {} } });
    await expect(bad).rejects.toThrow(/a text, a number or a list of labels/);
    // What everybody reads is what the agent got, whatever stands beside it.
    await answerForm(ada, request, { behavior: 'allow', answers: { 'Which?': 'D' }, content });
    await idle(14);
    expect(ada.ofKind('tool-result').at(-1)?.structured).toMatchObject({ answers: content });
    expect(ada.ofKind('decision').at(-1)).toMatchObject({ outcome: 'answered', answers });
  });

  if (claudeDoes(version, 'form-address')) {
    it('[U4] an address is agreed to without a content, and that it is done is said', async () => {
      await ask('url');
      const request = await waitingForm(ada);
      expect(request.form).toEqual({
        message: 'Please sign in.',
        url: 'https://login.example.com/start?state=abc',
      });
      server.signal('SIGURG');
      await ada.until('it is said', () =>
        ada.ofKind('notice').some((one) => one.code === 'form-done'),
      );
      expect(ada.state.pending).toHaveLength(1);
      // There is no desktop here that could open it.
      const there = answerForm(ada, request, { behavior: 'allow', open: true });
      await expect(there).rejects.toThrow(/could not open the address/);
      await answerForm(ada, request, { behavior: 'allow' });
      await idle(15);
      expect(toldAgent(ada)).toBe('{"action":"accept"}');
      expect(ada.ofKind('decision').at(-1)?.detail).toBe('login.example.com');
    });
  }

  it('[U5] the end of the session cancels what nobody has answered', async () => {
    await ask('full');
    await waitingForm(ada);
    const before = server.answers().length;
    await machine.request('end', { session: ada.session });
    await machine.rowWhen('it has ended', (row) => row.session.status === 'ended');
    await waitUntil('the server is told', () => server.answers().length > before);
    expect(server.answers().slice(before)).toEqual(['{"action":"cancel"}']);
    await ada.until('nothing waits', () => ada.state.pending.length === 0);
  });

  it('a server that dies while it asks ends the call, and the form is withdrawn', async () => {
    const eve = await machine.startSession();
    await eve.view.request('prompt', { text: asking('full', 'ask_and_die') });
    await eve.until('the turn ends', () => eve.ofKind('turn').length === 1);
    await eve.until('nothing waits', () => eve.state.pending.length === 0);
    const { requestId } = eve.ofKind('request')[0] ?? {};
    expect(eve.ofKind('decision')).toMatchObject([{ requestId, outcome: 'withdrawn' }]);
    expect(eve.ofKind('tool-result').at(-1)).toMatchObject({ outcome: 'error' });
    await eve.view.request('prompt', { text: '[[text:and on]]' });
    await eve.until('it goes on', () => eve.text.includes('and on'));
  });
});

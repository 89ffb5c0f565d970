// One command at the gate, and the end of a host.
import { say } from '../../src/base/say.ts';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { alreadyAnswered } from '../../src/session/errors.ts';
import { settled, setUp, TERM } from './gateRig.ts';
import { type ControlJournal, createControlJournal } from './memoryRoomJournal.ts';

describe('one command', () => {
  it('[C1] is journalled, then carried out, then answered', async () => {
    const steps: string[] = [];
    const inner = createControlJournal();
    const journal: ControlJournal = {
      ...inner,
      acceptCommand(row) {
        steps.push('journal');
        inner.acceptCommand(row);
      },
      settleCommand(row, ack) {
        steps.push(`settle ${ack.status}`);
        inner.settleCommand(row, ack);
      },
    };
    const { send, running, answersTo } = setUp({ journal, isSlow: true });
    const command = send('own', 'rename', { title: 'x' });
    expect(steps).toEqual(['journal']);
    expect(answersTo(command)).toEqual([]);
    running[0]?.finish({ ok: true });
    await settled();
    expect(steps).toEqual(['journal', 'settle done']);
    expect(answersTo(command)).toEqual([{ id: command.id, status: 'done', result: { ok: true } }]);
  });

  it('[C1] is not carried out if it cannot be journalled', async () => {
    const journal: ControlJournal = {
      ...createControlJournal(),
      acceptCommand: () => {
        throw new Error('disk full');
      },
    };
    const { send, ran, answerTo } = setUp({ journal });
    const command = send('own', 'rename', { title: 'x' });
    await settled();
    expect(ran).toEqual([]);
    expect(answerTo(command)).toMatchObject({ status: 'rejected', code: 'failed' });
  });

  it('[C1] runs once it is journalled, also if control cannot be passed on at that moment', async () => {
    const journal = createControlJournal();
    const { clock, control, send, ran, answerTo } = setUp({ journal });
    control.request({ member: 'ben', window: 'ben-boot1' });
    control.request({ member: 'own', window: 'own-boot2' });
    journal.saveFence = () => {
      throw new Error('disk full');
    };
    clock.advance(16_000);
    const command = send('own', 'rename', { title: 'x' });
    await settled();
    expect(ran).toEqual([command.id]);
    expect(answerTo(command)?.status).toBe('done');
  });

  it('[C2] runs once, however often it comes, and its answer comes again', async () => {
    const { gate, from, send, running, ran, answersTo } = setUp({ isSlow: true });
    const command = send('own', 'rename', { title: 'x' });
    gate.receive(from('own'), command);
    running[0]?.finish('first');
    await settled();
    gate.receive(from('own'), command);
    gate.receive(from('own', 'boot2'), { ...command, cseq: 1 });
    await settled();
    expect(ran).toEqual([command.id]);
    expect(answersTo(command).map((ack) => ack.result)).toEqual(['first', 'first', 'first']);
  });

  it('[C2] ids are per member: nobody takes the id of another', async () => {
    const { send, ran, answersTo } = setUp();
    const command = send('own', 'focus-request', {});
    send('ben', 'focus-request', {}, { id: command.id });
    await settled();
    expect(ran).toEqual([command.id, command.id]);
    expect(answersTo(command).map((ack) => ack.status)).toEqual(['done', 'done']);
  });

  it('[C3] of an earlier term is refused and may be sealed again with the same id', async () => {
    const { send, ran, answersTo } = setUp();
    const old = send('own', 'rename', { title: 'x' }, { term: TERM - 1, cseq: 9 });
    send('own', 'rename', { title: 'x' }, { id: old.id });
    await settled();
    expect(answersTo(old).map((ack) => ack.code ?? ack.status)).toEqual(['stale-term', 'done']);
    expect(ran).toEqual([old.id]);
  });

  it('[C4] does not run after its time, by the clock of the host', async () => {
    const { clock, send, ran, answerTo } = setUp();
    const late = send('own', 'rename', { title: 'x' }, { notAfter: clock.now() - 1 });
    const justInTime = send('own', 'rename', { title: 'x' }, { notAfter: clock.now() });
    await settled();
    expect(answerTo(late)).toMatchObject({ status: 'rejected', code: 'expired' });
    expect(ran).toEqual([justInTime.id]);
  });

  it('[C5] of an unknown kind is answered unsupported and keeps nothing waiting', async () => {
    const { send, answerTo, ran } = setUp();
    const unknown = send('own', 'teleport', { to: 'moon' });
    const next = send('own', 'rename', { title: 'x' });
    const inherited = send('own', 'toString', {});
    await settled();
    expect(answerTo(unknown)?.code).toBe('unsupported');
    expect(answerTo(inherited)?.code).toBe('unsupported');
    expect(ran).toEqual([next.id]);
  });

  it('[C5] of a kind that only other rooms carry out is answered unsupported, and never begins', async () => {
    const inner = createControlJournal();
    const accepted: string[] = [];
    const acceptCommand: ControlJournal['acceptCommand'] = (row) => {
      accepted.push(row.id);
      inner.acceptCommand(row);
    };
    const { send, answerTo, ran } = setUp({ journal: { ...inner, acceptCommand } });
    const elsewhere = send('own', 'archive', { session: 's', archived: true });
    const next = send('own', 'rename', { title: 'x' });
    await settled();
    expect(answerTo(elsewhere)?.code).toBe('unsupported');
    expect(accepted).toEqual([next.id]);
    expect(ran).toEqual([next.id]);
  });

  it('[C5] with other arguments than its kind has is answered invalid', async () => {
    const { send, answerTo, ran } = setUp();
    const bad = send('own', 'rename', { title: 7 });
    const uncounted = send('own', 'rename', { title: 'x' }, { cseq: undefined });
    const next = send('own', 'rename', { title: 'x' });
    await settled();
    expect(answerTo(bad)?.code).toBe('invalid');
    expect(answerTo(uncounted)?.code).toBe('invalid');
    expect(ran).toEqual([next.id]);
  });

  it('[C6] that is refused by the one who executes it gives code and text', async () => {
    const { send, running, answerTo } = setUp({ isSlow: true });
    const command = send('own', 'answer', {
      requestId: 'r',
      inputHash: 'h',
      behavior: 'allow',
    });
    running[0]?.fail(alreadyAnswered('Ben'));
    await settled();
    expect(answerTo(command)).toMatchObject({ status: 'rejected', code: 'already-answered' });
    expect(answerTo(command)?.message).toContain('Ben');
  });

  it('[C6] that fails with a message for people gives that message', async () => {
    const { send, running, answerTo } = setUp({ isSlow: true });
    const command = send('own', 'rename', { title: 'x' });
    const error = new AppError('session-busy', { happened: say`Busy.`, remedy: say`Wait.` });
    running[0]?.fail(error);
    await settled();
    expect(answerTo(command)).toMatchObject({ code: 'busy', message: 'Busy. Wait.' });
  });

  it('[C6] that breaks is answered failed, without the inner text', async () => {
    const { send, running, answerTo } = setUp({ isSlow: true });
    const command = send('own', 'rename', { title: 'x' });
    running[0]?.fail(new Error('secret detail'));
    await settled();
    expect(answerTo(command)).toMatchObject({ status: 'rejected', code: 'failed' });
    expect(JSON.stringify(answerTo(command))).not.toContain('secret');
  });

  it('[C6] that hands a queued prompt to the agent needs control, like a prompt itself', async () => {
    const { send, ran, control, answerTo } = setUp();
    const own = { member: 'own', window: 'own-boot1' };
    control.take(own);
    const refused = send('ben', 'send-queued', { promptId: 'waits' });
    await settled();
    expect(answerTo(refused)?.code).toBe('no-control');
    expect(ran).toEqual([]);
    control.release(own);
    const taken = send('ben', 'send-queued', { promptId: 'waits' });
    await settled();
    expect(ran).toEqual([taken.id]);
    expect(control.state.holder?.member).toBe('ben');
  });

  it('that takes long is announced as running', async () => {
    const { clock, send, running, answersTo } = setUp({ isSlow: true });
    const command = send('own', 'rename', { title: 'x' });
    clock.advance(1000);
    running[0]?.finish();
    await settled();
    clock.advance(1000);
    expect(answersTo(command).map((ack) => ack.status)).toEqual(['running', 'done']);
  });
});

describe('the end of a host', () => {
  it('[C13] what was accepted and never settled is unknown after a restart, and never runs again', async () => {
    const first = setUp({ isSlow: true });
    const prompt = first.send('ben', 'prompt', { text: 'x' });
    first.gate.dispose();
    const second = setUp({ journal: first.journal });
    second.gate.resume();
    expect(second.answerTo(prompt)).toMatchObject({ status: 'unknown' });
    second.gate.receive(second.from('ben', 'boot2'), prompt);
    second.gate.receive(second.from('ben', 'boot3'), { ...prompt, term: TERM, cseq: 1 });
    await settled();
    expect(second.ran).toEqual([]);
    expect(second.answersTo(prompt).map((ack) => ack.status)).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
  });

  it('[C13] even before resume it does not run again', async () => {
    const first = setUp({ isSlow: true });
    const prompt = first.send('ben', 'prompt', { text: 'x' });
    const second = setUp({ journal: first.journal });
    second.gate.receive(second.from('ben'), prompt);
    await settled();
    expect(second.ran).toEqual([]);
    expect(second.answerTo(prompt)?.status).toBe('unknown');
  });

  it('[C14] close takes nothing more and waits for what runs', async () => {
    const { gate, send, running, ran, answerTo } = setUp({ isSlow: true });
    const last = send('own', 'rename', { title: 'x' });
    send('own', 'rename', { title: 'y' });
    const closed = gate.close();
    send('own', 'interrupt', {});
    running[0]?.finish();
    await closed;
    expect(answerTo(last)?.status).toBe('done');
    expect(ran).toEqual([last.id]);
  });
});

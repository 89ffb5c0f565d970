// [G1] Work in the background with the real claude: seen, kept alive, stopped by somebody, and never ended unasked.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spoken } from '../../src/base/say.ts';
import { isAppError } from '../../src/base/errors.ts';
import { forgetWish, wantVersion } from '../../src/host/find/restartWish.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { LONG_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { idle } from './controlledGuests.ts';
import { type Guest, HostRig, type MachineView } from './hostRig.ts';
import { execute, SessionsRig } from './sessionsRig.ts';

const background = (title: string): string =>
  `[[tool:Bash:{"command":"sleep 600","run_in_background":true,"description":"${title}"}]][[text:started]]`;

describe.each(LONG_VERSIONS)('Claude Code %s', (version) => {
  let rig: HostRig;
  let machine: MachineView;
  let ada: Guest & { readonly session: string };

  beforeAll(async () => {
    rig = await HostRig.create({ claudePath: await installClaude(version) });
    await rig.start();
    machine = await rig.machine();
    ada = await machine.startSession();
  });
  afterAll(() => rig.close());

  const tasks = (): readonly string[] => (ada.state.session.tasks ?? []).map(({ title }) => title);

  /** The agent puts a command into the background, and its turn ends. */
  async function begin(title: string): Promise<void> {
    const turns = ada.ofKind('turn').length;
    await ada.view.request('prompt', { text: background(title) });
    await ada.until(
      'it asks, or has begun',
      () => ada.state.pending.length > 0 || tasks().includes(title),
    );
    if (ada.state.pending.length > 0) await ada.answer('allow');
    await ada.until('the turn has ended', () => ada.ofKind('turn').length > turns);
    await idle(ada);
    await ada.until('it runs', () => tasks().includes(title));
  }

  it('[G1] is a state with titles, and is stopped by somebody, which everybody is told', async () => {
    await begin('Wait long');
    await begin('Wait longer');
    expect(tasks()).toEqual(['Wait long', 'Wait longer']);
    expect(ada.state.session.tasks?.[0]).toMatchObject({ kind: 'shell' });
    const [first] = ada.state.session.tasks ?? [];
    await ada.view.request('stop-task', { taskId: first?.taskId ?? '' });
    await ada.until('one is left', () => tasks().length === 1);
    expect(ada.ofKind('notice').at(-1)).toMatchObject({
      code: 'background-work-stopped',
      author: { name: 'Ada' },
    });
    await expect(ada.view.request('stop-task', { taskId: first?.taskId ?? '' })).rejects.toThrow(
      /does not run any more/,
    );
  });

  it('[G3] nothing that would end it goes without a yes; then it says what ended, and by whom', async () => {
    const refused = await machine
      .request('end', { session: ada.session })
      .catch((error: unknown) => error);
    expect(String(refused)).toContain('Wait longer');
    const stopped = await machine.request('stop-host', {}).catch((error: unknown) => error);
    expect(isAppError(stopped) && stopped.message).toContain('Wait longer');
    wantVersion(rig.paths.home, '9.9.9');
    const replaced = await machine.request('replace-host', {}).catch((error: unknown) => error);
    expect(isAppError(replaced) && replaced.message).toContain('Wait longer');
    const kept = () => machine.state.replacement?.tasks?.map(({ title }) => title);
    await waitUntil('[G6] it is told what it waits for', () => kept());
    expect(kept()).toEqual(['Wait longer']);
    forgetWish(rig.paths.home);
    expect(tasks()).toEqual(['Wait longer']);
    await machine.request('end', { session: ada.session, force: true });
    await ada.until('it has ended', () => ada.state.session.status === 'ended');
    expect(tasks()).toEqual([]);
    const told = ada.ofKind('notice').find(({ code }) => code === 'background-work-ended');
    expect(told).toMatchObject({ author: { name: 'Ada' } });
    expect(told?.text).toContain('“Wait longer”');
    const state = () => ada.ofKind('task').findLast(({ title }) => title === 'Wait longer');
    await ada.until('its entry says so', () => state()?.status === 'stopped');
  });

  it('[G5] what died with its host is said, and the result that the agent begins with ends no prompt', async () => {
    ada = await machine.startSession();
    await begin('Lost');
    const session = ada.session;
    await rig.crash();
    await ada.close();
    await rig.start();
    machine = await rig.machine();
    ada = await machine.joinSession(session);
    // The old process would finish what it does: a long sleep.
    const stop = () =>
      ada.view.request('interrupt', {}).then(
        () => true,
        () => false,
      );
    await waitUntil('it is open, and told to stop', stop);
    await ada.until(
      'it is read up',
      () => ada.state.session.status === 'idle' && tasks().length === 0,
    );
    const lost = () => ada.ofKind('task').findLast(({ title }) => title === 'Lost');
    await ada.until('its entry says so', () => lost()?.status === 'stopped');
    const turns = ada.ofKind('turn').length;
    await ada.view.request('prompt', { text: 'go on [[text:gone on]]' });
    await ada.until('it answers', () => ada.text.includes('gone on'));
    const ended = () =>
      ada
        .ofKind('turn')
        .slice(turns)
        .filter(({ promptIds = [] }) => promptIds.length > 0);
    await ada.until('its turn has ended', () => ended().length > 0);
    await idle(ada);
    expect(ended()).toHaveLength(1);
  });
});

it('[G1] forty pieces: four are named, the rest counted; [G2] and they keep the host', async () => {
  const rig = await SessionsRig.create();
  try {
    const session = await rig.start();
    const [child] = rig.agent.alive;
    child?.emit({ kind: 'status', status: 'idle' });
    expect(session.driver?.isBusy).toBe(false);
    const all = Array.from({ length: 40 }, (_, n) => ({
      ...{ taskId: `t${n}`, title: `task ${n}`, since: n },
      kind: 'shell' as const,
    }));
    child?.emit({ kind: 'tasks', tasks: all });
    const summary = session.recorder.summary();
    expect(summary.tasks).toHaveLength(LIMITS.backgroundTasks);
    expect(summary.tasksMore).toBe(40 - LIMITS.backgroundTasks);
    expect(session.driver?.isBusy).toBe(true);
    await execute(session, 'stop-task', { taskId: 't39' });
    expect(child?.stopped).toEqual(['t39']);
    await expect(rig.sessions.end(session.id)).rejects.toThrow(/and 37 more/);
    child?.exit(false);
    await waitUntil('it is settled', () => session.recorder.status === 'idle');
    expect(session.recorder.summary().tasks).toBeUndefined();
    await waitUntil('nothing keeps it', () => session.driver?.isBusy === false);
  } finally {
    await rig.close();
  }
});

it('[G5] what a host has noted, and no agent is left of, does not run any more', async () => {
  const rig = await SessionsRig.create();
  try {
    const { id, recorder } = await rig.start();
    await rig.sessions.closeAll();
    const task = { taskId: 't', title: 'noted', since: 1, kind: 'shell' } as const;
    rig.journal.sessions.saveSession({ ...recorder.stored, tasks: [task] });
    const next = rig.makeSessions();
    await next.restore();
    const again = next.get(id);
    await waitUntil('it is said', () => again.recorder.summary().tasks === undefined);
    const log = rig.journal.room(recorder.stored.room).readLog(0, 100);
    expect(log.map(({ text }) => text).join('\n')).toContain(
      'Background work ended with its agent',
    );
    await next.closeAll();
  } finally {
    await rig.close();
  }
});

it('[G9] what ends because a newer version takes over is told with who let it', async () => {
  const rig = await SessionsRig.create();
  try {
    const { recorder } = await rig.start();
    const notices: unknown[] = [];
    const notice = recorder.notice.bind(recorder);
    recorder.notice = (one) => {
      notices.push([one.code, one.author?.name, spoken(one.words)]);
      notice(one);
    };
    const [child] = rig.agent.alive;
    child?.emit({ kind: 'status', status: 'idle' });
    const task = { taskId: 't', title: 'Watch', since: 1, kind: 'shell' } as const;
    child?.emit({ kind: 'tasks', tasks: [task] });
    const by = { member: 'm', device: 'd', name: 'Ada' };
    await rig.sessions.closeAll({ by, version: '9.9.9' });
    const told =
      'Background work ended because Ada let version 9.9.9 take the place of the background service: “Watch”.';
    expect(notices).toEqual([['background-work-ended', 'Ada', told]]);
  } finally {
    await rig.close();
  }
});

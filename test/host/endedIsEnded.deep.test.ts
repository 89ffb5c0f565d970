// [G5] Background work whose host or agent is killed: what is told as stopped does not run any more.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { isAlive } from '../../tools/run/processTable.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { liveAgents } from './agentWatch.ts';
import { idle } from './controlledGuests.ts';
import { type Guest, HostRig } from './hostRig.ts';

const TITLE = 'Watch files';

describe.each(CLAUDE_VERSIONS)('Claude Code %s', (version) => {
  let rig: HostRig;
  let ada: Guest & { readonly session: string };
  let pid = 0;
  let free = 0;

  /** One command, allowed; its turn has ended when this resolves. */
  async function run(input: object): Promise<void> {
    const turns = ada.ofKind('turn').length;
    const text = `[[tool:Bash:${JSON.stringify(input)}]][[text:started]]`;
    await ada.view.request('prompt', { text });
    await ada.answer('allow');
    await ada.until('the turn has ended', () => ada.ofKind('turn').length > turns);
    await idle(ada);
  }

  beforeEach(async () => {
    rig = await HostRig.create({ claudePath: await installClaude(version) });
    await rig.start();
    ada = await (await rig.machine()).startSession();
    await run({ command: 'nohup sleep 600 >/dev/null 2>&1 & echo $! > free' });
    const command = 'echo $$ > pid; while sleep 0.2; do echo more >> lines; done';
    await run({ command, run_in_background: true, description: TITLE });
    const pidIn = (name: string): number | undefined => {
      const file = join(rig.project, name);
      return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
    };
    pid = await waitUntil('it runs', () => pidIn('pid'));
    free = pidIn('free') ?? 0;
  });
  afterEach(() => rig.close());

  const toldAsStopped = (): Promise<void> =>
    ada.until('it is told as stopped', () => {
      const task = ada.ofKind('task').findLast(({ title }) => title === TITLE);
      return task?.status === 'stopped' && ada.state.session.tasks === undefined;
    });

  /** The command has ended; what an earlier one had set free has not. */
  const ended = async (): Promise<void> => {
    await waitUntil('its process has ended', () => !isAlive(pid));
    expect(isAlive(free)).toBe(true);
  };

  it('[G5] kill -9 of the agent', async () => {
    for (const agent of liveAgents(rig.folder)) process.kill(agent.pid, 'SIGKILL');
    await toldAsStopped();
    await ended();
  });

  it('[G5] kill -9 of the host, and Stop at the next one', async () => {
    await rig.crash();
    await ada.close();
    await rig.start();
    ada = await (await rig.machine()).joinSession(ada.session);
    const stop = () =>
      ada.view.request('interrupt', {}).then(
        () => true,
        () => false,
      );
    await waitUntil('it is open, and told to stop', stop);
    await toldAsStopped();
    await ended();
  });

  it('[G5] kill -9 of the host and its agent', async () => {
    const agents = liveAgents(rig.folder);
    await rig.crash();
    for (const agent of agents) process.kill(agent.pid, 'SIGKILL');
    await ada.close();
    await rig.start();
    ada = await (await rig.machine()).joinSession(ada.session);
    await toldAsStopped();
    await ended();
  });
});

// A program that cannot be used: not found, too old, silent, not logged in: each with its remedy.
import { spoken } from '../../src/base/say.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { isAppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createClaudeAgent } from '../../src/claude/claudeAgent.ts';
import { probeClaude } from '../../src/claude/cli/probeClaude.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { type FakeCli, fakeCli } from './fakeCli.ts';
import { agentOf, cleanUp, GOOD, later } from './fakeAgent.ts';

afterEach(cleanUp);

async function problemOf(cli: FakeCli, timeoutMs = 5000) {
  const fake = await fakeCli(cli);
  later(fake.dispose);
  const probe = await probeClaude({ path: fake.path, env: fake.env, versionTimeoutMs: timeoutMs });
  return probe.problem;
}

describe('a CLI that cannot be used', () => {
  it('is not found: the problem names the places and the remedy', async () => {
    const { problem } = await probeClaude({ path: '/nowhere/claude', env: {} });
    expect(problem?.code).toBe('agent-not-found');
    expect(problem && spoken(problem.happened)).toContain('/nowhere/claude');
    expect(problem && spoken(problem.remedy)).toContain('npm install');
  });

  it('is too old', async () => {
    const problem = await problemOf({ version: '2.1.196 (Claude Code)' });
    expect(problem?.code).toBe('agent-too-old');
    expect(problem && spoken(problem.happened)).toContain('2.1.196');
  });

  it('exits at once', async () => {
    const problem = await problemOf({ always: `console.error('no such luck'); process.exit(3);` });
    expect(problem?.code).toBe('agent-crashed');
    expect(problem && spoken(problem.happened)).toContain('no such luck');
  });

  it('hangs', async () => {
    const problem = await problemOf({ always: 'setInterval(() => {}, 1000); return;' }, 300);
    expect(problem?.code).toBe('agent-silent');
  });

  it('is not logged in; an API key in the environment counts as a login', async () => {
    const cli = { ...GOOD, auth: '{"loggedIn":false}' };
    expect(await problemOf(cli)).toBeUndefined();
    const fake = await fakeCli(cli);
    later(fake.dispose);
    const { ANTHROPIC_API_KEY: _key, ...env } = fake.env;
    const probe = await probeClaude({ path: fake.path, env });
    expect(probe.problem?.code).toBe('agent-not-logged-in');
    const start = createClaudeAgent({
      path: fake.path,
      env,
      clock: systemClock,
      log: silentLogger,
    });
    const error = await start.start({ cwd: fake.folder, env }).catch((thrown: unknown) => thrown);
    expect(isAppError(error, 'agent-not-logged-in')).toBe(true);
    // A key in the session's own environment is enough.
    const session = await start.start({ cwd: fake.folder, env: fake.env });
    await session.close();
  });

  it('has a folder that does not exist', async () => {
    const { agent, env } = await agentOf(GOOD);
    const error = await agent.start({ cwd: '/nowhere', env }).catch((thrown: unknown) => thrown);
    expect(isAppError(error, 'invalid-input')).toBe(true);
  });

  it('cannot be started at all: that is said', async () => {
    const { agent, folder, env } = await agentOf(GOOD);
    const huge = { ...env, HUGE: 'x'.repeat(8 * 1024 * 1024) };
    const error = await agent.start({ cwd: folder, env: huge }).catch((thrown: unknown) => thrown);
    expect(isAppError(error, 'agent-crashed')).toBe(true);
    expect(String(error)).toMatch(/E2BIG|ENAMETOOLONG/);
  });

  it('hangs when it starts: it is ended, and its words are in the error', async () => {
    const clock = createFakeClock();
    const { agent, folder, env } = await agentOf(
      {
        ...GOOD,
        onInitialize: `console.error('Waiting for a proxy'); require('node:fs').writeFileSync('pid', String(process.pid));`,
      },
      clock,
    );
    const starting = agent.start({ cwd: folder, env }).catch((thrown: unknown) => thrown);
    const pid = await waitUntil('it was asked', () =>
      readFile(join(folder, 'pid'), 'utf8').then(Number, () => 0),
    );
    await waitUntil('it waits', () => clock.timers > 0);
    clock.advance(100_000);
    const error = await starting;
    expect(isAppError(error, 'timeout')).toBe(true);
    expect(String(error)).toContain('did not get ready');
    expect(String(error)).toContain('Waiting for a proxy');
    expect(() => process.kill(pid, 0)).toThrow();
    // Nothing of it is left that would keep the conversation busy.
    const again = await agentOf(GOOD);
    const session = await again.agent.start({ cwd: again.folder, env: again.env });
    await session.close();
  });

  it('ends while it starts: its last words are in the error', async () => {
    const { agent, folder, env } = await agentOf({
      ...GOOD,
      onInitialize: `console.error('No conversation found'); process.exit(1);`,
    });
    const error = await agent.start({ cwd: folder, env }).catch((thrown: unknown) => thrown);
    expect(isAppError(error, 'agent-crashed')).toBe(true);
    expect(String(error)).toContain('No conversation found');
  });
});

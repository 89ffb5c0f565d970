// A title that is written a moment after everything else was told: the list gets it all the same.
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createClaudeAgent } from '../../src/claude/claudeAgent.ts';
import { projectSlug } from '../../src/claude/files/projects.ts';
import { processStart } from '../../src/node/processStart.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';

it('a prompt whose line comes after the registry has said that its turn is over names the session', async () => {
  const configDir = await mkdtemp(join(tmpdir(), 'titles-'));
  const [sessionId, cwd] = ['11111111-1111-4111-8111-111111111111', '/home/dev/project'];
  const folder = join(configDir, 'projects', projectSlug(cwd));
  const transcript = join(folder, `${sessionId}.jsonl`);
  await mkdir(join(configDir, 'sessions'));
  await mkdir(folder, { recursive: true });
  await writeFile(transcript, `${JSON.stringify({ type: 'mode', sessionId })}\n`);
  const { pid } = process;
  const procStart = await processStart(pid);
  const name = { name: 'project-10', nameSource: 'derived' };
  const told = { status: 'idle', statusUpdatedAt: Date.now(), ...name };
  await writeFile(
    join(configDir, 'sessions', `${pid}.json`),
    JSON.stringify({ pid, sessionId, cwd, procStart, startedAt: Date.now(), ...told }),
  );
  const agent = createClaudeAgent({ configDir, env: {}, clock: systemClock, log: silentLogger });
  // As the host does: it lists when it is told that something is new, and never else.
  let title: string | undefined;
  const list = async (): Promise<void> => {
    title = (await agent.found())[0]?.title;
  };
  const listening = agent.onDidChangeFound(() => void list());
  try {
    await waitUntil('it is listed', () => title === 'project-10');
    const message = { role: 'user', content: 'Fix the parser' };
    await appendFile(transcript, `${JSON.stringify({ type: 'user', sessionId, message })}\n`);
    await waitUntil('it has its title', () => title === 'Fix the parser', 9_000);
  } finally {
    listening.dispose();
    await agent.close();
    await rm(configDir, { recursive: true, force: true });
  }
  expect(title).toBe('Fix the parser');
});

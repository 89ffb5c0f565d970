// Sessions that a person runs in a terminal: found, watched live, never written to.
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { isAppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createClaudeAgent } from '../../src/claude/claudeAgent.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { claudeEnvironment, installClaude } from '../../tools/install/claudeCli.ts';
import { startDemoModel } from '../../tools/demo/demoModel.ts';
import { openTerminal } from '../../tools/run/terminal.ts';
import { claudeDoes } from '../../tools/install/claudeFeatures.ts';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { Recorder } from './realRig.ts';

describe.runIf(process.platform === 'linux').each(CLAUDE_VERSIONS)(
  'Claude Code %s in a terminal',
  (version) => {
    it('is found, followed through a permission and /clear to its end, and not resumed meanwhile', async () => {
      const model = await startDemoModel({ delayMs: 2 });
      const folder = await realpath(await mkdtemp(join(tmpdir(), 'terminal-')));
      const project = join(folder, 'project');
      await mkdir(project);
      const { env, configDir } = await claudeEnvironment({
        folder,
        modelUrl: model.url,
        version,
        trusted: [project],
      });
      const path = await installClaude(version);
      const askMode = claudeDoes(version, 'mode-manual') ? 'manual' : 'default';
      const terminal = openTerminal([path, '--permission-mode', askMode], { cwd: project, env });
      const agent = createClaudeAgent({
        path,
        env,
        configDir,
        clock: systemClock,
        log: silentLogger,
      });
      try {
        const row = await waitUntil(
          'the session is found',
          async () => (await agent.found()).find((found) => found.status === 'idle'),
          30_000,
        );
        expect(row).toMatchObject({ cwd: project, agentVersion: version });
        const observed = agent.observe(row);
        const seen = new Recorder();
        observed.onDidEmit((event) => seen.take(event));
        await observed.open();

        await terminal.type('do it [[bash:touch made.txt]][[text:finished]]');
        await seen.until('a permission is waited for', (events) =>
          events.find(
            (event) => event.kind === 'status' && event.waitingFor === 'permission prompt',
          ),
        );
        await seen.entry('tool-call');
        const refused = await agent
          .start({ cwd: project, env, resume: row.agentSessionId })
          .catch((error: unknown) => error);
        expect(isAppError(refused, 'session-busy')).toBe(true);

        // A dialog that is still being painted does not hear the key yet.
        await waitUntil(
          'the command was allowed',
          async () => {
            if (seen.kind('tool-result').length === 0) await terminal.type('');
            return seen.kind('tool-result').length > 0;
          },
          30_000,
        );
        expect(await seen.entry('tool-result')).toMatchObject({ outcome: 'ok' });
        await seen.until('finished', () =>
          seen.kind('text').find((entry) => entry.text === 'finished'),
        );
        expect(await seen.entry('turn')).toMatchObject({ outcome: 'completed' });
        await seen.until('the title', (events) =>
          events.find((event) => event.kind === 'facts' && event.facts.title?.startsWith('do it')),
        );

        await terminal.type('/clear');
        const reset = await seen.entry('reset');
        expect(reset.agentSessionId).not.toBe(row.agentSessionId);
        // This version may take the Enter twice; what is typed while it clears once more is gone.
        await waitUntil('second life', async () => {
          const { length } = seen.kind('reset');
          await terminal.type('new [[text:second life]]');
          const isLost = await seen.until('an answer or a reset', () =>
            seen.kind('text').some((entry) => entry.text === 'second life')
              ? 'answered'
              : seen.kind('reset').length > length
                ? 'reset'
                : undefined,
          );
          return isLost === 'answered';
        });

        await terminal.close();
        await seen.until('exit', (events) => events.find((event) => event.kind === 'exit'));
        expect(seen.entries.some((entry) => entry.kind === 'unknown')).toBe(false);
        const rows = await agent.found();
        expect(rows.map((found) => found.status)).toEqual(['ended', 'ended']);
      } finally {
        await terminal.close();
        await agent.close();
        await model.close();
        await rm(folder, { recursive: true, force: true });
      }
    }, 90_000);
  },
);

// `npm start` brings everything up, says so in one line, and leaves nothing behind.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { REPO_ROOT } from '../../tools/install/cache.ts';
import { assertNoneLeft, exitOf, spawnGroup } from '../../tools/run/processes.ts';

const readySchema = z.strictObject({
  ready: z.literal(true),
  editorUrl: z.string(),
  relayUrl: z.string(),
  sessionId: z.string(),
  viewerLink: z.string(),
  controllerLink: z.string(),
});

test('start --json prints one line when ready, serves the editor, and ends without a trace', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'twinhelm-start-'));
  const start = spawnGroup(process.execPath, ['scripts/start.mjs', '--json', '--demo'], {
    cwd: REPO_ROOT,
    env: { ...process.env, TWINHELM_START_FOLDER: folder },
  });
  try {
    const lines: string[] = [];
    const ready = await start.line((line) => {
      lines.push(line);
      return readySchema.parse(JSON.parse(line));
    }, 200_000);
    expect(lines).toHaveLength(1);
    expect(ready.viewerLink).not.toBe(ready.controllerLink);
    expect(ready.relayUrl).toMatch(/^ws:\/\/127\.0\.0\.1:\d+/);
    const page = await fetch(ready.editorUrl);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('vscode-workbench');
    // To the first process alone, as a supervisor would; it passes the signal on.
    start.child.kill('SIGTERM');
    expect(await exitOf(start)).toBe(0);
    await assertNoneLeft('TWINHELM_HOME', join(folder, 'home'));
  } finally {
    await start.end();
    await rm(folder, { recursive: true, force: true });
  }
});

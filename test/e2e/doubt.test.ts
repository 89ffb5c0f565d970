// A prompt on its way while the window goes: its text is there in the next one until it is known to have run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { setStage } from './harness.ts';
import { joinByLink } from './panelDriver.ts';

const IN_DOUBT = /window was closed before this was answered/;
const hostFileSchema = z.looseObject({ pid: z.number() });

test('a prompt that nobody has answered survives its window, and runs once', async () => {
  const stage = await setStage();
  try {
    const { world } = stage;
    const host = world.host();
    const session = await host.start({ cwd: world.project, title: 'Doubtful' });
    const link = await host.share(session, { role: 'controller', allowControl: true });
    const guest = await stage.guestWindow('first');
    const panel = await joinByLink(guest, link);
    await panel.send('[[text:first answer]]');
    await panel.says('first answer');
    const { pid } = hostFileSchema.parse(
      JSON.parse(readFileSync(join(world.home, 'host.json'), 'utf8')),
    );
    // The computer of the session is away for a moment.
    process.kill(pid, 'SIGSTOP');
    try {
      await panel.send('[[text:second answer]] typed on a train');
      await panel.shows('typed on a train');
      await guest.reload();
      await panel.shows('typed on a train', 60_000);
      await panel.shows(IN_DOUBT);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await panel.says('second answer');
    const body = async (): Promise<string> => (await panel.frame()).locator('.panel').innerText();
    await waitUntil('nothing is in doubt', async () => !IN_DOUBT.test(await body()));
    const prompts = (await panel.frame()).locator('.prompt-text', { hasText: 'typed on a train' });
    expect(await prompts.count()).toBe(1);
    await guest.close();
  } finally {
    await stage.close();
  }
});

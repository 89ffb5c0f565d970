// Reloading the owner's window in mid-turn, again and again: the turn goes on, nothing is lost or run twice.
import { expect } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import type { Entry } from '../../src/protocol/transcript.ts';
import { Attachment } from '../../src/sync/member/attachment.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { setStage } from './harness.ts';
import { PanelDriver } from './panelDriver.ts';

/** Reloads `count` times; throws where an entry is missing or doubled. */
export async function reloadInMidTurn(count: number): Promise<void> {
  const stage = await setStage();
  try {
    const host = stage.world.host();
    const session = await host.start({ cwd: stage.world.project, title: 'Reloaded' });
    const link = await host.share(session, { role: 'viewer' });
    const owner = await stage.ownerWindow();
    await owner.showView('Twinhelm');
    await owner.treeItem('Reloaded').dblclick();
    const panel = new PanelDriver(owner);
    await panel.shows('Live');
    for (let n = 1; n <= count; n += 1) {
      await panel.send(`[[slow:30:50]] round-${n}-begins`);
      await panel.shows(/w3 /);
      await owner.reload();
      await panel.shows('Live', 60_000).catch(async (error: unknown) => {
        await stage.keepEvidence('reload-failed', [owner]);
        throw error;
      });
      await waitUntil(`round ${n} ends`, async () => /w29/.test(await lastReply(panel)), 60_000);
      await panel.shows(/Done/);
    }
    await owner.close();
    const entries = await allEntries(link);
    const prompts = entries.flatMap((entry) => (entry.kind === 'prompt' ? [entry.text] : []));
    const replies = entries.filter(
      (entry) => entry.kind === 'text' && /^w0 w1 .*w29/s.test(entry.text),
    );
    const rounds = Array.from({ length: count }, (_, n) => `round-${n + 1}-begins`);
    expect(prompts.map((text) => /round-\d+-begins/.exec(text)?.[0])).toEqual(rounds);
    expect(replies).toHaveLength(count);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
  } finally {
    await stage.close();
  }
}

async function lastReply(panel: PanelDriver): Promise<string> {
  const frame = await panel.frame();
  return frame
    .locator('.reply')
    .last()
    .innerText({ timeout: 2000 })
    .catch(() => '');
}

/** The whole log, as any guest can read and verify it. */
async function allEntries(link: string): Promise<readonly Entry[]> {
  const view = await Attachment.join({
    link,
    identity: await createIdentity(),
    name: 'Auditor',
    device: 'test',
    clock: systemClock,
    log: silentLogger,
  });
  try {
    await waitUntil('the auditor is live', () => view.truth.kind === 'live');
    let isMore = true;
    while (isMore) isMore = await view.fetchOlder();
    expect(view.alarms).toEqual([]);
    return view.entries.map(({ entry }) => entry);
  } finally {
    await view.close();
  }
}

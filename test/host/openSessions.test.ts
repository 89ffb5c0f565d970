// Sessions that are open to be read, and when they are closed.
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { OpenSessions } from '../../src/host/machine/openSessions.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { joined, SessionsRig } from './sessionsRig.ts';

let rig: SessionsRig;
beforeEach(async () => {
  rig = await SessionsRig.create();
});
afterEach(() => rig.close());

it('an ended session that somebody has come to read is not closed, and is once nobody does', async () => {
  const { journal, rooms, relay } = rig;
  const started = await rig.start();
  await rig.sessions.end(started.id);
  const { stored } = started.recorder;
  await rig.sessions.closeAll();
  const common = {
    computer: 'here',
    agent: {
      name: 'Fake',
      rules: CLAUDE_RULES,
      readRules: () => Promise.resolve(() => true),
    },
    env: {},
    clock: systemClock,
    log: silentLogger,
  };
  const open = new OpenSessions({ journal, rooms, ...common });
  const session = await open.serve(stored);
  session.rest();
  const { link } = await session.room.createInvite({
    ...{ role: 'viewer', lifetimeMs: 60_000, relay: relay.address.url },
  });
  const view = await joined(link, 'Ada');
  await waitUntil('the reader is seen', () => session.room.windowCount === 1);
  await open.closeUnseen(session.id);
  expect(open.find(session.id)).toBe(session);
  await view.close();
  await waitUntil('the reader is gone', () => session.room.windowCount === 0);
  await open.closeUnseen(session.id);
  expect(open.find(session.id)).toBeUndefined();
  open.dispose();
});

// Who lets go of control and takes it again, and what waits meanwhile.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { Emitter } from '../../src/base/emitter.ts';
import { silentLogger } from '../../src/base/log.ts';
import { QueueWatch } from '../../src/host/queue/queueWatch.ts';
import { member } from '../client/samples.ts';
import { SessionsRig } from './sessionsRig.ts';

let rig: SessionsRig;
beforeEach(async () => {
  rig = await SessionsRig.create();
});
afterEach(() => rig.close());

it('[R15] control that comes back to who had it last holds nothing up; control that passes on does', async () => {
  const session = await rig.start();
  const { prompts } = session.recorder;
  rig.agent.alive[0]?.emit({ kind: 'status', status: 'working' });
  const changed = new Emitter<void>();
  let holder: string | undefined;
  const watch = new QueueWatch({
    room: {
      people: [member('ada', { role: 'owner' }), member('bo')],
      get control() {
        const window = { window: 'w', since: 0 };
        return { fence: 1, queue: [], ...(holder && { holder: { ...window, member: holder } }) };
      },
      onDidChange: changed.event,
    },
    target: () => session.driver?.target,
    clock: systemClock,
    log: silentLogger,
  });
  const pass = (to: string | undefined): void => {
    holder = to;
    changed.fire();
  };
  pass('ada');
  const author = { name: 'Bo', member: 'bo' };
  prompts.accept({ promptId: 'waits', text: 'waits', author, at: 1 });
  pass(undefined);
  pass('ada');
  expect(prompts.find('waits')?.state).toBe('accepted');
  pass('bo');
  expect(prompts.find('waits')?.state).toBe('accepted');
  pass('ada');
  expect(prompts.find('waits')?.state).toBe('held');
  watch.dispose();
});

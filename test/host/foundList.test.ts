// Looks at the sessions of this computer: one at a time, and each sees what was there when it was asked for.
import { expect, it } from 'vitest';
import { Emitter } from '../../src/base/emitter.ts';
import { silentLogger } from '../../src/base/log.ts';
import { FoundList } from '../../src/host/machine/foundList.ts';
import type { FoundSession } from '../../src/protocol/agent.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';

it('a look that is asked for while another is under way sees what has come meanwhile', async () => {
  const ends: ((found: readonly FoundSession[]) => void)[] = [];
  const list = new FoundList({
    agent: {
      found: () => new Promise((resolve) => ends.push(resolve)),
      onDidChangeFound: new Emitter<void>().event,
    },
    log: silentLogger,
  });
  const session = { key: 'k', agentSessionId: 'c', pid: 1, cwd: '/', status: 'idle' } as const;
  void list.look();
  await waitUntil('the first look is under way', () => ends.length === 1);
  let isDone = false;
  const second = list.look().then(() => (isDone = true));
  // Asked for before the second one began: they are one.
  const third = list.look();
  ends[0]?.([]);
  await waitUntil('the second one looks, or is taken for done', () => ends.length === 2 || isDone);
  ends[1]?.([session]);
  await Promise.all([second, third]);
  expect(list.running('c')).toEqual(session);
  expect(ends).toHaveLength(2);
  list.dispose();
});

// Work by key: in order on one, side by side on several.
import { expect, it } from 'vitest';
import { WorkQueue } from '../../src/host/machine/workQueue.ts';

it('work on one key runs in order, also after one that failed; other keys do not wait', async () => {
  const queue = new WorkQueue();
  const said: string[] = [];
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const first = queue.run('a', async () => {
    await held;
    said.push('a1');
    throw new Error('failed');
  });
  const second = queue.run('a', async () => {
    said.push('a2');
    return 2;
  });
  await queue.run('b', async () => said.push('b'));
  expect(said).toEqual(['b']);
  letGo();
  await expect(first).rejects.toThrow('failed');
  expect(await second).toBe(2);
  expect(said).toEqual(['b', 'a1', 'a2']);
});

it('settled waits for what is given meanwhile, and keeps nothing', async () => {
  const queue = new WorkQueue();
  const said: string[] = [];
  void queue.run('a', async () => {
    void queue.run('b', async () => {
      await Promise.resolve();
      said.push('b');
    });
  });
  await queue.settled();
  expect(said).toEqual(['b']);
  await queue.settled();
});

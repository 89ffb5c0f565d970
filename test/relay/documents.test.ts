// Documents in memory: opened once for all who come, and not kept when they could not be read.
import { expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { Documents } from '../../src/relay/documents/documents.ts';
import { DEFAULT_RELAY_LIMITS } from '../../src/relay/relayLimits.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

it('a document that could not be read is read anew for who comes next', async () => {
  const memory = createMemoryStore();
  let isDamaged = true;
  const store = {
    ...memory,
    load: async (name: string) => {
      if (isDamaged) throw new Error('cannot be read');
      return memory.load(name);
    },
  };
  const common = { clock: createFakeClock(), log: silentLogger, isOpen: false };
  const documents = new Documents({ store, ...common, limits: DEFAULT_RELAY_LIMITS });
  const name = 'a'.repeat(26);
  const both = await Promise.allSettled([documents.acquire(name), documents.acquire(name)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(documents.size).toBe(0);
  isDamaged = false;
  const [one, two] = await Promise.all([documents.acquire(name), documents.acquire(name)]);
  expect(one).toBe(two);
  documents.close();
});

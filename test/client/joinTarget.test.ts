// How a device joins rooms: what it remembers of them, and what a bad link costs.
import { expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { joinAs } from '../../src/client/rooms/joinTarget.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { formatLink } from '../../src/protocol/link.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

const link = formatLink({
  room: 'a'.repeat(26),
  secret: new Uint8Array(32),
  relay: 'ws://127.0.0.1:1',
  role: 'viewer',
});

function setUp() {
  const remembered: string[] = [];
  let identities = 0;
  const join = joinAs({
    identity: () => {
      identities += 1;
      return createIdentity();
    },
    name: () => 'Ada',
    device: 'test',
    memory: { load: (room) => void remembered.push(room), save: () => undefined },
    clock: createFakeClock(),
    log: silentLogger,
  });
  return { join, remembered, identities: () => identities };
}

test('[P1] a room is compared with what was seen of it, unless its own computer is asked', async () => {
  const { join, remembered } = setUp();
  await (await join({ link, remembers: false })).close();
  expect(remembered).toEqual([]);
  await (await join({ link })).close();
  expect(remembered).toEqual(['a'.repeat(26)]);
});

test('a link that can never work is refused before an identity is made', async () => {
  const { join, identities } = setUp();
  await expect(join({ link: 'https://example.org/join#nothing' })).rejects.toMatchObject({
    code: 'link-malformed',
  });
  expect(identities()).toBe(0);
});

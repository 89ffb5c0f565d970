// Another network is noticed; what others cannot reach is none.
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { NetworkChange } from '../../src/node/networkChange.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

const at = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  internal,
  family: 'IPv4',
  netmask: '255.255.255.0',
  mac: '00:00:00:00:00:00',
  cidr: null,
});

test('[P7] an address that was not there is another network; one that goes, or comes back within a look, is none', () => {
  const clock = createFakeClock();
  let now: NodeJS.Dict<NetworkInterfaceInfo[]> = { lo: [at('127.0.0.1', true)] };
  let changes = 0;
  const network = new NetworkChange({ clock, interfaces: () => now });
  network.onDidChange(() => (changes += 1));
  const becomes = (next: typeof now): number => {
    now = next;
    clock.advance(3_000);
    return changes;
  };
  expect(becomes({ wifi: [at('10.0.0.2')] })).toBe(1);
  expect(becomes({ wifi: [at('10.0.0.2')], veth1: [at('fe80::1')] })).toBe(1);
  expect(becomes({})).toBe(1);
  expect(becomes({ mobile: [at('100.64.0.9')] })).toBe(2);
  expect(becomes({ mobile: [at('100.64.0.9')], tap: [at('10.9.0.1')] })).toBe(3);
  network.dispose();
  expect(becomes({ wifi: [at('10.0.0.2')] })).toBe(3);
  expect(clock.timers).toBe(0);
});

test('a computer whose addresses cannot be read has no other network', () => {
  const clock = createFakeClock();
  let fails = false;
  let changes = 0;
  const interfaces = (): NodeJS.Dict<NetworkInterfaceInfo[]> => {
    if (fails) throw new Error('not permitted');
    return networkInterfaces();
  };
  const network = new NetworkChange({ clock, interfaces });
  network.onDidChange(() => (changes += 1));
  for (const next of [true, false]) {
    fails = next;
    clock.advance(3_000);
  }
  expect(changes).toBe(0);
  network.dispose();
});

// Whom limits are counted for: what a client can and cannot choose.
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Addresses } from '../../src/relay/door/addresses.ts';
import {
  clientOf,
  hostNameOf,
  isDirectLoopback,
  isLoopbackName,
} from '../../src/relay/door/hostNames.ts';
import { DEFAULT_RELAY_LIMITS } from '../../src/relay/relayLimits.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

const clientAt = (remoteAddress: string | undefined, headers: IncomingMessage['headers'] = {}) =>
  // Nothing else of a request is looked at.
  clientOf({ socket: { remoteAddress }, headers } as IncomingMessage);

describe('the address that limits are counted for', () => {
  it('[Y9] is one for a /64 of IPv6, and for all of loopback', () => {
    const seen = [
      '2001:db8:1:2:3:4:5:6',
      '2001:DB8:1:2::9',
      '2001:db8:1:3::9',
      'fe80::1%eth0',
      '::1',
      '::ffff:127.0.0.9',
      '127.3.2.1',
      '::ffff:203.0.113.7',
      '203.0.113.7',
    ].map((address) => clientAt(address).address);
    expect(seen).toEqual([
      '2001:db8:1:2::/64',
      '2001:db8:1:2::/64',
      '2001:db8:1:3::/64',
      'fe80:0:0:0::/64',
      '::1',
      '127.0.0.1',
      '127.0.0.1',
      '203.0.113.7',
      '203.0.113.7',
    ]);
  });

  it('[Y9] is the last that a proxy on this computer saw, and never longer than an address', () => {
    const forwarded = { 'x-forwarded-for': '198.51.100.1, 2001:db8:1:2::9' };
    const behind = clientAt('127.0.0.1', forwarded);
    expect(behind).toEqual({ peer: '127.0.0.1', address: '2001:db8:1:2::/64' });
    expect(clientAt('203.0.113.7', forwarded).address).toBe('203.0.113.7');
    expect(clientAt('127.0.0.1', { 'x-forwarded-for': 'x'.repeat(8000) }).address).toHaveLength(64);
    expect(clientAt(undefined).address).toBe('unknown');
  });
});

describe('a caller on this computer', () => {
  const isLocal = (headers: IncomingMessage['headers']): boolean =>
    isDirectLoopback({
      socket: { remoteAddress: '127.0.0.1' },
      headers: { host: '127.0.0.1:8417', ...headers },
    } as IncomingMessage); // nothing else of a request is looked at

  it.each([
    'forwarded',
    'x-forwarded',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-server',
    'x-original-forwarded-for',
    'x-vercel-forwarded-for',
    'x-client-ip',
    'true-client-ip',
    'fastly-client-ip',
    'fly-client-ip',
    'x-cluster-client-ip',
    'wl-proxy-client-ip',
    'x-azure-clientip',
    'cf-connecting-ip',
    'cf-connecting-ipv6',
    'do-connecting-ip',
    'x-real-ip',
    'x-remote-addr',
    'x-appengine-user-ip',
    'x-originating-ip',
    'x-envoy-external-address',
    'x-original-host',
    'via',
    'cdn-loop',
  ])('[Y21] is none with %s, whatever it says', (name) => {
    expect(isLocal({ [name]: '127.0.0.1' })).toBe(false);
    expect(isLocal({ [name]: '' })).toBe(false);
  });

  it('[Y21] is one with what programs and browsers send by themselves', () => {
    const headers = {
      'user-agent': 'x',
      origin: 'http://127.0.0.1',
      connection: 'Upgrade',
      'sec-websocket-protocol': 'th.1',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-user': '?1',
      'accept-language': 'de',
      'upgrade-insecure-requests': '1',
      dnt: '1',
    };
    expect(isLocal(headers)).toBe(true);
  });
});

describe('a Host header', () => {
  it('[Y22] cannot hide its name behind a user, a path or a query', () => {
    const tricks = [
      'evil@127.0.0.1',
      '127.0.0.1/x',
      '127.0.0.1?evil',
      '127.0.0.1#x',
      '127.0.0.1\\x',
    ];
    expect(tricks.map((header) => [header, isLoopbackName(header)])).toEqual(
      tricks.map((header) => [header, false]),
    );
    expect([undefined, '', 'a b', '[::1', '%'].map(hostNameOf)).toEqual(['', '', '', '', '']);
  });
});

describe('what an address uses', () => {
  it('[Y9] is remembered as long as a socket of it is open, however silent, and then forgotten', () => {
    const clock = createFakeClock();
    const addresses = new Addresses({ clock, limits: DEFAULT_RELAY_LIMITS });
    const place = addresses.openSocket('203.0.113.7');
    clock.advance(3_600_000);
    addresses.sweep();
    expect(addresses.size).toBe(1);
    place?.dispose();
    addresses.sweep();
    expect(addresses.size).toBe(0);
  });
});

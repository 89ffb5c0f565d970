// The relay's HTTP side: names it answers under, the join page and its policy, health.
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { staticPage } from '../../src/relay/door/joinPage.ts';
import type { Relay } from '../../src/relay/server.ts';
import { connectRaw, httpUrl, startRelay } from './support.ts';

/** Status of a request with a Host header of one's own, which fetch does not allow. */
function statusUnder(relay: Relay, host: string, path = '/healthz'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { port: relay.port, host: '127.0.0.1', path, headers: { host } };
    request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

describe('a relay on loopback', () => {
  it('[Y22] answers under loopback names and its public host only', async () => {
    const relay = await startRelay({ publicUrl: 'wss://relay.example:8443/below' });
    const good = ['127.0.0.1:1', 'localhost', 'LOCALHOST:80', '[::1]:9', 'relay.example'];
    for (const host of good) expect([host, await statusUnder(relay, host)]).toEqual([host, 200]);
    const bad = ['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', '0.0.0.0'];
    for (const host of bad) expect([host, await statusUnder(relay, host)]).toEqual([host, 403]);
    await expect(connectRaw(relay, 'x', undefined, { host: 'evil.example' })).rejects.toThrow(
      '403',
    );
  });

  it('[Y22] answers under a host that was added while it runs', async () => {
    const relay = await startRelay();
    expect(await statusUnder(relay, 'tunnel.example')).toBe(403);
    relay.allowHostOf('https://tunnel.example/path');
    relay.allowHostOf('nonsense');
    expect(await statusUnder(relay, 'tunnel.example')).toBe(200);
  });
});

describe('a relay on all addresses', () => {
  it('answers under any name: a proxy may stand before it', async () => {
    const relay = await startRelay({ host: '0.0.0.0' });
    expect(relay.url).toBe(`ws://127.0.0.1:${relay.port}`);
    expect(await statusUnder(relay, 'anything.example')).toBe(200);
  });
});

describe('pages', () => {
  it('are health, the join page, and nothing else', async () => {
    const url = httpUrl(await startRelay());
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
    const home = await fetch(url, { redirect: 'manual' });
    expect([home.status, home.headers.get('location')]).toEqual([302, 'join']);
    for (const path of ['/x', '/join/x', '/-/rooms/short', '/-/rooms/', '/../package.json']) {
      const answer = await fetch(`${url}${path}`);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(await answer.json()).toMatchObject({ code: 'relay-bad-request' });
    }
    expect((await fetch(`${url}/join`, { method: 'POST' })).status).toBe(400);
  });

  it('the join page allows itself and nothing from elsewhere', async () => {
    const answer = await fetch(`${httpUrl(await startRelay())}/join`);
    const policy = answer.headers.get('content-security-policy') ?? '';
    const html = await answer.text();
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(policy.match(/'sha256-/g)).toHaveLength(2);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(html).toContain('history.replaceState');
    expect(html.match(/(src|href)="(?!#|data:)/g)).toBeNull();
    expect(html.match(/ style="| on[a-z]+="/g)).toBeNull();
  });

  it('without scripts allow none', () => {
    expect(staticPage('<p>x</p>').headers['content-security-policy']).toContain(
      "script-src 'none'",
    );
  });
});

// Sharing: roles, policy, where a link leads, and its end.
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandArgs } from '../../src/protocol/commandTable.ts';
import type { Json } from '../../src/protocol/json.ts';
import { parseLink } from '../../src/protocol/link.ts';
import { createRelay } from '../../src/relay/server.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { refuseSharing } from '../../src/host/machine/share.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { processesWith } from '../../tools/run/processTable.ts';
import { type Guest, HostRig, type MachineView } from './hostRig.ts';

let rig: HostRig;
let machine: MachineView;
let ada: Guest & { readonly session: string };
let bob: Guest;

beforeAll(async () => {
  rig = await HostRig.create();
  await rig.start();
  machine = await rig.machine();
  ada = await machine.startSession();
});
afterAll(() => rig.close());

function linkOf(result: Json | undefined): string {
  const link = /"link":"([^"]+)"/.exec(JSON.stringify(result))?.[1];
  if (link === undefined) throw new Error(`no link in ${JSON.stringify(result)}`);
  return link;
}

async function share(args: Partial<CommandArgs<'share'>> = {}): Promise<string> {
  const all = {
    session: ada.session,
    role: 'viewer',
    where: { kind: 'loopback' },
    ...args,
  } as const;
  return linkOf(await machine.request('share', all));
}

async function isOver(guest: Guest): Promise<void> {
  await waitUntil('the guest is cut off', () => guest.view.truth.kind === 'over');
}

describe('sharing', () => {
  it('a viewer sees the session and may not prompt', async () => {
    bob = await rig.join(await share(), 'Bob');
    await ada.view.request('prompt', { text: '[[text:for all to see]]' });
    await bob.until('Bob sees it', () => bob.text.includes('for all to see'));
    await expect(bob.view.request('prompt', { text: 'mine' })).rejects.toThrow(/may not/);
    const row = await machine.rowWhen(
      'the row says so',
      (one) => one.sharing !== undefined && one.guests === 1,
    );
    expect(row.sharing).toMatchObject({
      where: 'this computer only',
      invites: [{ role: 'viewer' }],
    });
    const lifetimeMs = (row.sharing?.invites[0]?.notAfter ?? 0) - Date.now();
    expect(Math.round(lifetimeMs / 3_600_000)).toBe(24);
  });

  it('a controller waits for Allow control; with it, everybody sees who typed', async () => {
    const carol = await rig.join(await share({ role: 'controller' }), 'Carol');
    expect(carol.view.me).toMatchObject({ role: 'viewer', asksControl: true });
    await expect(carol.view.request('prompt', { text: 'too early' })).rejects.toThrow(
      /not allowed/,
    );
    await ada.view.request('admit', { member: carol.view.member, role: 'controller' });
    await carol.until('she may control', () => carol.view.me?.role === 'controller');
    await ada.view.request('focus-release', {});
    await carol.until('control is free', () => carol.state.focus.holder === undefined);
    await carol.view.request('focus-request', {});
    await carol.view.request('prompt', { text: '[[text:by Carol]]' });
    await ada.until('Ada sees it', () => ada.text.includes('by Carol'));
    expect(ada.ofKind('prompt').at(-1)).toMatchObject({ author: { name: 'Carol' } });
    expect(ada.ofKind('prompt').at(-1)?.author?.member).toBe(carol.view.member);
    await ada.until('the turn ends', () => ada.ofKind('turn').at(-1)?.author?.name === 'Carol');
    await carol.close();
  });

  it('a mode without questions is refused while a guest may control', async () => {
    await expect(ada.view.request('set-mode', { mode: 'bypassPermissions' })).rejects.toThrow(
      /guests may control/,
    );
  });

  it('a link with --allow-control admits a controller at once', async () => {
    const dan = await rig.join(await share({ role: 'controller', allowControl: true }), 'Dan');
    expect(dan.view.me).toMatchObject({ role: 'controller' });
    await dan.close();
  });

  it('Stop sharing cuts every guest off, and their links do not work again', async () => {
    const link = await share();
    const eve = await rig.join(link, 'Eve');
    await machine.request('stop-sharing', { session: ada.session });
    await isOver(eve);
    await isOver(bob);
    await ada.until('it is not shared', () => ada.state.sharing === undefined);
    await ada.view.request('prompt', { text: '[[text:after the guests]]' });
    await ada.until('the owner goes on', () => ada.text.includes('after the guests'));
    expect(eve.text).not.toContain('after the guests');
    await expect(rig.join(link, 'Eve')).rejects.toThrow();
    await machine.rowWhen(
      'the row says so',
      (row) => row.session.id === ada.session && row.sharing === undefined,
    );
  });

  it('a policy that turns sharing off, or cannot be read, is obeyed', async () => {
    for (const policy of ['{"sharing":"off"}', '{"sharing":', '{"sharing":"maybe"}']) {
      writeFileSync(rig.paths.policy, policy);
      await expect(share()).rejects.toThrow(/turned off/);
    }
    writeFileSync(rig.paths.policy, '{"sharing":"on","later":1}');
    expect(await share()).toContain('join#1.');
  });

  it('ownership is not given away by a link', async () => {
    await expect(share({ role: 'owner' })).rejects.toThrow(/Ownership/);
  });

  it('a session that asks nobody, or is only watched, is shared with viewers only', () => {
    const none = '/nowhere/policy.json';
    const asksNobody = { session: { source: 'hosted', modeKind: 'unattended' } };
    const watched = { session: { source: 'observed', can: [] } };
    expect(() => refuseSharing({ role: 'controller', ...asksNobody }, none)).toThrow(
      /without asking/,
    );
    expect(() => refuseSharing({ role: 'controller', ...watched }, none)).toThrow(/only watched/);
    for (const one of [asksNobody, watched]) {
      expect(() => refuseSharing({ role: 'viewer', ...one }, none)).not.toThrow();
    }
  });
});

/** A TCP tunnel to the relay under another port; `http` answers as something else. */
async function tunnel(target: number): Promise<{ url: string; close: () => void }> {
  const { createServer: createTcpServer } = await import('node:net');
  const server = createTcpServer((socket) => {
    const out = connect(target, '127.0.0.1');
    socket.on('error', () => out.destroy());
    out.on('error', () => socket.destroy());
    socket.pipe(out).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `ws://127.0.0.1:${port}`, close: () => server.close() };
}

async function stranger(): Promise<{ server: Server; url: string }> {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    server,
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
  };
}

describe('where', () => {
  it('an address is checked end to end, and guests come in through it', async () => {
    const { port } = new URL((await rig.file()).relayUrl);
    const way = await tunnel(Number(port));
    const link = await share({ where: { kind: 'address', url: way.url.replace('ws', 'http') } });
    expect(parseLink(link).relay).toBe(way.url);
    const fay = await rig.join(link, 'Fay');
    expect(fay.view.me?.role).toBe('viewer');
    await fay.close();
    way.close();
  });

  it('an address that leads elsewhere or nowhere gives no link', async () => {
    const other = await stranger();
    await expect(share({ where: { kind: 'address', url: other.url } })).rejects.toThrow(
      /not the relay|WebSockets/,
    );
    other.server.close();
    await expect(share({ where: { kind: 'address', url: 'http://127.0.0.1:1' } })).rejects.toThrow(
      /does not lead/,
    );
    await expect(share({ where: { kind: 'address', url: 'ftp://x' } })).rejects.toThrow(/address/);
    const row = machine.row(ada.session);
    expect(row?.sharing?.invites.every(({ role }) => role === 'viewer') ?? true).toBe(true);
  });

  it('a relay server of one’s own serves the session; a wrong access key is refused', async () => {
    const relay = await createRelay({
      host: '127.0.0.1',
      port: 0,
      accessKey: 'a-key-of-sixteen-characters',
      store: createMemoryStore(),
      clock: systemClock,
      log: silentLogger,
    });
    const where = { kind: 'relay', url: relay.url } as const;
    await expect(share({ where })).rejects.toThrow();
    await expect(
      share({ where: { ...where, accessKey: 'another-key-of-16-chars' } }),
    ).rejects.toThrow();
    const link = await share({ where: { ...where, accessKey: 'a-key-of-sixteen-characters' } });
    expect(parseLink(link).relay).toBe(relay.url);
    const gus = await rig.join(link, 'Gus');
    await gus.until('Gus sees the history', () => gus.text.includes('after the guests'));
    await ada.view.request('prompt', { text: '[[text:over the server]]' });
    await gus.until('and what is live', () => gus.text.includes('over the server'));
    await machine.request('stop-sharing', { session: ada.session });
    await isOver(gus);
    await relay.close();
  });
});

describe('a relay child that dies', () => {
  it('comes back by itself, and everybody goes on', async () => {
    const hal = await rig.join(await share(), 'Hal');
    const found = processesWith('TWINHELM_TEST_RIG', rig.folder);
    const relay = found.find(({ command }) => command.includes('relay --child'));
    process.kill(relay?.pid ?? 0, 'SIGKILL');
    await ada.view.request('prompt', { text: '[[text:after the relay died]]' });
    await hal.until('Hal sees it', () => hal.text.includes('after the relay died'));
  });
});

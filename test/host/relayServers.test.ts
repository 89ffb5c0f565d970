// Relay servers of one's own that refuse or go away: what is shared elsewhere goes on, and sharing can be ended.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import type { CommandArgs } from '../../src/protocol/commandTable.ts';
import { parseLink } from '../../src/protocol/link.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { createRelay, type Relay } from '../../src/relay/server.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { type Guest, HostRig, type MachineView } from './hostRig.ts';

const ACCESS_KEY = 'a-key-of-sixteen-characters';

let rig: HostRig;
let machine: MachineView;
let owner: Guest & { readonly session: string };
let relay: Relay;

beforeAll(async () => {
  rig = await HostRig.create();
  await rig.start();
  machine = await rig.machine();
  owner = await machine.startSession();
  relay = await createRelay({
    host: '127.0.0.1',
    port: 0,
    accessKey: ACCESS_KEY,
    store: createMemoryStore(),
    clock: systemClock,
    log: silentLogger,
  });
});
afterAll(async () => {
  await relay.close();
  await rig.close();
});

async function share(where: CommandArgs<'share'>['where']): Promise<string> {
  const answer = await machine.request('share', { session: owner.session, role: 'viewer', where });
  const link = /"link":"([^"]+)"/.exec(JSON.stringify(answer))?.[1];
  if (link === undefined) throw new Error('no link');
  return link;
}

const onServer = (accessKey?: string): CommandArgs<'share'>['where'] => ({
  kind: 'relay',
  url: relay.url,
  ...(accessKey === undefined ? {} : { accessKey }),
});

describe('a relay server', () => {
  it('that refuses the access key says so in words', async () => {
    const refused = await share(onServer('not-the-key-of-this-one')).catch(String);
    expect(refused).toMatch(/refused the session: .*access key/);
    expect(refused).not.toContain('{');
  });

  it('that is not there: the reason is named', async () => {
    const away = { kind: 'relay', url: 'ws://127.0.0.1:1' } as const;
    await expect(share(away)).rejects.toThrow(/cannot be reached \((?!fetch failed)/);
  });

  it('in use keeps its key when another one is tried: later guests still come in', async () => {
    const link = await share(onServer(ACCESS_KEY));
    await expect(share(onServer('not-the-key-of-this-one'))).rejects.toThrow(/access key/);
    const guest = await rig.join(link, 'Ida');
    await owner.view.request('prompt', { text: '[[text:Ida is in]]' });
    await guest.until('she sees it', () => guest.text.includes('Ida is in'));
    // Her own channel is open only if the relay took the claim that names her.
    await expect(guest.view.request('prompt', { text: 'mine' })).rejects.toThrow(/may not/);
    expect(parseLink(await share(onServer(ACCESS_KEY))).relay).toBe(relay.url);
  });

  it('in use: sharing on it once more cuts nobody off', async () => {
    const guest = await rig.join(await share(onServer(ACCESS_KEY)), 'Jo');
    const truths: string[] = [];
    owner.view.onDidChange(() => truths.push(owner.view.truth.kind));
    await share(onServer(ACCESS_KEY));
    await owner.view.request('prompt', { text: '[[text:once more]]' });
    await guest.until('Jo sees it', () => guest.text.includes('once more'));
    expect(new Set(truths)).toEqual(new Set(['live']));
  });

  it('that went away: the session can be shared elsewhere, and sharing can be ended', async () => {
    await relay.close();
    const guest = await rig.join(await share({ kind: 'loopback' }), 'Kim');
    await machine.request('stop-sharing', { session: owner.session });
    await waitUntil('the guest is cut off', () => guest.view.truth.kind === 'over');
    await machine.rowWhen(
      'the row says so',
      (row) => row.session.id === owner.session && row.sharing === undefined,
    );
  });
});

// Making a link while something else happens to the session.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { isAppError } from '../../src/base/errors.ts';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import { shareSession, stopSharing } from '../../src/host/machine/share.ts';
import type { CommandArgs } from '../../src/protocol/commandTable.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { createRelay } from '../../src/relay/server.ts';
import { silentLogger } from '../../src/base/log.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { knockWith } from '../sync/knockRig.ts';
import { SyncRig } from '../sync/syncRig.ts';
import { SessionsRig } from './sessionsRig.ts';

let rig: SessionsRig;
let session: OpenSession;
beforeEach(async () => {
  rig = await SessionsRig.create();
  session = await rig.start();
});
afterEach(() => rig.close());

/** Shares; `meanwhile` happens when the address is about to be checked. */
function share(
  where: CommandArgs<'share'>['where'],
  meanwhile: () => Promise<unknown>,
  role: 'viewer' | 'controller' = 'viewer',
) {
  let isFirst = true;
  const fetchAfter: typeof fetch = async (...args) => {
    if (isFirst) await meanwhile();
    isFirst = false;
    return fetch(...args);
  };
  return shareSession(
    { session: session.id, role, where },
    {
      session,
      rooms: rig.rooms,
      relay: rig.relay,
      policyFile: '/nowhere/policy.json',
      clock: systemClock,
      fetch: fetchAfter,
    },
  );
}

function guestLinks(): number {
  return session.room.invites.filter(({ role }) => role !== 'owner').length;
}

describe('a link that is shared', () => {
  it('[V1] a guest of another version is told of in the session', async () => {
    const address = { kind: 'address', url: rig.relay.address.url } as const;
    const { link } = await share(address, async () => undefined);
    const outside = new SyncRig();
    await knockWith(outside, link, { versions: [3] });
    const notice = (): string | undefined =>
      rig.journal
        .room(session.room.id)
        .readLog(0, 99)
        .map(({ text }) => text)
        .find((text) => text.includes('"other-version"'));
    await waitUntil('it is told', () => notice());
    await outside.close();
    expect(notice()).toContain('Bo (phone) wanted to join with a newer Twinhelm');
    expect(session.room.people).toEqual([]);
  });
});

describe('a link that is being made', () => {
  it('is not given out if sharing is stopped meanwhile, and nothing is shared afterwards', async () => {
    const address = { kind: 'address', url: rig.relay.address.url } as const;
    const error = await share(address, () => stopSharing(session, rig.rooms)).catch(
      (thrown: unknown) => thrown,
    );
    expect(isAppError(error, 'not-shareable') && error.message).toMatch(/was stopped/);
    expect(guestLinks()).toBe(0);
    expect(session.recorder.stored.sharing).toBeUndefined();
    expect((await share(address, async () => undefined)).link).toContain('join#1.');
    expect(guestLinks()).toBe(1);
  });

  it('on a relay server: a stop leaves that server too', async () => {
    const server = await createRelay({
      host: '127.0.0.1',
      port: 0,
      accessKey: 'a-key-of-sixteen-characters',
      store: createMemoryStore(),
      clock: systemClock,
      log: silentLogger,
    });
    const where = {
      kind: 'relay',
      url: server.url,
      accessKey: 'a-key-of-sixteen-characters',
    } as const;
    await expect(share(where, () => stopSharing(session, rig.rooms))).rejects.toThrow(
      /was stopped/,
    );
    expect(session.recorder.stored.relays).toEqual([]);
    expect(guestLinks()).toBe(0);
    await server.close();
  });

  it('for controllers is taken back if the mode became one that asks nobody', async () => {
    const address = { kind: 'address', url: rig.relay.address.url } as const;
    const change = async (): Promise<void> =>
      session.recorder.update({ mode: 'bypassPermissions' });
    await expect(share(address, change, 'controller')).rejects.toThrow(/without asking/);
    expect(guestLinks()).toBe(0);
    expect(session.recorder.stored.sharing).toBeUndefined();
  });
});

describe('what commands print', () => {
  const printed = (id: string) =>
    ({ kind: 'command', id, at: 1, command: '', text: `printed ${id}` }) as const;
  const texts = (): string =>
    rig.journal
      .room(session.room.id)
      .readLog(0, 99)
      .map(({ text }) => text)
      .join('\n');

  it('[R18] is for all from the tick on, and the owner’s again from the moment that sharing is stopped', async () => {
    session.recorder.record([printed('before')]);
    const options = {
      session,
      rooms: rig.rooms,
      relay: rig.relay,
      policyFile: '/nowhere/policy.json',
      clock: systemClock,
      fetch,
    };
    const where = { kind: 'loopback' } as const;
    const args = { session: session.id, role: 'viewer', where } as const;
    await shareSession({ ...args, commandOutput: true }, options);
    session.recorder.record([printed('shown')]);
    const stopped = stopSharing(session, rig.rooms);
    session.recorder.record([printed('meanwhile')]);
    await stopped;
    expect(session.recorder.stored.sharing).toBeUndefined();
    session.recorder.record([printed('after')]);
    expect(texts()).toContain('printed shown');
    for (const id of ['before', 'meanwhile', 'after']) {
      expect(texts()).not.toContain(`printed ${id}`);
    }
  });
});

// Host and guest without a protocol version in common, and with one among others: both sides say it.
import { afterEach, expect, test } from 'vitest';
import type * as Y from 'yjs';
import { toBase64Url } from '../../src/base/bytes.ts';
import type { AppError } from '../../src/base/errors.ts';
import { type Logger, silentLogger } from '../../src/base/log.ts';
import { sealCard } from '../../src/crypto/card.ts';
import { newBootOf, randomBytes } from '../../src/crypto/keys.ts';
import { knockDocument } from '../../src/protocol/documentNames.ts';
import { formatLink } from '../../src/protocol/link.ts';
import type { Relay } from '../../src/relay/server.ts';
import { outOf } from '../../src/session/layout.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import type { RoomKeys } from '../../src/sync/host/hostRoomOptions.ts';
import { tomorrow } from '../protocol/tomorrow.ts';
import { knockWith } from './knockRig.ts';
import { PairRig } from './pairRig.ts';
import { textEntry } from './syncRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

/** A relay without any check: on it a test writes as the host. */
const openRelay = (): Promise<Relay> => rig.relay({ open: true });

const documentOf = async (relay: Relay, name: string): Promise<Y.Doc> =>
  (await rig.connect(relay, name)).doc;

/** Writes the card of a host that speaks `versions`. */
async function writeCard(doc: Y.Doc, room: RoomKeys, versions: number[], term = 1): Promise<void> {
  const card = await sealCard(room.pair, {
    versions,
    room: room.id,
    roomKey: toBase64Url(room.pair.publicBytes),
    term,
    hostKey: toBase64Url(room.pair.publicBytes),
    boot: toBase64Url(newBootOf(term)),
    notAfter: 2e12,
    epoch: 1,
  });
  doc.getMap('card').set('card', card);
}

async function endOf(guest: Attachment): Promise<AppError> {
  await rig.until('the guest has stopped', () => guest.truth.kind === 'over');
  if (guest.truth.kind !== 'over') throw new Error('not over');
  return guest.truth.error;
}

test.each([
  [
    'newer',
    [3, 4],
    /needs a newer Twinhelm: .* versions 3 and 4 .* versions 1 and 2\..* Update Twinhelm here/,
  ],
  [
    'older',
    [0],
    /runs an older Twinhelm: it speaks version 0 .* versions 1 and 2\..* Ask the owner to update/,
  ],
])(
  '[V1] a guest stops at the card of a %s host, before it knocks',
  async (_which, versions, text) => {
    const relay = await openRelay();
    const room = await rig.roomKeys();
    await writeCard(await documentOf(relay, room.id), room, versions);
    const knocks = await documentOf(relay, knockDocument(room.id));
    const epoch = { number: 1, secret: randomBytes(32) };
    const link = {
      room: room.id,
      secret: randomBytes(32),
      relay: relay.url,
      role: 'viewer',
      epoch,
    } as const;
    const error = await endOf(await rig.join(formatLink(link)));
    expect(error.code).toBe('update');
    expect(error.message).toMatch(text);
    expect(outOf(knocks).length).toBe(0);
  },
);

test('[V1] a guest stops when the host comes back in a version it does not speak; what was seen stays', async () => {
  const relay = await openRelay();
  const keys = await rig.roomKeys();
  const room = await rig.host(relay, { room: keys });
  room.append([textEntry('a', 'one')]);
  const guest = await rig.join(await rig.invite(room, relay));
  await rig.until('the guest is live', () => guest.truth.kind === 'live');
  await writeCard(await documentOf(relay, room.id), keys, [3], 2);
  expect((await endOf(guest)).code).toBe('update');
  expect(guest.entries).toHaveLength(1);
  expect(() => guest.send('interrupt', {})).toThrow(/needs a newer Twinhelm/);
});

test.each([
  [
    'newer',
    [3],
    /^Bo \(phone\) wanted to join with a newer Twinhelm.* Update Twinhelm on this computer/,
  ],
  ['older', [0], /^Bo \(phone\) wanted to join with an older Twinhelm.* Ask them to update/],
])(
  '[V1] a guest with a %s Twinhelm is not let in, and the host says so once',
  async (_which, versions, text) => {
    const relay = await rig.relay();
    const told: AppError[] = [];
    const warned: unknown[] = [];
    const log: Logger = {
      ...silentLogger,
      warn: (message, fields) => warned.push([message, fields]),
    };
    const room = await rig.host(relay, { log, onForeignKnock: (error) => told.push(error) });
    const link = await rig.invite(room, relay);
    for (let i = 0; i < 2; i += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await knockWith(rig, link, { versions });
    }
    // Read after both: the host has judged them when this one is in.
    const late = await rig.join(link, 'Late');
    await rig.until('the late guest is in', () => late.me !== undefined);
    expect(room.people.map(({ name }) => name)).toEqual(['Late']);
    expect(told.map(({ code }) => code)).toEqual(['update']);
    expect(told[0]?.message).toMatch(text);
    expect(warned).toContainEqual([
      'knock refused: no version in common',
      { reason: told[0]?.message },
    ]);
  },
);

test('[V1] [R9] a guest that speaks our version among others, and says more, is let in', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const identity = await knockWith(rig, await rig.invite(room, relay), tomorrow.knock);
  await rig.until('it is in', () => room.people.some(({ member }) => member === identity.member));
  expect(room.people[0]).toMatchObject({ name: 'Bo', role: 'viewer' });
});

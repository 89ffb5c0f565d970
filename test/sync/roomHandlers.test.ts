// What every room carries out, and what its host adds to it.
import { expect, test } from 'vitest';
import { type AcceptedCommand, carryOut } from '../../src/session/control/commandHandlers.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { openForMember } from '../../src/crypto/sealedForMember.ts';
import { utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { ControlLease } from '../../src/session/control/controlLease.ts';
import { blobPartSchema } from '../../src/protocol/command.ts';
import type { HostRoomOptions, MachineCommands } from '../../src/sync/host/hostRoomOptions.ts';
import { roomHandlers } from '../../src/sync/host/roomHandlers.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { person } from '../session/gateRig.ts';
import { createControlJournal } from '../session/memoryRoomJournal.ts';
import { playedHandlers, playedMachine, playedSession } from '../session/playedHandlers.ts';

const ADA = await createIdentity();

function makeHandlers(
  commands: HostRoomOptions['commands'],
  readBlob: HostRoomOptions['readBlob'] = () => undefined,
) {
  return roomHandlers({
    commands,
    journal: { readLog: () => [], logEnd: () => ({ nextIndex: 0, lastHash: '' }) },
    controlLease: new ControlLease({ clock: createFakeClock(), journal: createControlJournal() }),
    attendance: { windows: [] },
    people: { admit: () => true, remove: () => true, leave: () => undefined },
    person: () => undefined,
    readBlob,
    exchangeKeyOf: (member) => (member === 'ada' ? ADA.exchangeKey : undefined),
    roomId: 'room',
    published: { publish: () => Promise.resolve(undefined) },
  });
}

function fetchOf(args: AcceptedCommand<'fetch'>['args']): AcceptedCommand<'fetch'> {
  const owner = person('ada', 'owner');
  return { kind: 'fetch', args, member: 'ada', window: 'w', id: 'i', person: owner };
}

test('what an agent offers is asked of the room of the computer too, and history is not', async () => {
  const asked: unknown[] = [];
  const played = playedMachine(() => undefined);
  const fetchFacts: MachineCommands['fetchFacts'] = async ({ what }) => {
    asked.push(what);
    return [];
  };
  const machine = makeHandlers({ ...played, fetchFacts });
  expect(await carryOut(machine, fetchOf({ what: 'modes' }))).toEqual([]);
  expect(asked).toEqual(['modes']);
  expect(carryOut(machine, fetchOf({ what: 'log', from: 0, to: 5 }))).toEqual({
    from: 5,
    records: [],
  });
});

test('what only an agent knows is asked of the session, and history is not', async () => {
  const asked: unknown[] = [];
  const facts = async (args: unknown) => {
    asked.push(args);
    return ['opus'];
  };
  const session = makeHandlers({ ...playedSession(() => undefined), fetchFacts: facts });
  expect(await carryOut(session, fetchOf({ what: 'models' }))).toEqual(['opus']);
  const missing = carryOut(session, fetchOf({ what: 'blob', blob: 'b', offset: 0 }));
  await expect(missing).rejects.toThrow(/is not kept/);
  expect(asked).toEqual([{ what: 'models' }]);
});

test('a room has a handler for every kind of its sort, and for no other', () => {
  const kindsOf = (handlers: object) => Object.keys(handlers).toSorted();
  const every = kindsOf(playedHandlers(() => undefined));
  expect(kindsOf(makeHandlers(playedSession(() => undefined)))).toEqual(every);
  const machine = kindsOf(makeHandlers(playedMachine(() => undefined)));
  expect(machine).toContain('archive');
  expect(machine).toContain('leave');
  expect(machine).not.toContain('prompt');
});

test('[R18] what is for owners alone is sealed to the owner who asks, and refused to everybody else', async () => {
  const bytes = utf8Bytes('a plan and a memory');
  const handlers = makeHandlers(
    playedSession(() => undefined),
    () => ({ totalBytes: bytes.length, bytes, ownerOnly: true }),
  );
  const ask = fetchOf({ what: 'blob', blob: 'b', offset: 0 });
  const answer = blobPartSchema.parse(await carryOut(handlers, ask));
  expect(answer).toMatchObject({ bytes: '', totalBytes: bytes.length });
  const place = { room: 'room', member: 'ada', blob: 'b', offset: 0 };
  const opened = await openForMember(ADA, place, answer.sealed ?? '');
  expect(utf8Text(opened ?? utf8Bytes(''))).toBe('a plan and a memory');
  for (const role of ['viewer', 'controller'] as const) {
    const refused = carryOut(handlers, { ...ask, person: person('ada', role) });
    await expect(refused).rejects.toThrow(/for the owner of the session alone/);
  }
  // Without a key nothing is sent in the open instead.
  await expect(carryOut(handlers, { ...ask, member: 'eve' })).rejects.toThrow(/told no key/);
});

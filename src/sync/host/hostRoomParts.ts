// The parts of a served room, made one after the other: each is given only what was made before it.
import * as Y from 'yjs';
import { fromBase32 } from '../../base/bytes.ts';
import type { DisposableStore } from '../../base/disposable.ts';
import { RecordOpener, RecordSealer } from '../../crypto/record.ts';
import type { Person, RoomState } from '../../protocol/state.ts';
import { CommandGate } from '../../session/control/commandGate.ts';
import { ControlLease } from '../../session/control/controlLease.ts';
import { documentClient } from '../../session/documentClient.ts';
import { Publisher } from '../../session/publisher.ts';
import type { StoredMember } from '../../session/roomJournal.ts';
import { RoomLog } from '../../session/roomLog.ts';
import { Roster } from '../../session/roster.ts';
import { TailDocument } from '../../session/tailDocument.ts';
import { Attendance } from './attendance.ts';
import { DocumentRepair } from './documentRepair.ts';
import { HostBeats } from './hostBeats.ts';
import { HostChannels } from './hostChannels.ts';
import type { HostRoomOptions } from './hostRoomOptions.ts';
import { KnockReader } from './knockReader.ts';
import { PartReader } from './partReader.ts';
import { PublishedBlobs } from './publishedBlobs.ts';
import { RoomEpochs } from './roomEpochs.ts';
import { roomHandlers } from './roomHandlers.ts';
import { RoomPeople } from './roomPeople.ts';
import { RoomRelays } from './roomRelays.ts';
import { RoomStates } from './roomStates.ts';
import { ShortChannels } from './shortChannels.ts';

/** What a room is made of. */
export interface HostRoomParts {
  readonly doc: Y.Doc;
  readonly roomEpochs: RoomEpochs;
  readonly roomLog: RoomLog;
  readonly tailDocument: TailDocument;
  readonly controlLease: ControlLease;
  readonly attendance: Attendance;
  readonly roster: Roster;
  readonly roomRelays: RoomRelays;
  readonly roomStates: RoomStates;
  readonly publisher: Publisher;
  readonly hostBeats: HostBeats;
  readonly hostChannels: HostChannels;
  readonly roomPeople: RoomPeople;
  readonly commandGate: CommandGate;
  readonly partReader: PartReader;
  readonly knockReader: KnockReader;
  readonly documentRepair: DocumentRepair;
}

/** Makes them and joins them to one another; nothing is served yet. `disposables` owns them. */
export async function createHostRoomParts(
  options: HostRoomOptions,
  disposables: DisposableStore,
): Promise<HostRoomParts> {
  const { clock, log, journal, host } = options;
  const room = options.room.id;
  const roomBytes = fromBase32(room) ?? new Uint8Array(16);
  const roomEpochs = new RoomEpochs(options);
  const secretOf = roomEpochs.secretOf.bind(roomEpochs);
  const sealer = await RecordSealer.create({
    ...host,
    room: roomBytes,
    secretOf,
    // [S7] A process may close a room and serve it again, in one boot: microseconds since its
    // start are above the number of records that it can have sealed.
    firstSeq: BigInt(Math.ceil(clock.monotonic() * 1000)),
  });
  const opener = new RecordOpener({ room: roomBytes, secretOf });
  const sealing = { opener, sealer: () => sealer, epoch: () => roomEpochs.current };
  const doc = new Y.Doc();
  doc.clientID = documentClient(host.term, clock.monotonic());
  disposables.defer(() => doc.destroy());

  const roomLog = new RoomLog(options);
  const tailDocument = new TailDocument(doc);
  const controlLease = disposables.add(new ControlLease({ clock, journal }));
  // Who is here is a part of what the roster tells: only the keys come from below both.
  const memberOf = (member: string): StoredMember | undefined =>
    journal.members().find((one) => one.member === member && one.gaveWayAt === undefined);
  const keyOf = (member: string): string | undefined => memberOf(member)?.key;
  const attendance = disposables.add(
    new Attendance({
      opener,
      keyOf,
      renew: (window, fence) => controlLease.renew(window, fence),
      clock,
    }),
  );
  const isPresent = attendance.isPresent.bind(attendance);
  const goneMs = attendance.goneMs.bind(attendance);
  const roster = new Roster({ room, journal, clock, isPresent, goneMs });
  const person = (member: string): Person | undefined => roster.person(member);
  const roomRelays = disposables.add(new RoomRelays({ ...options, roster }));

  const roomStates = new RoomStates({
    ...options,
    people: () => roster.people,
    places: () => placesOfRoom(roster),
    control: () => controlLease.state,
  });
  const publisher = disposables.add(
    new Publisher({
      ...sealing,
      tail: tailDocument,
      newest: () => roomLog.newest(),
      deflateRaw: options.deflateRaw,
      buildState: (asOf, first) => roomStates.build(asOf, first),
      clock,
      log,
    }),
  );
  const hostChannels = disposables.add(
    new HostChannels({ ...sealing, room, relays: roomRelays, keyOf, isPresent, clock, log }),
  );
  const shortChannels = disposables.add(
    new ShortChannels({
      room,
      voices: () => attendance.voices,
      reconnect: (name) => roomRelays.reconnect(name),
      renew: (member) => hostChannels.renew(member),
      clock,
      log,
    }),
  );
  const hostBeats = disposables.add(
    new HostBeats({
      ...sealing,
      attendance,
      beat: () => {
        const { asOf, rev } = publisher.written;
        const { index, hash } = asOf;
        const first = Math.max(0, index + 1 - tailDocument.logCount);
        return { rev, index, hash, first, epoch: roomEpochs.current, at: clock.now(), seen: [] };
      },
      short: () => shortChannels.windows,
      onDidWrite: publisher.onDidWrite,
      clock,
    }),
  );

  const roomPeople = disposables.add(
    new RoomPeople({
      room,
      journal,
      roster,
      relays: roomRelays,
      epochs: roomEpochs,
      controlLease,
      channels: hostChannels,
      attendance,
      beats: hostBeats,
      clock,
    }),
  );
  const partReader = new PartReader({ room, relays: roomRelays, opener, keyOf, clock, log });
  const { readBlob } = options;
  const published = new PublishedBlobs({ ...sealing, room, relays: roomRelays, readBlob });
  const commandGate = disposables.add(
    new CommandGate({
      journal,
      control: controlLease,
      clock,
      log,
      term: host.term,
      person,
      request: (requestId) => options.requestKind?.(requestId),
      promptAuthor: (promptId) => options.promptAuthor?.(promptId),
      isSuspended: () => options.isSuspended?.() === true,
      agent: options.agent,
      handlers: roomHandlers({
        ...options,
        roomId: room,
        controlLease,
        attendance,
        people: roomPeople,
        published,
        person,
        exchangeKeyOf: (member) => memberOf(member)?.exchangeKey,
      }),
      acknowledge: (member, ack) => hostChannels.acknowledge(member, ack),
    }),
  );
  const knockReader = disposables.add(
    new KnockReader({
      room,
      roomBytes,
      roster,
      onAdmit: () => roomPeople.welcome(),
      onGaveWay: (member) => roomPeople.gaveWay(member),
      onForeign: (error) => options.onForeignKnock?.(error),
      log,
    }),
  );
  const documentRepair = disposables.add(
    new DocumentRepair({ doc, tail: tailDocument, room, host, clock, log }),
  );

  disposables.add(shortChannels.onDidChange(() => hostBeats.send()));
  disposables.add(
    hostChannels.onDidReceive(({ from, command }) => {
      shortChannels.received(from.window, command.cseq ?? 0);
      commandGate.receive(from, command);
    }),
  );
  disposables.add(
    roomRelays.onDidJoin((awareness) => {
      attendance.follow(awareness);
      hostBeats.send();
    }),
  );
  disposables.add(roomRelays.onDidSync(() => hostBeats.send()));
  disposables.add(attendance.onDidChange(() => roomPeople.attend()));

  return {
    doc,
    roomEpochs,
    roomLog,
    tailDocument,
    controlLease,
    attendance,
    roster,
    roomRelays,
    roomStates,
    publisher,
    hostBeats,
    hostChannels,
    roomPeople,
    commandGate,
    partReader,
    knockReader,
    documentRepair,
  };
}

/** [J7] What of the places stands in the state; nothing where there is nothing to say. */
function placesOfRoom({ fullLinks, gaveWay }: Roster): Pick<RoomState, 'fullLinks' | 'gaveWay'> {
  return {
    ...(fullLinks.length > 0 && { fullLinks: [...fullLinks] }),
    ...(gaveWay.length > 0 && { gaveWay: gaveWay.map(({ member }) => member) }),
  };
}

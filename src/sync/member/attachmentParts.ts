// The parts of a joined room, made one after the other: each is given only what was made before it.
import * as Y from 'yjs';
import { fromBase32 } from '../../base/bytes.ts';
import type { DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { jsonCut } from '../../base/jsonText.ts';
import { RecordOpener } from '../../crypto/record.ts';
import { channelDocument } from '../../protocol/documentNames.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { InviteLink } from '../../protocol/link.ts';
import { canOf } from '../../protocol/openValues.ts';
import { Replica } from '../../session/replica.ts';
import { DocumentConnection } from '../documentConnection.ts';
import { BlobReader } from './blobReader.ts';
import { CatchUp } from './catchUp.ts';
import { EpochLock } from './epochLock.ts';
import { HostTime } from './hostTime.ts';
import type { JoinOptions } from './joinOptions.ts';
import { Knocking } from './knocking.ts';
import { MemberChannel } from './memberChannel.ts';
import { MemberControl } from './memberControl.ts';
import { MemberSecrets } from './memberSecrets.ts';
import { MemberTerm } from './memberTerm.ts';
import { PartSender } from './partSender.ts';
import { PresenceChannel } from './presenceChannel.ts';
import { type AdmissionTokens, RoomEntry } from './roomEntry.ts';
import { SocketWatch } from './socketWatch.ts';
import { TruthTracker } from './truthTracker.ts';

/** What a joined room is made of. */
export interface AttachmentParts {
  readonly memberSecrets: MemberSecrets;
  readonly replica: Replica;
  /** The connection of the main document. */
  readonly documentConnection: DocumentConnection;
  readonly truthTracker: TruthTracker;
  readonly hostTime: HostTime;
  readonly epochLock: EpochLock;
  readonly memberTerm: MemberTerm;
  readonly memberControl: MemberControl;
  readonly presenceChannel: PresenceChannel;
  readonly knocking: Knocking;
  readonly roomEntry: RoomEntry;
  readonly memberChannel: MemberChannel;
  readonly blobReader: BlobReader;
  /** Reads another document under another client, on a new socket. */
  readonly renewDocument: () => void;
  readonly catchUp: CatchUp;
  readonly socketWatch: SocketWatch;
  /** This device slept, or its clock was set. */
  readonly onDidSleep: Event<void>;
  /** How entries that did not open are fetched; the room that is joined says it. */
  readonly gaps: { fetch: () => Promise<unknown> };
}

/** Why a connection that brings nothing is over. */
const NO_ANSWER = 'no answer';

/** Makes them and joins them to one another; connecting begins. `disposables` owns them. */
export function createAttachmentParts(
  options: JoinOptions,
  link: InviteLink,
  tokens: AdmissionTokens,
  disposables: DisposableStore,
): AttachmentParts {
  const { clock, log, identity, random = Math.random } = options;
  const name = jsonCut(options.name, LIMITS.nameBytes);
  const device = jsonCut(options.device, LIMITS.nameBytes);
  const { member } = identity;
  const webSocket = options.webSocket ?? globalThis.WebSocket;
  const roomBytes = fromBase32(link.room) ?? new Uint8Array(16);
  const memberSecrets = new MemberSecrets(link, options.epochs);
  const secretOf = memberSecrets.secretOf.bind(memberSecrets);
  const opener = new RecordOpener({ room: roomBytes, secretOf });
  let doc = new Y.Doc();
  disposables.defer(() => doc.destroy());

  const gaps = { fetch: (): Promise<unknown> => Promise.resolve() };
  const memory = options.memory?.load(link.room);
  const replica = disposables.add(
    new Replica({ doc, room: link.room, opener, log, ...(memory ? { memory } : {}) }),
  );
  const documentConnection = disposables.add(
    new DocumentConnection({
      doc,
      name: link.room,
      url: link.relay,
      token: tokens.invite,
      withAwareness: true,
      isReader: true,
      clock,
      webSocket,
      random,
    }),
  );
  const truthTracker = disposables.add(new TruthTracker(clock));
  const slept = disposables.add(new Emitter<void>());
  const hostTime = disposables.add(new HostTime({ clock, onJump: () => slept.fire() }));

  const epochLock = disposables.add(new EpochLock({ secretOf, clock }));
  const memberTerm = new MemberTerm({ room: roomBytes, pair: identity.signing, secretOf });
  const memberControl = new MemberControl({
    member,
    window: () => memberTerm.window,
    state: () => replica.state,
  });
  // Its channel is made after it: what it says of it is read when it speaks.
  let counter = (): number => 0;
  const presenceChannel = disposables.add(
    new PresenceChannel({
      connection: documentConnection,
      device,
      clock,
      acceptBeat: (record) => replica.acceptBeat(record),
      hearsLocked: (record) => replica.hearsLocked(record),
      holds: () => memberControl.heldFence,
      sent: () => counter(),
    }),
  );

  const knocking = disposables.add(
    new Knocking({
      link,
      roomBytes,
      identity,
      name,
      device,
      token: tokens.invite,
      channelToken: tokens.channel,
      webSocket,
      random,
      clock,
    }),
  );
  const main = documentConnection;
  const roomEntry = new RoomEntry({ link, tokens, member, main, knocking, clock });
  const reaching = {
    ...{ room: link.room, token: tokens.channel, webSocket, clock },
    url: () => documentConnection.url,
  };
  const carrier = new PartSender({ ...reaching, member, random });
  const keyOf = replica.keyOfHost.bind(replica);
  const blobReader = new BlobReader({ ...reaching, identity, keys: { opener, keyOf } });
  const memberChannel = disposables.add(
    new MemberChannel({
      carrier,
      refusesParts: () =>
        replica.state?.kind === 'session' && !canOf(replica.state.session, 'attach'),
      name: channelDocument(link.room, member),
      token: tokens.channel,
      webSocket,
      random,
      member,
      opener,
      fence: () => memberControl.lastFence,
      hostTime: () => hostTime.now,
      isHeard: () => truthTracker.truth.kind === 'live' || truthTracker.truth.kind === 'behind',
      isLocked: () => epochLock.epoch !== undefined,
      clock,
      log,
    }),
  );

  counter = () => memberChannel.outbox.counter;
  const renewDocument = (): void => {
    const before = doc;
    doc = new Y.Doc();
    replica.follow(doc);
    documentConnection.renew(doc);
    before.destroy();
  };
  const catchUp = disposables.add(
    new CatchUp({
      clock,
      missing: () => replica.missing,
      gap: () => replica.gap,
      isReading: () => replica.isReading,
      ask: () => documentConnection.ask(),
      reconnect: () => documentConnection.reconnect(),
      renew: renewDocument,
      fetchGap: () => gaps.fetch(),
      onComplete: (isComplete) => truthTracker.complete(isComplete),
      onBehind: (shortfall) => truthTracker.behind(shortfall),
      onWithheld: (isWithheld) => replica.withheld(isWithheld),
    }),
  );
  const socketWatch = disposables.add(
    new SocketWatch({
      clock,
      onDidHear: documentConnection.onDidHear,
      isOpen: () => documentConnection.status.kind === 'synced',
      ask: () => documentConnection.ask(),
      onLost: () => {
        truthTracker.offline(NO_ANSWER);
        documentConnection.reconnect();
        memberChannel.reconnect();
      },
    }),
  );

  disposables.add(
    memberTerm.onDidBegin((term) => {
      presenceChannel.setSealer(term.sealer, term.epoch);
      memberChannel.outbox.setTerm(term);
    }),
  );

  return {
    memberSecrets,
    replica,
    documentConnection,
    truthTracker,
    hostTime,
    epochLock,
    memberTerm,
    memberControl,
    presenceChannel,
    knocking,
    roomEntry,
    memberChannel,
    blobReader,
    catchUp,
    socketWatch,
    gaps,
    renewDocument,
    onDidSleep: slept.event,
  };
}

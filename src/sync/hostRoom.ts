// Serving a room: everything of it that does not depend on what the room is about.
import * as Y from 'yjs';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { type Bytes, fromBase32, fromBase64Url, toBase64Url, utf8Bytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { errorText } from '../base/log.ts';
import { admissionToken, hashToken } from '../crypto/admission.ts';
import { openCard, sealCard } from '../crypto/card.ts';
import { randomBytes, type SigningPair } from '../crypto/keys.ts';
import { inviteIdOf, openKnock } from '../crypto/knock.ts';
import { RecordOpener, RecordSealer } from '../crypto/record.ts';
import type { Json } from '../protocol/json.ts';
import { LIMITS, TIMES } from '../protocol/limits.ts';
import { formatLink } from '../protocol/link.ts';
import { channelDocument, knockDocument } from '../protocol/names.ts';
import type { LogPlaintext } from '../protocol/room.ts';
import type { AsOf, Focus, Person, Problem, RoomState, Role, Scope } from '../protocol/state.ts';
import type { Entry } from '../protocol/transcript.ts';
import { PROTOCOL_VERSIONS } from '../protocol/version.ts';
import type { AcceptedCommand } from '../session/commandCheck.ts';
import { FocusLease } from '../session/focus.ts';
import { CommandGate } from '../session/gate.ts';
import { outOf, readCard, recordsOf } from '../session/layout.ts';
import { blockKey, type LiveInput } from '../session/liveText.ts';
import { Publisher } from '../session/publisher.ts';
import type { RoomJournal, StoredInvite, StoredRecord } from '../session/roomJournal.ts';
import { Roster } from '../session/roster.ts';
import { TailDocument } from '../session/tailDocument.ts';
import type { PlacedEntry } from '../session/view.ts';
import { Attendance } from './attendance.ts';
import { HostChannel } from './hostChannel.ts';
import { type RelayAddress, RelayLink } from './relayLink.ts';
import { executeRoomCommand } from './roomCommands.ts';
import type { AppState, HostRoomOptions, InviteOptions } from './hostRoomOptions.ts';

/** A guest's channel is closed this long after its last window went. */
const CHANNEL_IDLE_MS = 10 * 60_000;
/** Pauses between two repairs of the document: the first, and the longest if somebody keeps at it. */
const REPAIR_MS = { first: 100, longest: 10_000 } as const;
/** How long a start waits for a relay to sync before it goes on without. */
const SYNC_WAIT_MS = 5_000;
/** A card is renewed long before it ends. */
const CARD_LIFE_MS = 7 * 24 * 3_600_000;

/** One room as its host serves it. Documents are projections of the journal. */
export class HostRoom implements Disposable {
  private readonly store = new DisposableStore();
  private readonly options: HostRoomOptions;
  private readonly doc = new Y.Doc();
  private readonly knockDoc = new Y.Doc();
  private readonly tail: TailDocument;
  private readonly publisher: Publisher;
  private readonly roster: Roster;
  private readonly lease: FocusLease;
  private readonly gate: CommandGate;
  private readonly attendance: Attendance;
  private readonly opener: RecordOpener;
  private readonly roomBytes: Bytes;
  private readonly secrets = new Map<number, Bytes>();
  private readonly tokenHashes = new Map<string, string>();
  private readonly channels = new Map<string, HostChannel>();
  private readonly lastSeen = new Map<string, number>();
  private readonly links = new Map<string, RelayLink>();
  private readonly hostToken = toBase64Url(randomBytes(32));
  private readonly changed = new Emitter<void>();
  private readonly lost = new Emitter<Problem>();
  private sealer: RecordSealer;
  private epoch: number;
  private nextIndex: number;
  private lastHash: string;
  private rev = 0;
  private claimRev = 0;
  private app: AppState | undefined;
  private repair: { timer: Disposable | undefined; pauseMs: number; lastAt: number } = {
    timer: undefined,
    pauseMs: REPAIR_MS.first,
    lastAt: Number.NEGATIVE_INFINITY,
  };
  private knocks: Promise<void> = Promise.resolve();
  private readonly seenKnocks = new WeakSet<Uint8Array>();

  /** People, focus or presence changed. */
  readonly onDidChange = this.changed.event;
  /** Another host serves this room: this one has stopped writing. */
  readonly onDidLose = this.lost.event;

  /** Claims the room on its relays and publishes the journal's tail. Rejects with AppError relay-* if the first relay refuses. */
  static async open(options: HostRoomOptions): Promise<HostRoom> {
    const sealer = await makeSealer(options, () => room.secrets);
    const room: HostRoom = new HostRoom(options, sealer);
    await room.start();
    return room;
  }

  private constructor(options: HostRoomOptions, sealer: RecordSealer) {
    this.options = options;
    this.sealer = sealer;
    this.roomBytes = fromBase32(options.room.id) ?? new Uint8Array(16);
    for (const { epoch, secret } of options.journal.epochs()) this.keepSecret(epoch, secret);
    this.epoch = Math.max(...this.secrets.keys());
    const { nextIndex, lastHash } = options.journal.logEnd();
    this.nextIndex = nextIndex;
    this.lastHash = lastHash;
    this.rev = options.firstRev;
    const { clock, log, journal } = options;
    this.opener = new RecordOpener({
      room: this.roomBytes,
      secretOf: (epoch) => this.secrets.get(epoch),
    });
    this.tail = new TailDocument(this.doc);
    this.roster = new Roster({
      room: options.room.id,
      journal,
      clock,
      isPresent: (member) => this.attendance.isPresent(member),
    });
    this.lease = this.store.add(new FocusLease({ clock, journal }));
    this.publisher = this.store.add(
      new Publisher({
        tail: this.tail,
        sealer: () => this.sealer,
        epoch: () => this.epoch,
        records: this.newestRecords(),
        buildState: (asOf, first) => this.buildState(asOf, first),
        clock,
        log,
      }),
    );
    this.attendance = this.store.add(
      new Attendance({
        opener: this.opener,
        sealer: () => this.sealer,
        epoch: () => this.epoch,
        keyOf: (member) => this.roster.person(member)?.key,
        beat: () => this.beatNow(),
        renew: (window, fence) => this.lease.renew(window, fence),
        clock,
      }),
    );
    this.gate = this.store.add(
      new CommandGate({
        journal,
        focus: this.lease,
        clock,
        log,
        term: options.host.term,
        person: (member) => this.roster.person(member),
        request: (requestId) => options.requestKind?.(requestId),
        execute: (accepted) => this.execute(accepted),
        acknowledge: (member, ack) => this.channels.get(member)?.acknowledge(ack),
      }),
    );
    this.store.add(this.lease.onDidChange(() => this.peopleChanged()));
    this.store.add(this.attendance.onDidChange(() => this.attendanceChanged()));
    this.store.defer(() => this.repair.timer?.dispose());
    this.doc.on('update', this.onUpdate);
    this.store.defer(() => this.doc.destroy());
    this.store.defer(() => this.knockDoc.destroy());
    const knocks = outOf(this.knockDoc);
    const onKnock = (): void => {
      this.knocks = this.knocks.then(() => this.readKnocks()).catch(() => undefined);
    };
    knocks.observe(onKnock);
    this.store.defer(() => knocks.unobserve(onKnock));
    this.store.add(clock.every(60_000, () => this.everyMinute()));
  }

  get id(): string {
    return this.options.room.id;
  }

  get people(): readonly Person[] {
    return this.roster.people;
  }

  get focus(): Focus {
    return this.lease.state;
  }

  /** Windows connected now. */
  get windowCount(): number {
    return this.attendance.windows.length;
  }

  get invites(): readonly StoredInvite[] {
    return this.roster.invites;
  }

  /** Highest revision of the state so far: the next start goes on from above it. */
  get revision(): number {
    return this.rev;
  }

  /** Content secrets by epoch, base64url: for the owner's directory. */
  get epochs(): readonly { readonly epoch: number; readonly secret: string }[] {
    return this.options.journal.epochs();
  }

  /** Adds entries: in the journal when this returns, in the document soon after; their streamed text goes in the same step. */
  append(
    entries: readonly Entry[],
    endBlocks: readonly { readonly messageId: string; readonly block: number }[] = [],
  ): readonly PlacedEntry[] {
    const records: StoredRecord[] = [];
    const placed = entries.map((entry) => {
      const plain: LogPlaintext = {
        index: this.nextIndex,
        prev: this.lastHash,
        // An entry is JSON by its schema, which its type does not say.
        entry: entry as unknown as Json,
      };
      const text = JSON.stringify(plain);
      const hash = toBase64Url(this.options.sha256(utf8Bytes(text)));
      records.push({ index: plain.index, hash, text });
      this.nextIndex += 1;
      this.lastHash = hash;
      return { index: plain.index, entry };
    });
    if (records.length > 0) this.options.journal.appendLog(records);
    this.publisher.publish(
      records,
      endBlocks.map(({ messageId, block }) => blockKey(messageId, block)),
    );
    return placed;
  }

  /** Streams text of an entry to come. */
  delta(piece: LiveInput): void {
    this.publisher.delta(piece);
  }

  /** The block's streamed text is over without an entry. */
  endLive(messageId: string, block: number): void {
    this.publisher.publish([], [blockKey(messageId, block)]);
  }

  /** Sets what this room is about; people, focus and revision are added here. */
  setState(app: AppState): void {
    this.app = app;
    this.publisher.stateChanged();
  }

  /** Makes a link. Resolves when the relays admit it. */
  async createInvite(
    invite: InviteOptions,
  ): Promise<{ readonly inviteId: string; readonly link: string }> {
    const secret = randomBytes(32);
    const inviteId = await inviteIdOf(secret, this.id);
    const { clock, journal } = this.options;
    journal.saveInvite({
      inviteId,
      secret: toBase64Url(secret),
      role: invite.role,
      scopes: invite.scopes ?? [],
      allowControl: invite.allowControl ?? false,
      loopbackOnly: invite.loopbackOnly ?? false,
      notAfter: clock.now() + invite.lifetimeMs,
      relay: invite.relay,
      createdAt: clock.now(),
    });
    await this.claimAll();
    const epochSecret = this.secrets.get(this.epoch);
    const link = formatLink({
      room: this.id,
      secret,
      relay: invite.relay,
      role: invite.role,
      ...(epochSecret ? { epoch: { number: this.epoch, secret: epochSecret } } : {}),
    });
    return { inviteId, link };
  }

  revokeInvite(inviteId: string): void {
    this.options.journal.removeInvite(inviteId);
    this.claimSoon();
  }

  /** Sets what a member may do; false if there is none. */
  admit(member: string, role: Role, scopes?: readonly Scope[]): boolean {
    if (!this.roster.setRole(member, role, scopes)) return false;
    if (role === 'viewer') this.lease.drop(member);
    this.peopleChanged();
    return true;
  }

  /** Cuts a member off; the link it came by stops working. */
  remove(member: string): boolean {
    if (!this.roster.remove(member)) return false;
    this.forget(member);
    this.claimSoon();
    this.peopleChanged();
    return true;
  }

  /** Cuts every guest off, ends their links, and begins a new epoch: what they know opens nothing that follows. */
  async stopSharing(): Promise<void> {
    for (const member of this.roster.removeGuests()) this.forget(member);
    const epoch = this.epoch + 1;
    const secret = toBase64Url(randomBytes(32));
    this.options.journal.addEpoch(epoch, secret);
    this.keepSecret(epoch, secret);
    // Tokens first: the guests' sockets are cut before anything of the new epoch is written.
    const claimed = this.claimAll();
    this.epoch = epoch;
    await this.writeCard();
    this.publisher.rebuild(this.newestRecords());
    this.peopleChanged();
    await claimed;
  }

  /** Serves the room on these relays from now on. */
  async setRelays(relays: readonly RelayAddress[]): Promise<void> {
    for (const [url, link] of this.links) {
      if (relays.some((relay) => relay.url === url)) continue;
      link.dispose();
      this.links.delete(url);
    }
    for (const relay of relays) {
      const known = this.links.get(relay.url);
      if (known) await known.move(relay);
      else await this.addRelay(relay);
    }
  }

  /** The embedded relay came back at another address. */
  async moveRelay(from: string, to: RelayAddress): Promise<void> {
    const link = this.links.get(from);
    if (!link) return;
    this.links.delete(from);
    this.links.set(to.url, link);
    await link.move(to);
  }

  /** Resolves when everything that was given so far stands in the documents. */
  async settled(): Promise<void> {
    await this.publisher.settled();
    await Promise.all([...this.channels.values()].map((channel) => channel.settled()));
  }

  async close(): Promise<void> {
    await this.gate.close();
    await this.settled();
    this.dispose();
  }

  dispose(): void {
    for (const link of this.links.values()) link.dispose();
    for (const channel of this.channels.values()) channel.dispose();
    this.store.dispose();
    this.changed.dispose();
    this.lost.dispose();
  }

  private async start(): Promise<void> {
    await this.hashInviteTokens();
    for (const relay of this.options.relays) await this.addRelay(relay);
    await this.writeCard();
    this.gate.resume();
    this.publisher.stateChanged();
  }

  private async addRelay(relay: RelayAddress): Promise<void> {
    const { options } = this;
    const link = new RelayLink({
      relay,
      room: this.id,
      roomPair: options.room.pair,
      term: options.host.term,
      boot: toBase64Url(options.host.boot),
      nextRev: () => (this.claimRev += 1),
      tokens: () => this.relayTokens(),
      token: this.hostToken,
      fetch: options.fetch,
      webSocket: options.webSocket,
      clock: options.clock,
      log: options.log,
    });
    try {
      await link.claim();
    } catch (error) {
      link.dispose();
      throw error;
    }
    this.links.set(relay.url, link);
    const main = link.open(this.id, this.doc, true);
    link.open(knockDocument(this.id), this.knockDoc);
    for (const [member, channel] of this.channels) {
      link.open(channelDocument(this.id, member), channel.doc);
    }
    await waitForSync(main, options.clock);
    this.attendance.follow(main.awareness);
    for (const { member } of this.roster.members) this.openChannel(member);
  }

  private async writeCard(): Promise<void> {
    const { room, host, clock } = this.options;
    const card = await sealCard(room.pair, {
      versions: [...PROTOCOL_VERSIONS],
      room: room.id,
      roomKey: toBase64Url(room.pair.publicBytes),
      term: host.term,
      hostKey: toBase64Url(host.pair.publicBytes),
      boot: toBase64Url(host.boot),
      notAfter: clock.now() + CARD_LIFE_MS,
      epoch: this.epoch,
    });
    this.tail.setCard(card);
  }

  private buildState(asOf: AsOf, first: number): RoomState | undefined {
    if (!this.app) return undefined;
    this.rev += 1;
    this.options.saveRev?.(this.rev);
    const common = {
      rev: this.rev,
      at: this.options.clock.now(),
      asOf,
      first,
      people: [...this.people],
      focus: this.focus,
    };
    return this.app.kind === 'session' ? { ...this.app, ...common } : { ...this.app, ...common };
  }

  private beatNow(): {
    rev: number;
    index: number;
    hash: string;
    epoch: number;
    at: number;
    seen: string[];
  } {
    const { index, hash } = this.publisher.published;
    const at = this.options.clock.now();
    return { rev: this.rev, index, hash, epoch: this.epoch, at, seen: [] };
  }

  /** Newest journalled records that make one chunk or two. */
  private newestRecords(): readonly StoredRecord[] {
    const end = this.options.journal.logEnd().nextIndex;
    const records = this.options.journal.readLog(Math.max(0, end - LIMITS.chunkRecords), end);
    let bytes = 0;
    let first = records.length;
    while (first > 0 && bytes < LIMITS.chunkBytes) {
      first -= 1;
      bytes += (records[first]?.text.length ?? 0) + 300;
    }
    return records.slice(first);
  }

  private execute(accepted: AcceptedCommand): Promise<Json | undefined> {
    return executeRoomCommand(accepted, {
      journal: this.options.journal,
      lease: this.lease,
      windows: () => this.attendance.windows,
      person: (member) => this.roster.person(member),
      admit: (member, role, scopes) => this.admit(member, role, scopes),
      remove: (member) => this.remove(member),
      readBlob: this.options.readBlob,
      otherwise: this.options.execute,
    });
  }

  private async readKnocks(): Promise<void> {
    const out = outOf(this.knockDoc);
    let isNews = false;
    for (const record of recordsOf(out).slice(0, LIMITS.knocks)) {
      if (this.seenKnocks.has(record) || record.length > LIMITS.knockBytes) continue;
      this.seenKnocks.add(record);
      for (const invite of this.roster.invites) {
        const secret = fromBase64Url(invite.secret);
        if (!secret) continue;
        const { roomBytes } = this;
        const opened = await openKnock({ record, secret, room: this.id, roomBytes });
        if (!opened) continue;
        if (this.roster.admitKnock(opened.member, opened.knock, invite)) isNews = true;
        break;
      }
    }
    // Whoever is admitted takes its knock out; what is left over goes when there are too many.
    const over = out.length - LIMITS.knocks / 2;
    if (over > 0) out.delete(0, over);
    if (!isNews) return;
    await this.claimAll().catch((error: unknown) => {
      this.options.log.warn('claim failed', { error: errorText(error) });
    });
    for (const { member } of this.roster.members) this.openChannel(member);
    this.attendance.refresh();
    this.peopleChanged();
  }

  private openChannel(member: string): void {
    const key = this.roster.person(member)?.key;
    if (key === undefined) return;
    let channel = this.channels.get(member);
    if (!channel) {
      channel = new HostChannel({
        member,
        key,
        opener: this.opener,
        sealer: () => this.sealer,
        epoch: () => this.epoch,
        receive: (from, command) => this.gate.receive(from, command),
        log: this.options.log,
      });
      this.channels.set(member, channel);
    }
    for (const link of this.links.values()) {
      link.open(channelDocument(this.id, member), channel.doc);
    }
    this.lastSeen.set(member, this.options.clock.monotonic());
  }

  private closeChannel(member: string): void {
    for (const link of this.links.values()) link.close(channelDocument(this.id, member));
    this.channels.get(member)?.dispose();
    this.channels.delete(member);
  }

  private forget(member: string): void {
    this.lease.drop(member);
    this.closeChannel(member);
    this.lastSeen.delete(member);
  }

  private attendanceChanged(): void {
    for (const { member } of this.attendance.windows) this.openChannel(member);
    this.peopleChanged();
  }

  private peopleChanged(): void {
    this.publisher.stateChanged();
    this.changed.fire();
  }

  private everyMinute(): void {
    const now = this.options.clock.monotonic();
    for (const [member, seenAt] of this.lastSeen) {
      if (this.attendance.isPresent(member)) this.lastSeen.set(member, now);
      else if (now - seenAt > CHANNEL_IDLE_MS) this.closeChannel(member);
    }
    this.options.journal.forgetResults(this.options.clock.now() - TIMES.resultsMs);
  }

  private keepSecret(epoch: number, secret: string): void {
    const bytes = fromBase64Url(secret);
    if (bytes) this.secrets.set(epoch, bytes);
  }

  private async hashInviteTokens(): Promise<void> {
    for (const { inviteId, secret } of this.roster.invites) {
      const bytes = fromBase64Url(secret);
      if (!bytes || this.tokenHashes.has(inviteId)) continue;
      const token = await admissionToken(bytes, this.id);
      this.tokenHashes.set(inviteId, await hashToken(token));
    }
  }

  private async relayTokens(): ReturnType<RelayLinkTokens> {
    await this.hashInviteTokens();
    return [
      {
        hash: await hashToken(this.hostToken),
        grants: [
          { doc: this.id, access: 'write' },
          { doc: `${this.id}.**`, access: 'write' },
        ],
        host: true,
      },
      ...this.roster.relayTokens(({ inviteId }) => this.tokenHashes.get(inviteId)),
    ];
  }

  private async claimAll(): Promise<void> {
    await Promise.all([...this.links.values()].map((link) => link.claim()));
  }

  private claimSoon(): void {
    this.claimAll().catch((error: unknown) => {
      this.options.log.warn('claim failed', { error: errorText(error) });
    });
  }

  /** [A-projection] What others write into the document, or delete from it, is put right; ever more slowly if they keep at it. */
  private readonly onUpdate = (_update: Uint8Array, origin: unknown): void => {
    if (origin === this.tail || this.repair.timer || this.store.isDisposed) return;
    const { clock } = this.options;
    const isCalm = clock.monotonic() - this.repair.lastAt > REPAIR_MS.longest;
    if (isCalm) this.repair.pauseMs = REPAIR_MS.first;
    this.repair.timer = clock.after(this.repair.pauseMs, () => {
      this.repair.timer = undefined;
      this.repairDocument().catch((error: unknown) => {
        this.options.log.error('repair failed', { error: errorText(error) });
      });
    });
  };

  private async repairDocument(): Promise<void> {
    const bytes = readCard(this.doc);
    const card = bytes && (await openCard(bytes, this.id));
    const { host } = this.options;
    const isOther = card !== undefined && card.boot !== toBase64Url(host.boot);
    if (isOther && card.term >= host.term) {
      this.lost.fire(anotherHost(card.term > host.term));
      return;
    }
    if (this.store.isDisposed || !this.tail.reconcile()) return;
    this.repair.lastAt = this.options.clock.monotonic();
    this.repair.pauseMs = Math.min(this.repair.pauseMs * 2, REPAIR_MS.longest);
    this.options.log.warn('the document was changed by others and put right');
  }
}

type RelayLinkTokens = ConstructorParameters<typeof RelayLink>[0]['tokens'];

async function makeSealer(
  options: HostRoomOptions,
  secrets: () => ReadonlyMap<number, Bytes>,
): Promise<RecordSealer> {
  return RecordSealer.create({
    room: fromBase32(options.room.id) ?? new Uint8Array(16),
    pair: options.host.pair,
    boot: options.host.boot,
    secretOf: (epoch) => secrets().get(epoch),
  });
}

/** Resolves when the connection has synced, or after a while: then the document follows later. */
function waitForSync(connection: ReturnType<RelayLink['open']>, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const waiting = new DisposableStore();
    const check = (): void => {
      if (connection.status.kind !== 'synced') return;
      waiting.dispose();
      resolve();
    };
    waiting.add(connection.onDidChange(check));
    waiting.add(
      clock.after(SYNC_WAIT_MS, () => {
        waiting.dispose();
        resolve();
      }),
    );
    check();
  });
}

function anotherHost(isNewer: boolean): Problem {
  return {
    code: isNewer ? 'moved' : 'split',
    happened: isNewer
      ? 'This session is now served by another process.'
      : 'Another process serves this session under the same term.',
    kept: 'Everything up to now is in this computer’s journal.',
    remedy: isNewer ? 'Open it again to follow it there.' : 'End one of the two, then restart.',
  };
}

// Joining a room: everybody but its host enters here, from a link to a verified, live view.
import * as Y from 'yjs';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import type { AppError } from '../base/errors.ts';
import { type Bytes, fromBase32, fromBase64Url } from '../base/bytes.ts';
import { admissionToken } from '../crypto/admission.ts';
import { channelToken } from '../crypto/identity.ts';
import { RecordOpener } from '../crypto/record.ts';
import { CLOSE } from '../protocol/closeCodes.ts';
import type { CommandArgs, CommandKind } from '../protocol/command.ts';
import type { Json } from '../protocol/json.ts';
import { type InviteLink, parseLink } from '../protocol/link.ts';
import { channelDocument } from '../protocol/names.ts';
import type { Person, RoomState } from '../protocol/state.ts';
import { Outbox } from '../session/outbox.ts';
import { Replica } from '../session/replica.ts';
import {
  type Alarm,
  type LiveBlock,
  type OutboxItem,
  type PlacedEntry,
  type RoomView,
  type Truth,
  type ViewPart,
} from '../session/view.ts';
import { DocumentConnection } from './documentConnection.ts';
import { closedHere, notAdmitted, revoked, roomNotFound } from './errors.ts';
import type { JoinOptions } from './joinOptions.ts';
import { asksMore, Knocking } from './knocking.ts';
import { MemberTerm } from './memberTerm.ts';
import { PresenceChannel } from './presenceChannel.ts';
import { fetchPage, fetchWhole, requestOf, sayGoodbye } from './requests.ts';
import { TruthTracker } from './truthTracker.ts';

/** A new room may be claimed a moment after its link was made; longer than this it is not there. */
const UNKNOWN_ROOM_MS = 8_000;

/** A joined room. */
export class Attachment implements RoomView, Disposable {
  private readonly store = new DisposableStore();
  private readonly options: JoinOptions;
  private readonly link: InviteLink;
  private readonly roomBytes: Bytes;
  private readonly tokens: { readonly invite: string; readonly channel: string };
  private readonly secrets = new Map<number, Bytes>();
  private readonly changed = new Emitter<ReadonlySet<ViewPart>>();
  private readonly main: DocumentConnection;
  private readonly replica: Replica;
  private readonly presence: PresenceChannel;
  private readonly tracker: TruthTracker;
  private readonly knocking: Knocking;
  private readonly outboxDoc = new Y.Doc();
  private readonly sender: Outbox;
  private readonly opener: RecordOpener;
  private readonly term: MemberTerm;
  private readonly closing = new AbortController();
  private channel: DocumentConnection | undefined;
  private usesChannelToken = false;
  private over: AppError | undefined;
  private fetching: Promise<boolean> | undefined;
  private hostClock: { readonly at: number; readonly monotonic: number } | undefined;
  private lastFence: number | undefined;
  private triedOtherToken = false;
  private unknownSince: number | undefined;
  private asksMore: boolean | undefined;

  readonly onDidChange = this.changed.event;

  /** Joins; resolves at once, the view says how it goes. Throws AppError link-* for a bad link. */
  static async join(options: JoinOptions): Promise<Attachment> {
    const link = typeof options.link === 'string' ? parseLink(options.link) : options.link;
    return new Attachment(options, link, {
      invite: await admissionToken(link.secret, link.room),
      channel: await channelToken(options.identity, link.room),
    });
  }

  private constructor(
    options: JoinOptions,
    link: InviteLink,
    tokens: { readonly invite: string; readonly channel: string },
  ) {
    this.options = options;
    this.link = link;
    this.tokens = tokens;
    this.roomBytes = fromBase32(link.room) ?? new Uint8Array(16);
    if (link.epoch) this.secrets.set(link.epoch.number, link.epoch.secret);
    for (const { epoch, secret } of options.epochs ?? []) this.keepSecret(epoch, secret);
    const secretOf = (epoch: number): Bytes | undefined => this.secrets.get(epoch);
    this.opener = new RecordOpener({ room: this.roomBytes, secretOf });
    const doc = new Y.Doc();
    this.store.defer(() => doc.destroy());
    this.store.defer(() => this.outboxDoc.destroy());
    const remembered = options.memory?.load(link.room);
    const { clock, log, identity } = options;
    this.replica = this.store.add(
      new Replica({
        doc,
        room: link.room,
        opener: this.opener,
        log,
        ...(remembered ? { memory: remembered } : {}),
      }),
    );
    const webSocket = options.webSocket ?? globalThis.WebSocket;
    this.main = this.store.add(
      new DocumentConnection({
        doc,
        name: link.room,
        url: link.relay,
        token: tokens.invite,
        withAwareness: true,
        webSocket,
      }),
    );
    this.tracker = this.store.add(new TruthTracker(clock));
    this.presence = this.store.add(
      new PresenceChannel({
        awareness: this.main.awareness,
        device: options.device,
        clock,
        acceptBeat: (record) => this.replica.acceptBeat(record),
        holds: () => this.heldFence,
      }),
    );
    this.knocking = this.store.add(
      new Knocking({
        link,
        roomBytes: this.roomBytes,
        identity,
        name: options.name,
        device: options.device,
        token: tokens.invite,
        channelToken: tokens.channel,
        webSocket,
        clock,
      }),
    );
    this.sender = this.store.add(
      new Outbox({
        doc: this.outboxDoc,
        member: identity.member,
        opener: this.opener,
        fence: () => this.lastFence,
        hostTime: () => this.hostTime,
        clock,
        log,
      }),
    );
    this.term = new MemberTerm({
      room: this.roomBytes,
      pair: identity.signing,
      secretOf,
      onTerm: (term) => {
        this.presence.setSealer(term.sealer, term.epoch);
        this.sender.setTerm(term);
      },
    });
    this.store.add(this.replica.onDidChange((parts) => this.replicaChanged(parts)));
    this.store.add(this.main.onDidChange(() => this.connectionChanged()));
    this.store.add(this.tracker.onDidChange(() => this.fire('truth')));
    this.store.add(this.sender.onDidChange(() => this.fire('outbox')));
    this.store.add(
      this.presence.onDidBeat(({ beat, isSeen }) => {
        this.tracker.beat(isSeen);
        this.sawHostTime(beat.at);
      }),
    );
  }

  get room(): string {
    return this.link.room;
  }

  get member(): string {
    return this.options.identity.member;
  }

  get window(): string {
    return this.term.window;
  }

  get truth(): Truth {
    return this.over ? { kind: 'over', error: this.over } : this.tracker.truth;
  }

  get state(): RoomState | undefined {
    return this.replica.state;
  }

  get me(): Person | undefined {
    return this.state?.people.find((person) => person.member === this.member);
  }

  get entries(): readonly PlacedEntry[] {
    return this.replica.entries;
  }

  get live(): readonly LiveBlock[] {
    return this.replica.live;
  }

  get outbox(): readonly OutboxItem[] {
    return this.sender.items;
  }

  get alarms(): readonly Alarm[] {
    return this.replica.alarms;
  }

  /** Adds content secrets (the owner's directory has new ones after Stop sharing). */
  addEpochs(epochs: readonly { readonly epoch: number; readonly secret: string }[]): void {
    const before = this.secrets.size;
    for (const { epoch, secret } of epochs) this.keepSecret(epoch, secret);
    if (this.secrets.size === before) return;
    this.replica.refresh();
    if (this.replica.card) this.term.follow(this.replica.card);
  }

  /** The relay moved (a new port after a restart of the host): connections follow in place. */
  setRelay(url: string): void {
    if (this.main.url === url) return;
    this.main.setAddress(url, this.token);
    this.channel?.setAddress(url, this.tokens.channel);
    this.main.reconnect();
    this.channel?.reconnect();
  }

  send<K extends CommandKind>(kind: K, args: CommandArgs<K>): OutboxItem {
    if (this.over) throw this.over;
    return this.sender.add(kind, args);
  }

  request<K extends CommandKind>(
    kind: K,
    args: CommandArgs<K>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Json | undefined> {
    const signals = [this.closing.signal, ...(options?.signal ? [options.signal] : [])];
    return requestOf(this, kind, args, AbortSignal.any(signals));
  }

  forget(id: string): void {
    this.sender.forget(id);
  }

  fetchOlder(): Promise<boolean> {
    this.fetching ??= fetchPage(this, this.replica).finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  fetchBlob(blob: string): Promise<Bytes> {
    return fetchWhole(this, blob);
  }

  setPresence(presence: { readonly looksAt?: string; readonly typing?: boolean }): void {
    this.presence.set(presence);
  }

  async close(options?: { readonly leave?: boolean }): Promise<void> {
    // Who goes does not keep control for the rest of a lease.
    const isHolder = this.heldFence !== undefined && this.truth.kind === 'live';
    if (options?.leave) await sayGoodbye(this, 'leave');
    else if (isHolder) await sayGoodbye(this, 'focus-release');
    this.dispose();
  }

  dispose(): void {
    this.options.memory?.save(this.room, this.replica.remembered);
    this.channel?.dispose();
    this.store.dispose();
    this.closing.abort(closedHere());
  }

  private get token(): string {
    return this.usesChannelToken ? this.tokens.channel : this.tokens.invite;
  }

  private get heldFence(): number | undefined {
    const focus = this.state?.focus;
    const holder = focus?.holder;
    const isMine = holder?.member === this.member && holder.window === this.window;
    return isMine ? focus?.fence : undefined;
  }

  private get hostTime(): number | undefined {
    if (!this.hostClock) return undefined;
    return this.hostClock.at + (this.options.clock.monotonic() - this.hostClock.monotonic);
  }

  private sawHostTime(at: number): void {
    if (at <= (this.hostTime ?? 0)) return;
    this.hostClock = { at, monotonic: this.options.clock.monotonic() };
    this.sender.flush();
  }

  private keepSecret(epoch: number, secret: string): void {
    const bytes = fromBase64Url(secret);
    if (bytes?.length === 32) this.secrets.set(epoch, bytes);
  }

  private replicaChanged(parts: ReadonlySet<ViewPart>): void {
    const { state } = this.replica;
    if (state) {
      // Who has seen a newer fence knows that control moved on: the next prompt asks anew.
      const isNewest = state.focus.fence === this.lastFence;
      this.lastFence = this.heldFence ?? (isNewest ? this.lastFence : undefined);
      this.tracker.synced();
    }
    this.options.memory?.save(this.room, this.replica.remembered);
    if (this.replica.card) this.term.follow(this.replica.card);
    this.followRoster();
    this.changed.fire(parts);
  }

  /** Not in the roster yet: knock. Admitted: open the channel and enter by the member's own token. */
  private followRoster(): void {
    if (!this.replica.state || this.over) return;
    const { me } = this;
    if (!me) {
      this.knocking.start();
      return;
    }
    // A member that comes with a better link than it came by knocks once more.
    if (this.asksMore === undefined) this.asksMore = asksMore(this.link.role, me);
    if (this.asksMore && asksMore(this.link.role, me)) this.knocking.start();
    else {
      this.asksMore = false;
      this.knocking.stop();
    }
    if (!this.usesChannelToken) {
      this.usesChannelToken = true;
      this.main.setAddress(this.main.url, this.tokens.channel);
    }
    this.channel ??= new DocumentConnection({
      doc: this.outboxDoc,
      name: channelDocument(this.room, this.member),
      url: this.main.url,
      token: this.tokens.channel,
      webSocket: this.options.webSocket ?? globalThis.WebSocket,
    });
  }

  private connectionChanged(): void {
    const { status } = this.main;
    switch (status.kind) {
      case 'connecting':
        return;
      case 'synced':
        this.replica.complete();
        this.presence.announce();
        if (this.replica.state) this.tracker.synced();
        return;
      case 'offline':
        this.tracker.offline(status.reason);
        this.unknownRoom(status.code);
        return;
      case 'closed':
        this.refused(status.code);
    }
  }

  /** A room that the relay did not know for a while, and of which nothing was ever seen, is not there. */
  private unknownRoom(code: number | undefined): void {
    if (code !== CLOSE.noRoom || this.replica.state || this.over) return;
    const now = this.options.clock.monotonic();
    this.unknownSince ??= now;
    if (now - this.unknownSince < UNKNOWN_ROOM_MS) return;
    this.end(roomNotFound());
  }

  private end(error: AppError): void {
    this.over = error;
    this.main.dispose();
    this.channel?.dispose();
    this.knocking.stop();
    this.fire('truth');
  }

  private refused(code: number): void {
    // An invite may have ended while the membership lasts, and the other way round: try the other once.
    if (code === CLOSE.notAdmitted && !this.triedOtherToken) {
      this.triedOtherToken = true;
      this.usesChannelToken = !this.usesChannelToken;
      this.main.setAddress(this.main.url, this.token);
      this.main.reconnect();
      return;
    }
    this.end(code === CLOSE.notAdmitted ? notAdmitted() : revoked());
  }

  private fire(part: ViewPart): void {
    this.changed.fire(new Set([part]));
  }
}

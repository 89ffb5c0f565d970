// Joining a room: everybody but its host enters here, from a link to a verified, live view.
import * as Y from 'yjs';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import type { AppError } from '../../base/errors.ts';
import { type Bytes, fromBase32, fromBase64Url } from '../../base/bytes.ts';
import { admissionToken } from '../../crypto/admissionToken.ts';
import { channelToken } from '../../crypto/identity.ts';
import { RecordOpener } from '../../crypto/record.ts';
import { CLOSE } from '../../protocol/closeCodes.ts';
import type { CommandArgs, CommandKind } from '../../protocol/commandTable.ts';
import type { Json } from '../../protocol/json.ts';
import { type InviteLink, parseLink } from '../../protocol/link.ts';
import { channelDocument } from '../../protocol/documentNames.ts';
import type { Person, RoomState } from '../../protocol/state.ts';
import { Replica } from '../../session/replica.ts';
import {
  type Alarm,
  type LiveBlock,
  type OutboxItem,
  type PlacedEntry,
  type RoomView,
  type Truth,
  type ViewPart,
} from '../../session/view.ts';
import { RoomEntry, type AdmissionTokens } from './roomEntry.ts';
import { DocumentConnection } from '../documentConnection.ts';
import { closedHere } from '../errors.ts';
import { HostTime } from './hostTime.ts';
import type { JoinOptions } from './joinOptions.ts';
import { Knocking } from './knocking.ts';
import { MemberChannel } from './memberChannel.ts';
import { MemberTerm } from './memberTerm.ts';
import { PresenceChannel } from './presenceChannel.ts';
import { fetchPage, fetchWhole, requestOf, sayGoodbye } from './requests.ts';
import { TruthTracker } from './truthTracker.ts';

/** A joined room. */
export class Attachment implements RoomView, Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: JoinOptions;
  private readonly link: InviteLink;
  private readonly roomBytes: Bytes;
  private readonly secrets = new Map<number, Bytes>();
  private readonly changed = new Emitter<ReadonlySet<ViewPart>>();
  private readonly main: DocumentConnection;
  private readonly replica: Replica;
  private readonly presence: PresenceChannel;
  private readonly tracker: TruthTracker;
  private readonly knocking: Knocking;
  private readonly admission: RoomEntry;
  private readonly channel: MemberChannel;
  private readonly hostTime: HostTime;
  private readonly opener: RecordOpener;
  private readonly term: MemberTerm;
  private readonly closing = new AbortController();
  private over: AppError | undefined;
  private fetching: Promise<boolean> | undefined;
  private lastFence: number | undefined;

  readonly onDidChange = this.changed.event;

  /** Joins; resolves at once, the view says how it goes. Throws AppError link-* for a bad link. */
  static async join(options: JoinOptions): Promise<Attachment> {
    const link = typeof options.link === 'string' ? parseLink(options.link) : options.link;
    return new Attachment(options, link, {
      invite: await admissionToken(link.secret, link.room),
      channel: await channelToken(options.identity, link.room),
    });
  }

  private constructor(options: JoinOptions, link: InviteLink, tokens: AdmissionTokens) {
    this.options = options;
    this.link = link;
    this.roomBytes = fromBase32(link.room) ?? new Uint8Array(16);
    if (link.epoch) this.secrets.set(link.epoch.number, link.epoch.secret);
    for (const { epoch, secret } of options.epochs ?? []) this.keepSecret(epoch, secret);
    const secretOf = (epoch: number): Bytes | undefined => this.secrets.get(epoch);
    this.opener = new RecordOpener({ room: this.roomBytes, secretOf });
    const doc = new Y.Doc();
    this.disposables.defer(() => doc.destroy());
    const remembered = options.memory?.load(link.room);
    const { clock, log, identity } = options;
    this.replica = this.disposables.add(
      new Replica({
        doc,
        room: link.room,
        opener: this.opener,
        log,
        ...(remembered ? { memory: remembered } : {}),
      }),
    );
    const webSocket = options.webSocket ?? globalThis.WebSocket;
    this.main = this.disposables.add(
      new DocumentConnection({
        doc,
        name: link.room,
        url: link.relay,
        token: tokens.invite,
        withAwareness: true,
        webSocket,
      }),
    );
    this.tracker = this.disposables.add(new TruthTracker(clock));
    this.presence = this.disposables.add(
      new PresenceChannel({
        awareness: this.main.awareness,
        device: options.device,
        clock,
        acceptBeat: (record) => this.replica.acceptBeat(record),
        holds: () => this.heldFence,
      }),
    );
    this.knocking = this.disposables.add(
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
    this.admission = new RoomEntry({
      link,
      tokens,
      main: this.main,
      knocking: this.knocking,
      clock,
    });
    this.hostTime = this.disposables.add(
      new HostTime({ clock, onJump: () => this.tracker.doubt() }),
    );
    this.channel = this.disposables.add(
      new MemberChannel({
        name: channelDocument(link.room, identity.member),
        token: tokens.channel,
        webSocket,
        member: identity.member,
        opener: this.opener,
        fence: () => this.lastFence,
        hostTime: () => this.hostTime.now,
        isLive: () => this.truth.kind === 'live',
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
        this.channel.outbox.setTerm(term);
      },
    });
    this.disposables.add(this.replica.onDidChange((parts) => this.replicaChanged(parts)));
    this.disposables.add(this.main.onDidChange(() => this.connectionChanged()));
    this.disposables.add(this.tracker.onDidChange(() => this.fire('truth')));
    this.disposables.add(this.channel.outbox.onDidChange(() => this.fire('outbox')));
    this.disposables.add(
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
    return this.channel.outbox.items;
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
    this.admission.move(url);
    this.channel.move(url);
  }

  send<K extends CommandKind>(kind: K, args: CommandArgs<K>): OutboxItem {
    if (this.over) throw this.over;
    if (this.closing.signal.aborted) throw closedHere();
    return this.channel.outbox.add(kind, args);
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
    this.channel.outbox.forget(id);
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
    this.disposables.dispose();
    this.closing.abort(closedHere());
  }

  private get heldFence(): number | undefined {
    const focus = this.state?.focus;
    const holder = focus?.holder;
    const isMine = holder?.member === this.member && holder.window === this.window;
    return isMine ? focus?.fence : undefined;
  }

  private sawHostTime(at: number): void {
    if (this.hostTime.saw(at)) this.channel.outbox.flush();
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

  private followRoster(): void {
    if (!this.replica.state || this.over) return;
    this.endIf(this.admission.follow(this.me));
    if (this.me && !this.over) this.channel.enter(this.main.url);
  }

  private connectionChanged(): void {
    const { status } = this.main;
    switch (status.kind) {
      case 'connecting':
        return;
      case 'synced':
        this.admission.synced();
        this.replica.complete();
        this.presence.announce();
        // Back at the relay: what is heard from now on counts, before the state is verified too.
        if (this.replica.state || this.truth.kind === 'relay-offline') this.tracker.synced();
        return;
      case 'offline':
        // The relay is there, and a new room may be claimed in a moment: that is still connecting.
        if (status.code === CLOSE.noRoom && this.replica.state === undefined) {
          return this.endIf(this.admission.unknown());
        }
        this.tracker.offline(status.reason);
        return;
      case 'closed':
        this.endIf(this.admission.refused(status.code));
    }
  }

  private endIf(error: AppError | undefined): void {
    if (error && !this.over) this.end(error);
  }

  private end(error: AppError): void {
    this.over = error;
    this.main.dispose();
    this.channel.leave();
    this.knocking.stop();
    this.fire('truth');
  }

  private fire(part: ViewPart): void {
    this.changed.fire(new Set([part]));
  }
}

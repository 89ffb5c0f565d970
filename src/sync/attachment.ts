// Joining a room: everybody but its host enters here, from a link to a verified, live view.
import * as Y from 'yjs';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { AppError } from '../base/errors.ts';
import { type Bytes, concatBytes, fromBase32, fromBase64Url, toBase64Url } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { admissionToken } from '../crypto/admission.ts';
import { channelToken, type Identity } from '../crypto/identity.ts';
import { importVerifyKey, newBootOf } from '../crypto/keys.ts';
import { RecordOpener, RecordSealer } from '../crypto/record.ts';
import { CLOSE } from '../protocol/closeCodes.ts';
import {
  blobPartSchema,
  type CommandArgs,
  type CommandKind,
  logPageSchema,
} from '../protocol/command.ts';
import type { Json } from '../protocol/json.ts';
import { type InviteLink, parseLink } from '../protocol/link.ts';
import { channelDocument } from '../protocol/names.ts';
import type { Person, RoomState } from '../protocol/state.ts';
import { Outbox } from '../session/outbox.ts';
import { Replica, type RoomMemory } from '../session/replica.ts';
import {
  type Alarm,
  isSettled,
  type LiveBlock,
  type OutboxItem,
  type PlacedEntry,
  type RoomView,
  type Truth,
  type ViewPart,
} from '../session/view.ts';
import { DocumentConnection } from './documentConnection.ts';
import { commandFailed, notAdmitted, revoked, roomNotFound } from './errors.ts';
import { Knocking } from './knocking.ts';
import { PresenceChannel } from './presenceChannel.ts';
import { TruthTracker } from './truthTracker.ts';

/** Entries of one page of history. */
const PAGE_ENTRIES = 200;
/** Records of one boot; then a new one begins (the key's limit is far higher). */
const BOOT_RECORDS = 1n << 20n;

/** What a device keeps of rooms across restarts. */
export interface RoomMemoryStore {
  load(room: string): RoomMemory | undefined;
  save(room: string, memory: RoomMemory): void;
}

/** How to join. */
export interface JoinOptions {
  readonly link: string | InviteLink;
  readonly identity: Identity;
  /** Name and device that the others see. */
  readonly name: string;
  readonly device: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly webSocket?: typeof WebSocket;
  readonly memory?: RoomMemoryStore;
  /** Content secrets known from elsewhere (the owner's directory), base64url. */
  readonly epochs?: readonly { readonly epoch: number; readonly secret: string }[];
}

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
  private channel: DocumentConnection | undefined;
  private hostBoot = '';
  private boot: Bytes;
  private usesChannelToken = false;
  private over: AppError | undefined;
  private fetching: Promise<boolean> | undefined;
  private termWork: Promise<void> = Promise.resolve();
  private hostClock: { readonly at: number; readonly monotonic: number } | undefined;
  private lastFence: number | undefined;
  private sealer: RecordSealer | undefined;
  private termIsSet = false;
  private triedOtherToken = false;

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
    this.boot = newBootOf(0);
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
    return toBase64Url(this.boot);
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
    this.hostBoot = '';
    this.followTerm();
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

  async request<K extends CommandKind>(
    kind: K,
    args: CommandArgs<K>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Json | undefined> {
    options?.signal?.throwIfAborted();
    const { id } = this.send(kind, args);
    const settled = await new Promise<OutboxItem | undefined>((resolve) => {
      const waiting = new DisposableStore();
      const check = (): void => {
        const item = this.sender.get(id);
        const isOver = this.over !== undefined || options?.signal?.aborted === true;
        if (!isOver && !this.store.isDisposed && item && !isSettled(item)) return;
        waiting.dispose();
        resolve(item);
      };
      waiting.add(this.onDidChange(check));
      waiting.add(this.store.defer(check));
      options?.signal?.addEventListener('abort', check, { once: true });
      check();
    });
    options?.signal?.throwIfAborted();
    this.sender.forget(id);
    if (settled?.status === 'done') return settled.result;
    throw this.over ?? commandFailed(settled);
  }

  forget(id: string): void {
    this.sender.forget(id);
  }

  fetchOlder(): Promise<boolean> {
    this.fetching ??= this.fetchPage().finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  async fetchBlob(blob: string): Promise<Bytes> {
    const parts: Bytes[] = [];
    for (let offset = 0; ;) {
      const result = await this.request('fetch', { what: 'blob', blob, offset });
      const part = blobPartSchema.safeParse(result);
      const bytes = part.success ? fromBase64Url(part.data.bytes) : undefined;
      if (!part.success || !bytes || bytes.length === 0) break;
      parts.push(bytes);
      offset += bytes.length;
      if (offset >= part.data.totalBytes) break;
    }
    return concatBytes(...parts);
  }

  setPresence(presence: { readonly looksAt?: string; readonly typing?: boolean }): void {
    this.presence.set(presence);
  }

  async close(options?: { readonly leave?: boolean }): Promise<void> {
    if (options?.leave && this.me && !this.over) {
      const signal = AbortSignal.timeout(2000);
      await this.request('leave', {}, { signal }).catch(() => undefined);
    }
    this.dispose();
  }

  dispose(): void {
    this.options.memory?.save(this.room, this.replica.remembered);
    this.channel?.dispose();
    this.store.dispose();
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
    const isFirst = this.hostClock === undefined;
    this.hostClock = { at, monotonic: this.options.clock.monotonic() };
    if (isFirst) this.followTerm();
  }

  private keepSecret(epoch: number, secret: string): void {
    const bytes = fromBase64Url(secret);
    if (bytes?.length === 32) this.secrets.set(epoch, bytes);
  }

  private replicaChanged(parts: ReadonlySet<ViewPart>): void {
    const { state } = this.replica;
    if (state) {
      this.sawHostTime(state.at);
      if (this.heldFence !== undefined) this.lastFence = this.heldFence;
      this.tracker.synced();
    }
    this.options.memory?.save(this.room, this.replica.remembered);
    this.followTerm();
    this.followRoster();
    this.changed.fire(parts);
  }

  /** A new host boot: a boot of our own for it, a sealer, and presence under it. */
  private followTerm(): void {
    const { card } = this.replica;
    if (!card || !this.secrets.has(card.epoch)) return;
    const needsBoot = card.boot !== this.hostBoot || this.presence.recordCount > BOOT_RECORDS;
    if (needsBoot) this.boot = newBootOf(card.term);
    else if (this.termIsSet && this.hostClock) return;
    this.hostBoot = card.boot;
    const { boot } = this;
    this.termWork = this.termWork.then(async () => {
      const hostBytes = fromBase64Url(card.hostKey);
      const hostKey = hostBytes && (await importVerifyKey(hostBytes));
      if (!hostKey || this.store.isDisposed) return;
      const sealer =
        this.sealer?.boot === boot
          ? this.sealer
          : await RecordSealer.create({
              room: this.roomBytes,
              pair: this.options.identity.signing,
              boot,
              secretOf: (epoch) => this.secrets.get(epoch),
            });
      this.sealer = sealer;
      this.presence.setSealer(sealer, card.epoch);
      this.sender.setTerm({
        term: card.term,
        hostKey,
        hostBoot: card.boot,
        sealer,
        epoch: card.epoch,
      });
      this.termIsSet = this.hostClock !== undefined;
    });
  }

  /** Not in the roster yet: knock. Admitted: open the channel and enter by the member's own token. */
  private followRoster(): void {
    if (!this.replica.state || this.over) return;
    if (!this.me) {
      this.knocking.start();
      return;
    }
    this.knocking.stop();
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
        this.presence.announce();
        if (this.replica.state) this.tracker.synced();
        return;
      case 'offline':
        this.tracker.offline(status.reason);
        return;
      case 'closed':
        this.refused(status.code);
    }
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
    if (code === CLOSE.notAdmitted) this.over = notAdmitted();
    else this.over = code === CLOSE.noRoom ? roomNotFound() : revoked();
    this.channel?.dispose();
    this.knocking.stop();
    this.fire('truth');
  }

  private async fetchPage(): Promise<boolean> {
    const first = this.entries[0]?.index ?? 0;
    if (first === 0) return false;
    const from = Math.max(0, first - PAGE_ENTRIES);
    const page = logPageSchema.safeParse(
      await this.request('fetch', { what: 'log', from, to: first }),
    );
    if (!page.success || page.data.records.length === 0) return false;
    return this.replica.insertOlder(page.data.records);
  }

  private fire(part: ViewPart): void {
    this.changed.fire(new Set([part]));
  }
}

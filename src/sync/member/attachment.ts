// Joining a room: everybody but its host enters here, from a link to a verified, live view.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import type { AppError } from '../../base/errors.ts';
import type { Bytes } from '../../base/bytes.ts';
import { admissionToken } from '../../crypto/admissionToken.ts';
import { inviteIdOf } from '../../crypto/knock.ts';
import { channelToken } from '../../crypto/identity.ts';
import { CLOSE } from '../../protocol/closeCodes.ts';
import type { CommandArgs, CommandKind } from '../../protocol/commandTable.ts';
import { TIMES } from '../../protocol/limits.ts';
import type { Json } from '../../protocol/json.ts';
import { type InviteLink, parseLink } from '../../protocol/link.ts';
import { roleOf } from '../../protocol/openValues.ts';
import type { Role } from '../../protocol/role.ts';
import type { Person, RoomState } from '../../protocol/state.ts';
import type { Outgoing } from '../../session/attached/parts.ts';
import {
  type Alarm,
  type LiveBlock,
  type OutboxItem,
  type PlacedEntry,
  type RoomView,
  type Truth,
  type ViewPart,
} from '../../session/view.ts';
import { closedHere, hostOfOtherVersion, revoked } from '../errors.ts';
import { type AttachmentParts, createAttachmentParts } from './attachmentParts.ts';
import type { HeardBeat } from './presenceChannel.ts';
import type { EpochSecret, JoinOptions, Wake } from './joinOptions.ts';
import { fetchPage, requestOf, sayGoodbye } from './requests.ts';

/** Parts of a view that change by what the host has signed. */
const RECORDS: readonly ViewPart[] = ['state', 'entries', 'live'];
/** So many beats in a row do not name a member whose voice is lost, and not just late. */
const UNSEEN_BEATS = 3;

/** A joined room. */
export class Attachment implements RoomView, Disposable {
  readonly room: string;
  private readonly linkRole: Role;
  private readonly options: JoinOptions;
  private readonly parts: AttachmentParts;
  private readonly disposables: DisposableStore;
  private readonly changed = new Emitter<ReadonlySet<ViewPart>>();
  private readonly closing = new AbortController();
  private over: AppError | undefined;
  /** Beats in a row that do not name us. */
  private unseen = 0;
  /** Commands whose answer somebody waits for: nobody else forgets them. */
  private readonly awaited = new Set<string>();
  private fetching: Promise<boolean> | undefined;

  readonly onDidChange = this.changed.event;

  /** Joins; resolves at once, the view says how it goes. Throws AppError link-* for a bad link. */
  static async join(options: JoinOptions): Promise<Attachment> {
    const link = typeof options.link === 'string' ? parseLink(options.link) : options.link;
    const tokens = {
      invite: await admissionToken(link.secret, link.room),
      channel: await channelToken(options.identity, link.room),
      inviteId: await inviteIdOf(link.secret, link.room),
    };
    const disposables = new DisposableStore();
    try {
      const parts = createAttachmentParts(options, link, tokens, disposables);
      return new Attachment(options, link, parts, disposables);
    } catch (error) {
      disposables.dispose();
      throw error;
    }
  }

  private constructor(
    options: JoinOptions,
    link: Pick<InviteLink, 'room' | 'role'>,
    parts: AttachmentParts,
    disposables: DisposableStore,
  ) {
    this.options = options;
    this.room = link.room;
    this.linkRole = link.role;
    this.parts = parts;
    this.disposables = disposables;
    const { replica, documentConnection, truthTracker, epochLock } = parts;
    const { memberChannel, presenceChannel } = parts;
    disposables.add(replica.onDidChange((changes) => this.replicaChanged(changes)));
    disposables.add(documentConnection.onDidChange(() => this.connectionChanged()));
    disposables.add(documentConnection.onDidOpen(() => presenceChannel.prove()));
    disposables.add(truthTracker.onDidChange(() => this.fire('truth')));
    disposables.add(options.clock.every(TIMES.staleAfterMs, () => this.listen()));
    disposables.add(memberChannel.outbox.onDidChange(() => this.fire('outbox')));
    disposables.add(presenceChannel.onDidBeat((heard) => this.beat(heard)));
    parts.gaps.fetch = () => this.fetchOlder();
    let { counter } = memberChannel.outbox;
    disposables.add(epochLock.onDidChange(() => truthTracker.lock(epochLock.isLate)));
    disposables.add(epochLock.onDidGiveUp(() => this.lockedOut()));
    disposables.add(presenceChannel.onDidHear(() => truthTracker.heard()));
    disposables.add(
      memberChannel.outbox.onDidChange(() => {
        const before = counter;
        ({ counter } = memberChannel.outbox);
        if (counter > before) presenceChannel.announce();
      }),
    );
    if (options.wakes) disposables.add(options.wakes((how) => this.wake(how)));
    disposables.add(parts.onDidSleep(() => this.wake('woke')));
  }

  get member(): string {
    return this.options.identity.member;
  }

  get window(): string {
    return this.parts.memberTerm.window;
  }

  get truth(): Truth {
    return this.over ? { kind: 'over', error: this.over } : this.parts.truthTracker.truth;
  }

  get hostNow(): number | undefined {
    return this.parts.hostTime.now;
  }

  get state(): RoomState | undefined {
    return this.parts.replica.state;
  }

  get me(): Person | undefined {
    return this.state?.people.find((person) => person.member === this.member);
  }

  get entries(): readonly PlacedEntry[] {
    return this.parts.replica.entries;
  }

  get live(): readonly LiveBlock[] {
    return this.parts.replica.live;
  }

  get outbox(): readonly OutboxItem[] {
    return this.parts.memberChannel.outbox.items;
  }

  get alarms(): readonly Alarm[] {
    return this.parts.replica.alarms;
  }

  /** Adds content secrets (the owner's directory has new ones after Stop sharing). */
  addEpochs(epochs: readonly EpochSecret[]): void {
    const { memberSecrets, replica } = this.parts;
    if (!memberSecrets.add(epochs)) return;
    replica.refresh();
    this.followCard();
  }

  get missingEpoch(): number | undefined {
    return this.parts.epochLock.epoch;
  }

  /** The relay moved (a new port after a restart of the host): connections follow in place. */
  setRelay(url: string): void {
    const { documentConnection, roomEntry, memberChannel } = this.parts;
    if (documentConnection.url === url) return;
    roomEntry.move(url);
    memberChannel.move(url);
  }

  send<K extends CommandKind>(kind: K, args: CommandArgs<K>, files?: readonly Outgoing[]) {
    if (this.over) throw this.over;
    if (this.closing.signal.aborted) throw closedHere();
    return this.parts.memberChannel.outbox.add(kind, args, files);
  }

  cancel(id: string): boolean {
    return this.parts.memberChannel.outbox.cancel(id);
  }

  request<K extends CommandKind>(
    kind: K,
    args: CommandArgs<K>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Json | undefined> {
    const signals = [this.closing.signal, ...(options?.signal ? [options.signal] : [])];
    return requestOf(this, kind, args, { signal: AbortSignal.any(signals), awaited: this.awaited });
  }

  forget(id: string): void {
    if (!this.awaited.has(id)) this.parts.memberChannel.outbox.forget(id);
  }

  fetchOlder(): Promise<boolean> {
    this.fetching ??= fetchPage(this, this.parts.replica).finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  fetchBlob(blob: string): Promise<Bytes> {
    return this.parts.blobReader.read(this, blob);
  }

  setPresence(presence: { readonly looksAt?: string; readonly typing?: boolean }): void {
    this.parts.presenceChannel.set(presence);
  }

  async close(options?: { readonly leave?: boolean }): Promise<void> {
    // Who goes does not keep control for the rest of a lease.
    const isHolder = this.parts.memberControl.heldFence !== undefined && this.truth.kind === 'live';
    const { clock } = this.options;
    if (options?.leave) await sayGoodbye(this, 'leave', clock);
    else if (isHolder) await sayGoodbye(this, 'focus-release', clock);
    this.dispose();
  }

  dispose(): void {
    // A term that rose and brought nothing to show was told by no change.
    this.remember();
    this.disposables.dispose();
    this.closing.abort(closedHere());
  }

  /** [P7] The connection may be dead; after a sleep what was heard before says nothing of now. */
  private wake(how: Wake): void {
    const { truthTracker, presenceChannel, documentConnection, memberChannel, socketWatch } =
      this.parts;
    if (this.over) return;
    if (how !== 'seen') truthTracker.doubt();
    if (how === 'online') {
      documentConnection.reconnect();
      memberChannel.reconnect();
      return;
    }
    if (how === 'woke') presenceChannel.prove();
    socketWatch.check();
  }

  /** [P7] A host that is not heard any more may be there, and its count altered on the way. */
  private listen(): void {
    if (this.truth.kind === 'host-offline') this.parts.documentConnection.hearAnew();
  }

  private beat({ beat, isSeen, provesMs, received }: HeardBeat): void {
    const { truthTracker, hostTime, memberChannel, presenceChannel, catchUp } = this.parts;
    const isNewTime = hostTime.heard(beat.at, provesMs);
    catchUp.look();
    truthTracker.beat({ isSeen, ageMs: hostTime.ageMs(beat.at) });
    if (isSeen && hostTime.wantsProof(beat.at)) presenceChannel.prove();
    this.countUnseen(isSeen);
    memberChannel.heard(received === undefined ? undefined : { counter: received, at: beat.at });
    if (isNewTime) memberChannel.outbox.flush();
  }

  /** A member that beat after beat does not name is not heard: what it says under another client may be. */
  private countUnseen(isSeen: boolean): void {
    this.unseen = isSeen || !this.me ? 0 : this.unseen + 1;
    if (this.unseen < UNSEEN_BEATS) return;
    this.unseen = 0;
    this.parts.renewDocument();
  }

  private replicaChanged(changes: ReadonlySet<ViewPart>): void {
    const { replica, memberControl, truthTracker } = this.parts;
    const { foreignVersions } = replica;
    if (foreignVersions) return this.endIf(hostOfOtherVersion(foreignVersions));
    if (replica.state) {
      memberControl.follow();
      truthTracker.synced();
    }
    if (RECORDS.some((part) => changes.has(part))) truthTracker.record();
    this.parts.catchUp.look();
    this.remember();
    this.followCard();
    this.followRoster();
    this.changed.fire(changes);
  }

  private remember(): void {
    this.options.memory?.save(this.room, this.parts.replica.remembered);
  }

  private followCard(): void {
    const { replica, memberTerm, epochLock } = this.parts;
    if (!replica.card) return;
    memberTerm.follow(replica.card);
    epochLock.follow(replica.card.epoch);
  }

  /** [P6] Only owners are told a new secret: who is none was a guest when sharing was stopped, whatever its relay passes on. */
  private lockedOut(): void {
    const { me } = this;
    const role = me ? roleOf(me.role) : this.linkRole;
    if (role !== 'owner') this.endIf(revoked());
  }

  private followRoster(): void {
    const { replica, roomEntry, memberChannel, documentConnection } = this.parts;
    const { state } = replica;
    if (!state || this.over) return;
    this.endIf(roomEntry.follow(this.me, state));
    if (this.me && !this.over) memberChannel.enter(documentConnection.url);
  }

  private connectionChanged(): void {
    const { documentConnection, roomEntry, replica, truthTracker } = this.parts;
    const { status } = documentConnection;
    switch (status.kind) {
      case 'connecting':
        return truthTracker.reopening();
      case 'synced':
        roomEntry.synced();
        replica.complete();
        // Back at the relay: what is heard from now on counts, before the state is verified too.
        if (replica.state || this.truth.kind === 'relay-offline') truthTracker.synced();
        return;
      case 'offline':
        // The relay is there, and a new room may be claimed in a moment: that is still connecting.
        if (status.code === CLOSE.noRoom && replica.state === undefined) {
          return this.endIf(roomEntry.unknown());
        }
        this.parts.catchUp.pause();
        truthTracker.offline(status.reason);
        return;
      case 'closed':
        this.endIf(roomEntry.refused(status.code));
    }
  }

  private endIf(error: AppError | undefined): void {
    if (error && !this.over) this.end(error);
  }

  private end(error: AppError): void {
    const { documentConnection, memberChannel, knocking } = this.parts;
    this.over = error;
    documentConnection.dispose();
    memberChannel.leave();
    knocking.stop();
    this.fire('truth');
  }

  private fire(part: ViewPart): void {
    this.changed.fire(new Set([part]));
  }
}

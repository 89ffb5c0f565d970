// All relays that a room is served on: claims and tokens on each, every document of the room on each.
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { fromBase64Url, toBase64Url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { admissionToken, hashToken } from '../../crypto/admissionToken.ts';
import { randomBytes } from '../../crypto/keys.ts';
import type { RelayToken } from '../../protocol/claim.ts';
import type { Problem } from '../../protocol/state.ts';
import type { Roster } from '../../session/roster.ts';
import type { DocumentConnection } from '../documentConnection.ts';
import { exchangeDocument } from '../oneExchange.ts';
import type { HostRoomOptions } from './hostRoomOptions.ts';
import { type RelayAddress, RelayLink } from './relayLink.ts';

/** How long a start waits for a relay to sync before it goes on without. */
const SYNC_WAIT_MS = 5_000;
/** How long somebody waits for relays that may be away. */
const CLAIM_WAIT_MS = 3_000;

/** What the relays of a room need. */
export type RoomRelaysOptions = Pick<
  HostRoomOptions,
  'room' | 'host' | 'fetch' | 'webSocket' | 'random' | 'clock' | 'log'
> & { readonly roster: Roster };

interface Served {
  readonly doc: Y.Doc;
  readonly withAwareness: boolean;
}

/** Keeps claims, tokens and documents the same on every relay. */
export class RoomRelays implements Disposable {
  private readonly options: RoomRelaysOptions;
  /** By address, the one of this computer first. */
  private links = new Map<string, RelayLink>();
  private readonly served = new Map<string, Served>();
  private readonly tokenHashes = new Map<string, string>();
  private readonly hostToken = toBase64Url(randomBytes(32));
  private readonly joined = new Emitter<Awareness>();
  private readonly synced = new Emitter<void>();
  private readonly lost = new Emitter<Problem>();
  private claimRev = 0;

  /** A document with awareness is served on one more relay. */
  readonly onDidJoin = this.joined.event;
  /** A document with awareness is in sync (again): what was said there before is forgotten. */
  readonly onDidSync = this.synced.event;
  /** A relay says that another host serves the room: this one must stop writing. */
  readonly onDidLose = this.lost.event;

  constructor(options: RoomRelaysOptions) {
    this.options = options;
  }

  /** Serves a document on every relay until it is closed. */
  open(name: string, doc: Y.Doc, withAwareness = false): void {
    if (this.served.has(name)) return;
    this.served.set(name, { doc, withAwareness });
    for (const link of this.links.values()) this.openOn(link, name, { doc, withAwareness });
  }

  /** Opens new sockets for a document: the ones it has bring less than they should. */
  reconnect(name: string): void {
    for (const link of this.links.values()) link.reconnect(name);
  }

  close(name: string): void {
    this.served.delete(name);
    for (const link of this.links.values()) link.close(name);
  }

  /** [I3] Reads a document once on each relay, or changes it there: one promise for each, with what it has then. */
  exchange(name: string, change?: (doc: Y.Doc) => void): readonly Promise<Y.Doc>[] {
    const { webSocket, clock } = this.options;
    const token = this.hostToken;
    return [...this.links.values()].map(({ url }) =>
      exchangeDocument({ url, name, token, webSocket, clock }, change),
    );
  }

  /** Serves the room on one more relay; rejects with AppError relay-* if it refuses. */
  async add(relay: RelayAddress): Promise<void> {
    const { room, host, fetch, webSocket, clock, log, random = Math.random } = this.options;
    const link = new RelayLink({
      relay,
      room: room.id,
      roomPair: room.pair,
      term: host.term,
      boot: toBase64Url(host.boot),
      nextRev: () => this.nextRev(),
      tokens: () => this.tokens(),
      token: this.hostToken,
      onLose: (problem) => this.lost.fire(problem),
      fetch,
      webSocket,
      random,
      clock,
      log,
    });
    try {
      await link.claim();
    } catch (error) {
      link.dispose();
      throw error;
    }
    this.links.set(relay.url, link);
    const connections = [...this.served].map(([name, one]) => this.openOn(link, name, one));
    await Promise.all(connections.map((connection) => waitForSync(connection, clock)));
  }

  /** Serves the room on exactly these relays from now on. */
  async set(relays: readonly RelayAddress[]): Promise<void> {
    for (const [url, link] of this.links) {
      if (relays.some((relay) => relay.url === url)) continue;
      link.dispose();
      this.links.delete(url);
    }
    for (const relay of relays) {
      const known = this.links.get(relay.url);
      // Who is served on it already must not lose the connection.
      if (known?.hasKey(relay.accessKey)) await known.claim();
      else if (known) await known.move(relay);
      else await this.add(relay);
    }
  }

  /** A relay came back at another address. */
  async move(from: string, to: RelayAddress): Promise<void> {
    const link = this.links.get(from);
    if (!link) return;
    this.links = new Map([...this.links].map(([url, one]) => [one === link ? to.url : url, one]));
    await link.move(to);
  }

  /**
   * Tells every relay the claim and the tokens of now. Rejects with AppError relay-* if the relay at
   * `url` does not take them; if the room is not served there, the address leads to the relay of
   * this computer. The others are not waited for: one that is away is told when it is back.
   */
  async claim(url: string): Promise<void> {
    const told = this.tellAll();
    await (told.get(url) ?? [...told.values()][0]);
  }

  /** Tells every relay; resolves when each has answered or failed, at the latest after three seconds. */
  async claimAll(): Promise<void> {
    const told = Promise.allSettled(this.tellAll().values());
    const waiting = new DisposableStore();
    const isLate = new Promise<void>((resolve) => {
      waiting.add(this.options.clock.after(CLAIM_WAIT_MS, resolve));
    });
    await Promise.race([told, isLate]);
    waiting.dispose();
  }

  /** As claimAll, without waiting. */
  claimSoon(): void {
    this.tellAll();
  }

  dispose(): void {
    for (const link of this.links.values()) link.dispose();
    this.joined.dispose();
    this.synced.dispose();
    this.lost.dispose();
  }

  /** The claims of all relays, by address. Failures are logged and made good by the links. */
  private tellAll(): ReadonlyMap<string, Promise<void>> {
    const told = new Map([...this.links].map(([url, link]) => [url, link.claim()] as const));
    for (const claim of told.values()) claim.catch(() => undefined);
    return told;
  }

  /** Above every claim of this process: a room may be closed, and served again by the same one. */
  private nextRev(): number {
    this.claimRev = Math.max(this.claimRev + 1, Math.floor(this.options.clock.monotonic()));
    return this.claimRev;
  }

  private openOn(link: RelayLink, name: string, one: Served): DocumentConnection {
    const connection = link.open(name, one.doc, one.withAwareness);
    if (!one.withAwareness) return connection;
    this.joined.fire(connection.awareness);
    connection.onDidChange(({ kind }) => {
      if (kind === 'synced') this.synced.fire();
    });
    return connection;
  }

  private async tokens(): Promise<RelayToken[]> {
    const { room, roster } = this.options;
    for (const { inviteId, secret } of roster.invites) {
      const bytes = fromBase64Url(secret);
      if (!bytes || this.tokenHashes.has(inviteId)) continue;
      const token = await admissionToken(bytes, room.id);
      this.tokenHashes.set(inviteId, await hashToken(token));
    }
    const known = new Set(roster.invites.map(({ inviteId }) => inviteId));
    for (const id of this.tokenHashes.keys()) if (!known.has(id)) this.tokenHashes.delete(id);
    return [
      {
        hash: await hashToken(this.hostToken),
        grants: [
          { doc: room.id, access: 'write' },
          { doc: `${room.id}.**`, access: 'write' },
        ],
        host: true,
      },
      ...roster.relayTokens(({ inviteId }) => this.tokenHashes.get(inviteId)),
    ];
  }
}

/** Resolves when the connection has synced, or after a while: then the document follows later. */
function waitForSync(connection: DocumentConnection, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const waiting = new DisposableStore();
    const done = (): void => {
      waiting.dispose();
      resolve();
    };
    const check = (): void => {
      if (connection.status.kind === 'synced') done();
    };
    waiting.add(connection.onDidChange(check));
    waiting.add(clock.after(SYNC_WAIT_MS, done));
    check();
  });
}

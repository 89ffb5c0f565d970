// A real relay, a served room and guests, all in this process; by default over real sockets and in real time.
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import * as Y from 'yjs';
import { toBase64Url } from '../../src/base/bytes.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { roomIdOfKey } from '../../src/crypto/admissionToken.ts';
import { createIdentity, type Identity } from '../../src/crypto/identity.ts';
import { generateSigningPair, newBootOf, randomBytes } from '../../src/crypto/keys.ts';
import type { Entry } from '../../src/protocol/transcript.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { createRelay, type Relay, type RelayOptions } from '../../src/relay/server.ts';
import {
  DocumentConnection,
  type DocumentConnectionOptions,
} from '../../src/sync/documentConnection.ts';
import { Attachment } from '../../src/sync/member/attachment.ts';
import type { JoinOptions } from '../../src/sync/member/joinOptions.ts';
import { HostRoom } from '../../src/sync/host/hostRoom.ts';
import type {
  HostRoomOptions,
  InviteOptions,
  RoomKeys,
  SessionApp,
} from '../../src/sync/host/hostRoomOptions.ts';
import { Journal } from '../../src/host/journal/journal.ts';
import { hostPaths } from '../../src/host/find/paths.ts';
import type { RoomJournal } from '../../src/session/roomJournal.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { temporaryFolder } from '../host/folders.ts';
import { playedSession } from '../session/playedHandlers.ts';

/** What a room and its people are given. */
export interface RigParts {
  readonly clock: Clock;
  readonly webSocket: typeof WebSocket;
  readonly fetch: typeof fetch;
  readonly random: () => number;
}

/** How a relay of a test may differ from the usual one. */
export type RigRelayOptions = Partial<
  Pick<RelayOptions, 'limits' | 'open' | 'port' | 'clock' | 'store'>
>;

/** Everything of one test; close it in afterEach. */
export class SyncRig {
  protected readonly closers: (() => Promise<void> | void)[] = [];

  /** Closes something of the test with the rig. */
  own(close: () => Promise<void> | void): void {
    this.closers.push(close);
  }

  async relay(options: RigRelayOptions = {}): Promise<Relay> {
    const store = createMemoryStore();
    const common = { port: 0, store, clock: systemClock, log: silentLogger };
    const relay = await createRelay({ ...common, ...options });
    this.own(() => relay.close());
    return relay;
  }

  async roomKeys(): Promise<RoomKeys> {
    const pair = await generateSigningPair();
    return { id: await roomIdOfKey(pair.publicBytes), pair };
  }

  /** A real journal with the room in it. */
  journal(room: RoomKeys): RoomJournal {
    const paths = hostPaths(temporaryFolder());
    const journal = Journal.open({ paths, clock: this.parts.clock, log: silentLogger });
    this.closers.unshift(() => journal.close());
    const secret = toBase64Url(randomBytes(32));
    return journal.addRoom({ room: room.id, kind: 'session', privateKey: 'x' }, secret);
  }

  async host(
    relay: Pick<Relay, 'url'>,
    options: Partial<HostRoomOptions> & { readonly term?: number } = {},
  ): Promise<HostRoom> {
    const term = options.term ?? 1;
    const keys = options.room ?? (await this.roomKeys());
    const journal = options.journal ?? this.journal(keys);
    const room = await HostRoom.open({
      room: keys,
      host: { term, pair: await generateSigningPair(), boot: newBootOf(term) },
      relays: [{ url: relay.url }],
      firstRev: 0,
      agent: CLAUDE_RULES,
      commands: playedSession(() => undefined),
      readBlob: () => undefined,
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
      deflateRaw: (bytes) => new Uint8Array(deflateRawSync(bytes)),
      ...this.parts,
      log: silentLogger,
      ...options,
      journal,
    });
    this.own(() => room.dispose());
    room.setState(sessionApp());
    return room;
  }

  async invite(
    room: HostRoom,
    relay: Pick<Relay, 'url'>,
    options: Partial<InviteOptions> = {},
  ): Promise<string> {
    const invite = await room.createInvite({
      role: 'viewer',
      lifetimeMs: 3_600_000,
      relay: relay.url,
      ...options,
    });
    return invite.link;
  }

  async join(
    link: string,
    name = 'Ada',
    identity?: Identity,
    options: Partial<JoinOptions> = {},
  ): Promise<Attachment> {
    const attachment = await Attachment.join({
      link,
      identity: identity ?? (await createIdentity()),
      name,
      device: 'test',
      ...this.parts,
      log: silentLogger,
      ...options,
    });
    this.own(() => attachment.dispose());
    return attachment;
  }

  /** Somebody who knows a document's name and speaks plain Yjs; resolves when it is synced. */
  async connect(
    relay: Pick<Relay, 'url'>,
    name: string,
    options: Partial<DocumentConnectionOptions> = {},
  ): Promise<{ readonly doc: Y.Doc; readonly connection: DocumentConnection }> {
    const doc = options.doc ?? new Y.Doc();
    const { webSocket, random, clock } = this.parts;
    const connection = new DocumentConnection({
      ...{ doc, name, url: relay.url, webSocket, random, clock },
      ...options,
    });
    this.own(() => connection.dispose());
    await this.until(`${name} is synced`, () => connection.status.kind === 'synced');
    return { doc, connection };
  }

  /** Waits for what is sure to come; its value. */
  until<T>(what: string, check: () => T | Promise<T>): Promise<NonNullable<T>> {
    return waitUntil(what, check);
  }

  async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
  }

  protected get parts(): RigParts {
    return { clock: systemClock, webSocket: WebSocket, fetch, random: Math.random };
  }
}

/** A state of a session for tests. */
export function sessionApp(change: Partial<SessionApp['session']> = {}): SessionApp {
  return {
    kind: 'session',
    session: {
      id: 'session-one',
      title: 'Test session',
      source: 'hosted',
      status: 'idle',
      computer: 'desk',
      cwd: '/home/dev/project',
      project: 'project',
      agent: 'Claude Code',
      startedAt: 1,
      lastActivityAt: 1,
      ...change,
    },
    pending: [],
    queue: [],
  };
}

/** A finished text of the agent. */
export function textEntry(id: string, text: string, messageId = id): Entry {
  return { kind: 'text', id, at: 1, messageId, text };
}

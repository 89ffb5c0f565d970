// What a host gives to serve a room, and what it may say about it.
import type { Sharing } from '../../protocol/link.ts';
import type { AgentRules } from '../../protocol/agentRules.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { SigningPair } from '../../crypto/keys.ts';
import type {
  CommandArgs,
  MachineCommandKind,
  RoomCommandKind,
  SessionCommandKind,
} from '../../protocol/commandTable.ts';
import type { Json } from '../../protocol/json.ts';
import type { Role } from '../../protocol/role.ts';
import type {
  DirectoryRow,
  MachineState,
  Pending,
  Person,
  Queued,
  Scope,
  SessionSummary,
} from '../../protocol/state.ts';
import type { CommandHandlers } from '../../session/control/commandHandlers.ts';
import type { RoomJournal } from '../../session/roomJournal.ts';
import type { RelayAddress } from './relayLink.ts';

/** Keys of a room: kept by its owner. */
export interface RoomKeys {
  /** Room id: hash of the public key. */
  readonly id: string;
  readonly pair: SigningPair;
}

/** The process that writes: one per term. */
export interface HostIdentity {
  readonly term: number;
  /** Fresh Ed25519 pair of this process; the card names it. */
  readonly pair: SigningPair;
  /** newBootOf(term). */
  readonly boot: Bytes;
}

/** A part of a long text or image. */
export interface BlobRead {
  readonly totalBytes: number;
  readonly bytes: Uint8Array;
  /** [R18] Nobody but owners may have it. */
  readonly ownerOnly?: boolean;
}

/** What a `fetch` asks of a session that is not in its log, or of the agent of a computer. */
export type FactArgs = Exclude<CommandArgs<'fetch'>, { readonly what: 'log' | 'blob' | 'find' }>;

/** What a session room carries out besides what every room does. */
export interface SessionCommands {
  readonly handlers: CommandHandlers<Exclude<SessionCommandKind, RoomCommandKind>>;
  readonly fetchFacts: (args: FactArgs, person: Pick<Person, 'role'>) => Promise<Json>;
}

/** What the machine room carries out besides what every room does: its agent is asked what it offers. */
export interface MachineCommands {
  readonly handlers: CommandHandlers<Exclude<MachineCommandKind, RoomCommandKind>>;
  /** Throws CommandRefused for what only a session knows. */
  readonly fetchFacts: (args: FactArgs) => Promise<Json>;
}

/** How a room is served. */
export interface HostRoomOptions {
  readonly room: RoomKeys;
  readonly host: HostIdentity;
  readonly journal: RoomJournal;
  /** Relays to serve it on; the first is the embedded one. */
  readonly relays: readonly RelayAddress[];
  /** Revision that the state goes on from: not below any that was published. */
  readonly firstRev: number;
  /** Keeps the revision for the next start. */
  readonly saveRev?: (rev: number) => void;
  readonly commands: SessionCommands | MachineCommands;
  /** What waits under a request id, for the right to answer it. */
  readonly requestKind?: (requestId: string) => Pending['request'] | undefined;
  /** [R3] Member who sent the prompt that waits under this id. */
  readonly promptAuthor?: (promptId: string) => string | undefined;
  /** Throws CommandRefused while nobody besides the owner may be given control. */
  readonly checkControl?: () => void;
  /** [R17] Guests may control nothing for now. */
  readonly isSuspended?: () => boolean;
  /** Rules of the agent whose session it is; a machine room has none. */
  readonly agent?: AgentRules | undefined;
  /** [V1] Somebody who speaks none of our versions knocked: for the owner to read. */
  readonly onForeignKnock?: (error: AppError) => void;
  /** A part of a blob from `offset`, at most `LIMITS.fetchAnswerBytes`. */
  readonly readBlob: (
    blob: string,
    offset: number,
  ) => BlobRead | undefined | Promise<BlobRead | undefined>;
  /** SHA-256, synchronous: the chain is journalled before anything waits. */
  readonly sha256: (bytes: Bytes) => Uint8Array;
  /** [S11] Raw DEFLATE, synchronous: through streams it would take several times as long. */
  readonly deflateRaw: (bytes: Bytes) => Bytes;
  readonly webSocket: typeof WebSocket;
  readonly fetch: typeof fetch;
  /** Random number in [0, 1), for pauses. Default: the runtime's own. */
  readonly random?: () => number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a session room is about. */
export interface SessionApp {
  readonly kind: 'session';
  readonly session: SessionSummary;
  readonly pending: Pending[];
  readonly queue: Queued[];
  readonly sharing?: Sharing;
}

/** What a machine room is about. */
export interface MachineApp {
  readonly kind: 'machine';
  readonly computer: MachineState['computer'];
  readonly sessions: DirectoryRow[];
  readonly more?: number;
}

export type AppState = SessionApp | MachineApp;

/** How an invite is made. */
export interface InviteOptions {
  readonly role: Role;
  readonly scopes?: readonly Scope[];
  /** Guests of a controller link may control without the owner's Allow control. */
  readonly allowControl?: boolean;
  readonly loopbackOnly?: boolean;
  /** [J7] How many may be in by it; default 8. */
  readonly places?: number;
  readonly lifetimeMs: number;
  /** Address that the link names, ws:// or wss://. */
  readonly relay: string;
}

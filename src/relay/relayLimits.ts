// Bounds of the relay: those of the protocol, and what one connection or address may use.
import { LIMITS, TIMES } from '../protocol/limits.ts';

/** A token bucket's size: `perSecond` come in, up to `burst` are saved. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Bytes, counts and milliseconds; every one can be overridden for tests and bigger servers. */
export interface RelayLimits {
  /** One frame, by anybody. */
  readonly frameBytes: number;
  /** One update of a guest in a knock or channel document. */
  readonly guestFrameBytes: number;
  /** Update log of a document before it is compacted … */
  readonly updateLogBytes: number;
  /** … and what may be left then. */
  readonly compactedBytes: number;
  /** A knock document over this size is emptied. */
  readonly knockDocumentBytes: number;
  /**
   * What came since the last compaction goes to a joiner as it came, up to an eighth of the rest and
   * so many updates. A document of more bytes is compacted for a joiner each second, if need be: what
   * was deleted in it counts as well.
   */
  readonly joinTailUpdates: number;
  readonly joinBytes: number;
  /** Awareness state of one client, as JSON text. */
  readonly awarenessBytes: number;
  /** Clients in one awareness message: the stock client repeats everybody's. */
  readonly awarenessEntries: number;
  /** Bytes waiting for a slow reader before it is closed. */
  readonly bufferedBytes: number;
  /** The same over all readers: the slowest are closed first. */
  readonly bufferedTotalBytes: number;
  /** All sockets of the relay: some 80 KB each when idle. */
  readonly connections: number;
  readonly connectionsPerDocument: number;
  readonly connectionsPerAddress: number;
  /** Loopback is one address for all of a computer, and for all who come through its proxy. */
  readonly connectionsPerLoopback: number;
  /** Connection attempts of one address. */
  readonly connects: Rate;
  /** Claims and questions of one address. */
  readonly requests: Rate;
  readonly guestMessages: Rate;
  readonly guestBytes: Rate;
  /** Questions for a whole document or everybody's awareness: small to ask, large to answer. */
  readonly syncs: Rate;
  /** Changes of a guest's awareness, each sent to everybody. */
  readonly awareness: Rate;
  /** Yjs clients that one connection of a guest may bring: each stays in the document for ever. */
  readonly guestWriters: number;
  readonly hostMessages: Rate;
  readonly hostBytes: Rate;
  /** Body of a claim. */
  readonly claimBytes: number;
  readonly pingMs: number;
  readonly handshakeMs: number;
  readonly roomIdleMs: number;
  /** Above this, documents leave memory as soon as nobody uses them. */
  readonly documentsBytes: number;
  /** A room that nobody has used for this long is forgotten; its host fills it in again. */
  readonly roomKeptMs: number;
  /** How often unused rooms are looked for. */
  readonly pruneMs: number;
  /** [I5] Guests write no more parts in a room of which parts fill this much. */
  readonly roomBytes: number;
  /** [I5] What the parts of one member may fill until they are read. */
  readonly waitingPartsBytes: number;
  /** [I5] Parts that nobody has asked for are forgotten after this time. */
  readonly partsKeptMs: number;
  /** A socket not yet admitted waits this long for a claim that is on its way. */
  readonly admissionGraceMs: number;
  /**
   * In its first minute a relay may have lost its disk: an unknown room then waits this long, because
   * 4404 would end its guests for good while its host is on the way.
   */
  readonly restartGraceMs: number;
  /** A new room's claim may be this far from the relay's wall clock. */
  readonly claimClockMs: number;
  /** How often tokens are checked for expiry. */
  readonly sweepMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** The bounds of a relay that is told nothing else. */
export const DEFAULT_RELAY_LIMITS: RelayLimits = {
  frameBytes: LIMITS.frameBytes,
  guestFrameBytes: LIMITS.guestFrameBytes,
  updateLogBytes: LIMITS.updateLogBytes,
  compactedBytes: MIB,
  knockDocumentBytes: 2 * LIMITS.knocks * LIMITS.knockBytes,
  joinBytes: 32 * KIB,
  joinTailUpdates: 512,
  awarenessBytes: 2 * LIMITS.awarenessBytes,
  awarenessEntries: 1024,
  bufferedBytes: 8 * MIB,
  bufferedTotalBytes: 256 * MIB,
  connections: 16_384,
  connectionsPerDocument: 500,
  connectionsPerAddress: 256,
  connectionsPerLoopback: 12_288,
  connects: { perSecond: 50, burst: 512 },
  requests: { perSecond: 20, burst: 256 },
  guestMessages: { perSecond: 50, burst: 400 },
  guestBytes: { perSecond: 512 * KIB, burst: 4 * MIB },
  syncs: { perSecond: 2, burst: 60 },
  awareness: { perSecond: 10, burst: 100 },
  guestWriters: 32,
  hostMessages: { perSecond: 2000, burst: 20_000 },
  hostBytes: { perSecond: 32 * MIB, burst: 256 * MIB },
  claimBytes: 512 * KIB,
  pingMs: TIMES.pingMs,
  handshakeMs: TIMES.handshakeMs,
  roomIdleMs: TIMES.roomIdleMs,
  documentsBytes: 512 * MIB,
  roomKeptMs: 30 * 24 * 3_600_000,
  pruneMs: 3_600_000,
  roomBytes: 256 * MIB,
  // Sealing and padding come to it.
  waitingPartsBytes: LIMITS.attachedBytes + 2 * MIB,
  partsKeptMs: 10 * 60_000,
  admissionGraceMs: 1000,
  restartGraceMs: 4000,
  claimClockMs: 3_600_000,
  sweepMs: 500,
};

// Every size, count and time of the protocol, with its reason. Bytes and milliseconds.

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bounds on documents and records: every document fits one frame, because y-websocket re-seeds a relay in one message. */
export const LIMITS = {
  /** One log record, sealed. Larger bodies are cut to head and tail. */
  logRecordBytes: 32 * KIB,
  /** A chunk is closed at this many log records … */
  chunkRecords: 256,
  /** … or at this many sealed bytes … */
  chunkBytes: 192 * KIB,
  /** … or at this many writes: interleaved deletes cost about 30 B each until their chunk is dropped. */
  chunkWrites: 2048,
  /** Chunks kept in the main document. */
  tailChunks: 3,
  /** Live (streaming) text kept as records; before it is reached, pieces are merged. */
  liveBytes: 64 * KIB,
  /** JSON of the state; sealed it takes up to 4 KiB of padding and 152 bytes more. */
  stateBytes: 56 * KIB,
  /** What the state takes with every list full: the rest stays free for members to come. */
  stateFillBytes: 49 * KIB,
  /** Texts of the state, counted as they stand in JSON: a name or device, a title, the beginning of a queued prompt. */
  nameBytes: 64,
  titleBytes: 200,
  previewBytes: 200,
  /** Lists of the state: members of a room … */
  members: 64,
  /** … by one link, if nothing else is chosen … */
  placesOfLink: 8,
  /** … the last ones, for links by which nobody is in … */
  placesOfNewLinks: 8,
  /** … the last of these, for owners … */
  placesOfOwners: 4,
  /** … and ids of those who gave their place up, and come back by themselves … */
  gaveWay: 16,
  /** … links besides the owner's own that work at the same time … */
  invites: 16,
  /** … requests that are named; further ones wait on the host … */
  requests: 64,
  /** … prompts that the agent has not begun … */
  queuedPrompts: 32,
  /** … pieces of background work that are named … */
  backgroundTasks: 4,
  /** … other processes on the conversation that are named; further ones are counted … */
  writers: 4,
  /** … members who wait for control. */
  controlQueue: 16,
  /** State records per second at the most; in ms between two. */
  stateIntervalMs: 250,
  /** A whole document. */
  documentBytes: 768 * KIB,
  /** One part of a segment or blob. */
  partBytes: 512 * KIB,
  /** One frame of the relay. */
  frameBytes: MIB,
  /** One frame of a guest, in `.k` and `.g.` documents. */
  guestFrameBytes: 64 * KIB,
  /** Update log of one document on the relay before it is compacted. */
  updateLogBytes: 4 * MIB,
  /** A knock. */
  knockBytes: 4 * KIB,
  /** Knocks in a knock document. */
  knocks: 32,
  /** One command, sealed. */
  commandBytes: 48 * KIB,
  /** [I1] Text of a prompt. */
  promptBytes: 2 * MIB,
  /** Pictures and files of one prompt … */
  attached: 20,
  /** … and their bytes: what the parts of one member may fill on a relay, sealing left out. */
  attachedBytes: 32 * MIB,
  /** One picture. */
  pictureBytes: 20 * MIB,
  /** Outstanding commands of one member. */
  outstandingCommands: 64,
  /** A text that makes its entry too large for a log record: so much of its head and tail stays. */
  toolHeadBytes: 20 * KIB,
  toolTailBytes: 6 * KIB,
  /** JSON of a form in its request; one that is larger can only be declined. */
  formBytes: 16 * KIB,
  /** Plaintext of one answer to `fetch`. */
  fetchAnswerBytes: 160 * KIB,
  /** Entries in one answer to a search, and characters of what is looked for. */
  foundEntries: 50,
  queryCharacters: 200,
  /** Fetches of one member under way. */
  fetchesUnderWay: 3,
  /** Presence record. */
  presenceBytes: KIB,
  /** Awareness clients a replica looks at, and bytes of each. */
  awarenessClients: 128,
  awarenessBytes: 4 * KIB,
} as const;

/** Times of the protocol. */
export const TIMES = {
  /** Throttle of streamed text: leading edge, then the remaining time. */
  deltaThrottleMs: 20,
  /** Beat of the host. */
  beatMs: 10_000,
  /** A replica calls its picture stale after two missed beats, or when the newest is so old. */
  staleAfterMs: 25_000,
  /** After a write the host beats once more, at most this often. */
  extraBeatMs: 1_000,
  /** What a beat names and the document does not bring is asked for after this time, and then this often … */
  askMissingMs: 1_000,
  askAgainMs: 5_000,
  /** … the picture is not live any more and a new socket is opened … */
  behindMs: 3_000,
  /** … a fresh document is read, and read anew this often … */
  freshDocumentMs: 10_000,
  /** … and it is said that the relay holds something back. */
  withheldMs: 30_000,
  /** A socket that is silent for this time is asked whether it lives, and given up so much later. */
  silentMs: 10_500,
  probeMs: 1_500,
  /** [P6] A key that the card names and that is not here is on its way for this long … */
  lockedMs: 2_000,
  /** … and after this time a guest without it is told that sharing was stopped. */
  lockedOutMs: 10_000,
  /** Lease of control, and how often its holder renews it. */
  leaseMs: 15_000,
  renewMs: 5_000,
  /** [J7] A guest without a window for so long gives its place up when somebody else needs it. */
  goneMs: 60_000,
  /** Control that is held is given to the next in the queue after this idle time. */
  idleHandOverMs: 60_000,
  /** A gap in a member's command counter is answered after this time. */
  gapMs: 2_000,
  /** Results of commands are kept, and a command may wait, for this time at the most. */
  resultsMs: 24 * 3_600_000,
  /** A command runs only until this long after it was made, if the sender says nothing else. */
  commandMs: 60_000,
  /** Wall clock and monotonic clock may part this far before leases end. */
  clockJumpMs: 30_000,
  /** Relay: ping, handshake, and how long a room without connections stays in memory. */
  pingMs: 20_000,
  handshakeMs: 5_000,
  roomIdleMs: 60_000,
  /** Invite links end after this time if nothing else is chosen. */
  inviteMs: 24 * 3_600_000,
} as const;

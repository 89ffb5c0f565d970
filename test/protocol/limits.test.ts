// Every bound of the protocol holds: each has code that keeps to it, and a test that would see it gone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LIMITS, TIMES } from '../../src/protocol/limits.ts';

const ROOT = join(import.meta.dirname, '../..');

/** File below test/, and a part of the title of the test that goes red if the bound is not kept. */
type Witness = readonly [file: string, title: string];

const TAIL = 'session/tailDocument.test.ts';
const STATE = 'session/boundedState.test.ts';
const PRESENCE = 'sync/presenceChannel.test.ts';
const KNOCKS = 'sync/knockReader.test.ts';
const RELAY: Witness = [
  'relay/relayLimits.test.ts',
  'a relay that is told nothing else has the bounds of the protocol',
];
const CUTS: Witness = ['host/cutEntry.test.ts', 'a 10 MB tool result keeps head and tail'];
const PARTS: Witness = ['sync/parts.test.ts', '[I1] %s are refused before anything is sent'];
const EVERYTHING: Witness = [STATE, 'names every person, request, prompt and link'];

const LIMIT_WITNESSES: Readonly<Record<keyof typeof LIMITS, Witness>> = {
  logRecordBytes: ['host/cutEntry.test.ts', 'the longest entry, sealed at a far index'],
  chunkRecords: [TAIL, '[B2] a chunk is closed at %s'],
  chunkBytes: [TAIL, '[B2] a chunk is closed at %s'],
  chunkWrites: [TAIL, '[B2] a chunk is closed at %s'],
  tailChunks: [TAIL, '[B2] with every chunk full'],
  liveBytes: ['session/publisher.test.ts', '[B5] a long block of %s text'],
  stateBytes: [STATE, 'a member of unknown size'],
  stateFillBytes: EVERYTHING,
  nameBytes: ['session/roster.test.ts', '[B2] a name is cut where it enters'],
  titleBytes: ['host/sessionBounds.test.ts', '[B2] a title of any length'],
  previewBytes: ['host/sessionBounds.test.ts', '[B6] 32 prompts wait'],
  members: ['session/places.test.ts', '[J7] of sixty-four places'],
  placesOfLink: ['session/places.test.ts', '[J7] eight come in by one link'],
  placesOfNewLinks: ['session/places.test.ts', '[J7] of sixty-four places'],
  placesOfOwners: ['session/places.test.ts', '[J7] of sixty-four places'],
  gaveWay: ['session/places.test.ts', '[J7] of those who gave way'],
  invites: ['sync/bounds.test.ts', '[B6] sixteen links'],
  requests: ['host/sessionBounds.test.ts', '[B6] the 65th request'],
  queuedPrompts: ['host/sessionBounds.test.ts', '[B6] 32 prompts wait'],
  backgroundTasks: ['host/backgroundTasks.test.ts', '[G1] forty pieces'],
  writers: [STATE, '[Z1] of many on a conversation'],
  controlQueue: ['session/controlLease.test.ts', '[F2] sixteen wait'],
  stateIntervalMs: ['session/publisher.test.ts', 'settled waits for a state'],
  documentBytes: [TAIL, '[B2] what writing leaves behind counts'],
  partBytes: ['sync/hostChannel.test.ts', '[B2] answers that nobody takes'],
  promptBytes: PARTS,
  attached: PARTS,
  attachedBytes: PARTS,
  pictureBytes: ['host/attachments.test.ts', '[I1] a picture with more bytes'],
  frameBytes: RELAY,
  guestFrameBytes: RELAY,
  updateLogBytes: RELAY,
  knockBytes: [KNOCKS, '[J1] a knock of more than 4 KiB'],
  knocks: [KNOCKS, '[J1] of more than 32 knocks'],
  commandBytes: ['session/outbox.test.ts', 'a command of 1 MB is refused'],
  outstandingCommands: ['session/outbox.test.ts', '64 commands may be unanswered'],
  toolHeadBytes: CUTS,
  toolTailBytes: CUTS,
  formBytes: ['claude/forms.test.ts', '[U3] a form that is too large'],
  fetchAnswerBytes: ['sync/bounds.test.ts', 'an answer to a fetch of history'],
  foundEntries: ['sync/findInLog.test.ts', '[N3] an answer has fifty hits'],
  queryCharacters: ['sync/findInLog.test.ts', '[N3] signs of patterns are'],
  fetchesUnderWay: ['session/gateOrder.test.ts', '[C9] a fetch is read again'],
  presenceBytes: ['sync/attendance.test.ts', '[P3] presence that is larger'],
  awarenessClients: [PRESENCE, '[P3] of so many strangers'],
  awarenessBytes: [PRESENCE, '[P3] what is larger than a beat'],
};

const TIME_WITNESSES: Readonly<Record<keyof typeof TIMES, Witness>> = {
  deltaThrottleMs: ['session/publisher.test.ts', 'the first piece goes at once'],
  beatMs: ['sync/attendance.test.ts', '[P3] the host says every ten seconds'],
  staleAfterMs: ['sync/truth.test.ts', '[P3] a host that is not heard for 25 s'],
  extraBeatMs: ['sync/withheld.test.ts', '[P4] an honest busy session'],
  askMissingMs: ['sync/withheld.test.ts', '[P4] an update whose bits'],
  askAgainMs: ['sync/withheld.test.ts', '[P4] what is held back is asked for'],
  behindMs: ['sync/withheld.test.ts', '[P4] a state held back'],
  freshDocumentMs: ['sync/withheld.test.ts', '[P4] an update whose bits'],
  withheldMs: ['sync/withheld.test.ts', '[P4] %s held back'],
  silentMs: ['sync/withheld.test.ts', '[P7] a dead socket'],
  probeMs: ['sync/withheld.test.ts', '[P7] a dead socket'],
  lockedMs: ['sync/locked.test.ts', '[P6] an owner without the newest key is told so after 2 s'],
  lockedOutMs: ['sync/locked.test.ts', '[P6] a guest whose relay does not cut it off'],
  leaseMs: ['session/controlLease.test.ts', '[F4] a lease ends 15 s after'],
  renewMs: [PRESENCE, '[P3] who holds control says so every five seconds'],
  idleHandOverMs: ['session/controlLease.test.ts', '[F5] an idle holder gives way after 60 s'],
  goneMs: ['session/places.test.ts', '[J7] a guest that is gone for a minute'],
  gapMs: ['session/gateOrder.test.ts', '[C8] a gap is answered after 2 s'],
  resultsMs: ['host/journalTables.test.ts', 'results are kept for a day'],
  commandMs: ['session/outbox.test.ts', 'a command that is not said to run later'],
  clockJumpMs: ['session/controlLease.test.ts', '[F6] a jump of the wall clock over 30 s'],
  pingMs: RELAY,
  handshakeMs: RELAY,
  roomIdleMs: RELAY,
  inviteMs: ['host/sharing.test.ts', 'a viewer sees the session and may not prompt'],
};

/** Everything in src but the table itself. */
const SOURCES = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('limits.ts'))
  .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'))
  .join('\n');

describe.each([
  ['LIMITS', LIMITS, LIMIT_WITNESSES],
  ['TIMES', TIMES, TIME_WITNESSES],
])('%s', (table, values, witnesses: Readonly<Record<string, Witness>>) => {
  it.each(Object.keys(values))('%s has code that keeps to it', (name) => {
    const uses = new RegExp(`\\b${table}\\.${name}\\b|\\b${name}\\b[^{}]*\\} = ${table};`);
    expect(SOURCES).toMatch(uses);
  });

  it.each(Object.entries(witnesses))('%s has a test that would see it gone', (_, witness) => {
    const [file, title] = witness;
    expect(readFileSync(join(ROOT, 'test', file), 'utf8')).toContain(title);
  });
});

// [B2] Bounds of the state record, in one place: what each text, each list and the whole of it may take.
import type { Sharing } from '../../protocol/link.ts';
import { say, spoken, type Words } from '../../base/say.ts';
import { jsonBytes, jsonCut } from '../../base/jsonText.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type {
  DirectoryRow,
  MachineState,
  Others,
  Pending,
  Problem,
  Queued,
  QueueHold,
  Replacement,
  RoomState,
  SessionState,
  SessionSummary,
} from '../../protocol/state.ts';
import { capabilitySchema } from '../../protocol/state.ts';
import { bareState } from './bareState.ts';
import { stateTooLarge } from '../errors.ts';
import { fairTexts } from './fairTexts.ts';

/** Bytes of a text inside JSON, by the name of its member. Ids have their lengths by their making and are never cut. */
type TextBounds = Readonly<Record<string, number>>;

/** An id of a member, or of a link, is so long by its making. */
const ID_CHARS = 26;
/** A word of an open list; there are fewer of ours, all shorter. */
const WORD_BYTES = 16;
/** Codes and arguments of three sentences with a path in them. */
const SAID_BYTES = 400;

const { nameBytes, titleBytes, previewBytes } = LIMITS;
const PERSON: TextBounds = { name: nameBytes, device: nameBytes };
const PROBLEM: TextBounds = { code: 40, happened: 300, kept: 200, remedy: 200 };
const SUMMARY: TextBounds = {
  title: titleBytes,
  waitingFor: 40,
  computer: nameBytes,
  cwd: 500,
  project: nameBytes,
  branch: 100,
  agent: nameBytes,
  agentVersion: 40,
  agentSessionId: 64,
  model: 64,
  effort: 16,
  mode: 24,
  modeKind: WORD_BYTES,
};
const WAIT: TextBounds = { why: WORD_BYTES, limit: WORD_BYTES };
const WRITER: TextBounds = { where: WORD_BYTES };
const OTHERS: TextBounds = { choice: WORD_BYTES };
const CAUSE: TextBounds = { name: nameBytes, text: 80 };
const COMPUTER: TextBounds = {
  name: nameBytes,
  platform: 40,
  version: 40,
  agent: nameBytes,
  agentVersion: 40,
};
const SHARING: TextBounds = { where: 100 };
const REQUEST: TextBounds = { tool: 64 };
const QUEUED: TextBounds = { text: previewBytes, waits: WORD_BYTES };
const TASK: TextBounds = { taskId: 40, title: 60, kind: WORD_BYTES };
const TASKS_OF_ROW = 2;
const REPLACEMENT: TextBounds = { version: 40 };
const HOLD: TextBounds = { why: WORD_BYTES, cause: WORD_BYTES };
/** Rows of requests without their tools: so many have ids of a usual length (UUIDs and the like). */
const REQUEST_ROWS_BYTES = LIMITS.requests * 132;

/** A state within its bound, and what was left out that it does not count itself; undefined: nothing. */
export interface BoundedState {
  readonly state: RoomState;
  readonly leftOut: string | undefined;
}

/** The state with every text and list cut to its bound: at most `LIMITS.stateBytes` of JSON, whatever is in it. */
export function boundedState(whole: RoomState): BoundedState {
  const leftOut = [
    over(whole.people.length, LIMITS.members, (n) => (n === 1 ? say`1 person` : say`${n} people`)),
    over(whole.focus.queue.length, LIMITS.controlQueue, (n) => say`${n} waiting for control`),
    over(
      whole.kind === 'session' ? (whole.sharing?.invites.length ?? 0) : 0,
      LIMITS.invites,
      (n) => (n === 1 ? say`1 link` : say`${n} links`),
    ),
  ].flat();
  const state = whole.kind === 'session' ? sessionWithin(whole) : machineWithin(whole);
  const bytes = jsonBytes(state);
  if (bytes <= LIMITS.stateBytes) return said(state, leftOut);
  return said(bareState(state), [...leftOut, say`lists of ${Math.ceil(bytes / 1024)} KB`]);
}

/** A row of the directory with every text and list cut to its bound. */
export function boundedRow(row: DirectoryRow): DirectoryRow {
  const session = boundedSummary(row.session);
  const { others, tasks = [], tasksMore = 0 } = session;
  const unnamed = tasks.length - TASKS_OF_ROW;
  return {
    ...row,
    // A list names one of them, and few pieces of work.
    session: {
      ...session,
      ...(others && { others: boundedOthers(others, 1) }),
      ...(unnamed > 0 && { tasks: tasks.slice(0, TASKS_OF_ROW), tasksMore: tasksMore + unnamed }),
    },
    ...(row.sharing && { sharing: boundedSharing(row.sharing) }),
  };
}

function sessionWithin(whole: SessionState): SessionState {
  const { session, sharing } = whole;
  const pending = firstRequests(whole.pending);
  const queue = whole.queue.slice(0, LIMITS.queuedPrompts).map(boundedQueued);
  const pendingMore = whole.pending.length - pending.length;
  const queueMore = whole.queue.length - queue.length;
  const bounded: SessionState = {
    ...whole,
    ...boundedMembers(whole),
    session: boundedSummary(session),
    pending,
    queue,
    ...(pendingMore > 0 && { pendingMore }),
    ...(queueMore > 0 && { queueMore }),
    ...(sharing && { sharing: boundedSharing(sharing) }),
  };
  return fairTexts(bounded, LIMITS.stateFillBytes);
}

/** Rows give way to what else is in the state: they can be fetched. */
function machineWithin(whole: MachineState): MachineState {
  const computer = {
    ...cutTexts(whole.computer, COMPUTER),
    ...(whole.computer.problem && { problem: boundedProblem(whole.computer.problem) }),
  };
  const replacement = whole.replacement && boundedReplacement(whole.replacement);
  const bounded: MachineState = {
    ...whole,
    ...boundedMembers(whole),
    computer,
    ...(replacement && { replacement }),
  };
  const all = whole.sessions.length + (whole.more ?? 0);
  let left = LIMITS.stateFillBytes - jsonBytes({ ...bounded, sessions: [], more: all });
  const sessions: DirectoryRow[] = [];
  for (const row of whole.sessions.map(boundedRow)) {
    left -= jsonBytes(row) + 1;
    if (left < 0) break;
    sessions.push(row);
  }
  const more = all - sessions.length;
  return { ...bounded, sessions, ...(more > 0 && { more }) };
}

type Members = Pick<RoomState, 'people' | 'focus' | 'fullLinks' | 'gaveWay'>;

function boundedMembers({ people, focus, fullLinks, gaveWay }: RoomState): Members {
  return {
    ...(fullLinks && { fullLinks: firstIds(fullLinks, LIMITS.invites) }),
    ...(gaveWay && { gaveWay: firstIds(gaveWay, LIMITS.gaveWay) }),
    people: people.slice(0, LIMITS.members).map((person) => cutTexts(person, PERSON)),
    focus: { ...focus, queue: focus.queue.slice(0, LIMITS.controlQueue) },
  };
}

function firstIds(ids: readonly string[], most: number): string[] {
  return ids.filter((id) => id.length <= ID_CHARS).slice(0, most);
}

function boundedSummary(summary: SessionSummary): SessionSummary {
  const { problem, waitingCause, wait, can, queueHold, tasks, others } = summary;
  return {
    ...cutTexts(summary, SUMMARY),
    ...(problem && { problem: boundedProblem(problem) }),
    ...(wait && { wait: cutTexts(wait, WAIT) }),
    ...(waitingCause && { waitingCause: cutTexts(waitingCause, CAUSE) }),
    ...(queueHold && { queueHold: boundedHold(queueHold) }),
    ...(tasks && {
      tasks: tasks.slice(0, LIMITS.backgroundTasks).map((task) => cutTexts(task, TASK)),
    }),
    ...(others && { others: boundedOthers(others) }),
    ...(can && {
      can: can.slice(0, capabilitySchema.options.length).map((one) => jsonCut(one, WORD_BYTES)),
    }),
  };
}

function boundedOthers(others: Others, most: number = LIMITS.writers): Others {
  const writers = others.writers.slice(0, most).map((writer) => cutTexts(writer, WRITER));
  const writersMore = others.writers.length - writers.length + (others.writersMore ?? 0);
  return { ...cutTexts(others, OTHERS), writers, ...(writersMore > 0 && { writersMore }) };
}

/** What it can be translated by goes before any of its text does. */
function boundedProblem(problem: Problem): Problem {
  const { said, ...texts } = cutTexts(problem, PROBLEM);
  return said === undefined || jsonBytes(said) > SAID_BYTES ? texts : { ...texts, said };
}

function boundedSharing(sharing: Sharing): Sharing {
  return { ...cutTexts(sharing, SHARING), invites: sharing.invites.slice(0, LIMITS.invites) };
}

/** [G6] Work that is not named is counted. */
function boundedReplacement(whole: Replacement): Replacement {
  const { tasks = [], tasksMore = 0 } = whole;
  const named = tasks.slice(0, LIMITS.backgroundTasks).map((task) => cutTexts(task, TASK));
  const more = tasksMore + tasks.length - named.length;
  return {
    ...cutTexts(whole, REPLACEMENT),
    ...(whole.tasks && { tasks: named }),
    ...(more > 0 && { tasksMore: more }),
  };
}

function boundedQueued(queued: Queued): Queued {
  return { ...cutTexts(queued, QUEUED), author: cutTexts(queued.author, PERSON) };
}

function boundedHold(hold: QueueHold): QueueHold {
  return { ...cutTexts(hold, HOLD), ...(hold.by && { by: cutTexts(hold.by, PERSON) }) };
}

/** The oldest requests that fit; one whose id takes the room of many does not keep the others out. */
function firstRequests(all: readonly Pending[]): Pending[] {
  const first: Pending[] = [];
  let left = REQUEST_ROWS_BYTES;
  for (const request of all) {
    if (first.length === LIMITS.requests) break;
    const bytes = jsonBytes({ ...request, tool: '' }) + 1;
    if (bytes > left) continue;
    left -= bytes;
    first.push(cutTexts(request, REQUEST));
  }
  return first;
}

/** A copy whose named texts are cut to their bounds. */
function cutTexts<T extends object>(value: T, bounds: TextBounds): T {
  const copy = { ...value };
  for (const [key, maxBytes] of Object.entries(bounds)) {
    const text: unknown = Reflect.get(copy, key);
    if (typeof text === 'string') Reflect.set(copy, key, jsonCut(text, maxBytes));
  }
  return copy;
}

function over(count: number, max: number, words: (left: number) => Words): readonly Words[] {
  return count > max ? [words(count - max)] : [];
}

/** What was left out is said in the state itself, unless another problem stands there. */
function said(state: RoomState, [first, ...more]: readonly Words[]): BoundedState {
  if (first === undefined) return { state, leftOut: undefined };
  const leftOut = [first, ...more].map((part) => spoken(part)).join(', ');
  const problem = stateTooLarge([first, ...more]);
  return {
    leftOut,
    state:
      state.kind === 'session'
        ? { ...state, session: { problem, ...state.session } }
        : { ...state, computer: { problem, ...state.computer } },
  };
}

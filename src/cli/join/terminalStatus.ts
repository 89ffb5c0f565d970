// What a terminal says about a room: how true the picture is, who has control, who waits for what.
import {
  controlHolder,
  type FactSource,
  may,
  mayGiveControl,
  memberName,
} from '../../client/rooms/sessionFacts.ts';
import { authorName } from '../../client/standing/peopleWords.ts';
import { taskCount } from '../../client/standing/taskWords.ts';
import { maySetFolder } from '../../client/standing/folderGone.ts';
import {
  maySettle,
  othersDetail,
  othersHead,
  waitsForTasks,
  writersChoices,
} from '../../client/standing/othersWords.ts';
import type { Standing } from '../../client/standing/standing.ts';
import { holdText as holdWords } from '../../client/standing/holdWords.ts';
import { connectionText, holderText as holderWords } from '../../client/standing/standingWords.ts';
import { timeOfDay, waitOutlook, waitReason } from '../../client/standing/waitWords.ts';
import { untranslated } from '../../client/translate.ts';
import { queueWaitOf, requestKindOf, roleOf, unknownStatus } from '../../protocol/openValues.ts';
import type { Role } from '../../protocol/role.ts';
import type { Others, Person, Queued, RoomState, SessionState } from '../../protocol/state.ts';
import type { RoomView, Truth } from '../../session/view.ts';
import { oneLine } from '../io.ts';

/** [P6] The host is there, and what it writes cannot be read here yet. */
export const LOCKED =
  'sharing was stopped, and the new key of this session has not come yet: nothing new is shown and nothing is sent until then';

/** A sentence about how true the picture is; empty for what needs none. */
export function truthText(truth: Truth, stands: Standing): string {
  switch (truth.kind) {
    case 'connecting':
    case 'live':
      return '';
    case 'unconfirmed':
      return truth.locked === true
        ? LOCKED
        : 'connected; the host has not confirmed yet that it sees you';
    case 'behind':
      return `${connectionText(stands, untranslated) ?? ''}; what you see is old`;
    case 'host-offline':
      return 'the computer of this session is offline; this is what was last seen';
    case 'relay-offline':
      return `the relay cannot be reached (${oneLine(truth.reason)}); trying again`;
    case 'over':
      return oneLine(truth.error.message);
  }
}

/** Who has control now; empty where that is not known, or over. */
export function holderText(
  state: RoomState,
  view: Pick<RoomView, 'member' | 'window'>,
  { control, controlAsOf }: Standing,
): string {
  if (controlAsOf !== 'now') return '';
  switch (control.kind) {
    case 'mine':
      return 'you have control';
    case 'mine-elsewhere':
      return 'another window of yours has control: typing moves it';
    case 'free':
      return 'nobody has control: what you type takes it';
    case 'other':
      return `${oneLine(control.name)} has control`;
    case 'watching': {
      const holder = controlHolder(state, view);
      return holder.kind === 'other' ? `${oneLine(holder.name)} has control` : 'nobody has control';
    }
  }
}

/** What a change of one's own role means. */
export function roleText(role: Role): string {
  return role === 'viewer'
    ? 'you are viewer now: you watch'
    : `you are ${role} now: what you type is sent as a prompt while you have control`;
}

/** What needs somebody's attention; empty if nothing does, or if it is not known whether it still does. */
export function statusText(
  state: RoomState,
  view: FactSource,
  stands: Standing,
  now?: number,
): string {
  if (state.kind !== 'session') return '';
  const { problem, status } = state.session;
  if (problem) {
    const how = maySetFolder(state.session, view.me) ? ' /folder PATH' : '';
    return oneLine(`${problem.happened} ${problem.remedy ?? ''}${how}`);
  }
  if (stands.activity?.status === 'ended') return 'the session has ended';
  if (!stands.isPresent) return '';
  const isOwner = view.me !== undefined && roleOf(view.me.role) === 'owner';
  const others = state.focus.queue.map(({ member }) => member).filter((one) => one !== view.member);
  const [first] = others;
  const waiting = pendingText(state, view);
  const asking = [...new Set(others)]
    .map((member) => oneLine(memberName(state, member)))
    .join(', ');
  const word = unknownStatus(status);
  const waits = waitLine(stands, now);
  const texts = [
    othersLine(state, view),
    word === undefined ? '' : `the session is in the state “${oneLine(word)}”`,
    waits,
    waiting,
    tasksText(state),
    holdText(state),
    first === undefined
      ? ''
      : `${asking} would like control${mayGiveControl(view) ? `: /give ${handleOf(state, first)}` : ''}`,
  ];
  const knocking = isOwner ? state.people.filter((person) => person.asksControl === true) : [];
  const [guest] = knocking;
  if (guest) {
    const names = knocking.map((person) => oneLine(person.name)).join(', ');
    texts.push(
      `${names} came to control and watches so far: /admit ${handleOf(state, guest.member)}`,
    );
  }
  return texts.filter(Boolean).join('; ');
}

/** What the agent waits for, without what changes every second: a line is written once. */
export function waitLine(stands: Standing, now: number | undefined): string {
  const reason = waitReason(stands, untranslated);
  if (reason === undefined || stands.wait?.asOf !== 'now') return '';
  const isLimit = stands.wait.attempt === undefined;
  const at = isLimit && now !== undefined ? timeOfDay(stands.wait.leftMs, { now }) : undefined;
  return [reason, waitOutlook(stands, at, untranslated)?.replace(/\.$/, '')]
    .filter(Boolean)
    .join('. ');
}

/** Who else is on the conversation, and how it is chosen what becomes of that. */
function othersLine({ session }: SessionState, { me }: FactSource): string {
  const { others } = session;
  if (others === undefined) return '';
  const mayChoose = maySettle(session, me);
  const anyway = waitsForTasks(session) ? ` /${others.choice ?? ''} --force ends it.` : '';
  const how = mayChoose ? `${anyway} ${othersVerbs(others)}` : '';
  return oneLine(`${othersText(session)}${how}`).trimEnd();
}

/** Who else is on the conversation, and what that means. */
export function othersText(session: SessionState['session']): string {
  const { others } = session;
  if (others === undefined) return '';
  return `${othersHead(others, untranslated)} ${othersDetail(session, untranslated)}`.trimEnd();
}

/** What an owner types. */
export function othersVerbs(others: Others): string {
  const verbs = writersChoices(others, untranslated).map(([choice]) => `/${choice}`);
  return `${verbs.slice(0, -1).join(', ')} or ${verbs.at(-1) ?? ''}`;
}

/** What waits for an answer that this person may give, and how it is given. */
function pendingText(state: SessionState, view: FactSource): string {
  const mayApprove = may(view, 'approve');
  const mayAnswer = mayApprove || may(view, 'prompt');
  const mine = state.pending
    .map((one, i) => ({ ...one, kind: requestKindOf(one.request), number: i + 1 }))
    .filter(({ kind }) => (kind === 'question' ? mayAnswer : mayApprove));
  const [only] = mine;
  if (only === undefined) return '';
  const ways = [
    mine.some(({ kind }) => kind === 'question') ? '/answer TEXT' : '',
    mine.some(({ kind }) => kind !== 'question' && kind !== 'unknown') ? '/allow or /deny' : '',
    mine.some(({ kind }) => kind === 'unknown') ? '/deny (this version does not know it)' : '',
  ];
  const how = ways.filter(Boolean).join(', ');
  if (state.pending.length === 1)
    return `this ${oneLine(only.request)} waits for an answer: ${how}`;
  const list = mine.map(
    ({ number, request, tool }) => `${number} ${oneLine(request)} ${oneLine(tool)}`,
  );
  return `these wait for an answer: ${list.join(', ')}: ${how} with the number`;
}

/** The prompts that wait, numbered as `/now N` and the like name them. */
export function queueLines(state: RoomState | undefined): readonly string[] {
  const queue = state?.kind === 'session' ? state.queue : [];
  if (queue.length === 0) return ['  nothing waits'];
  const rows = queue.map((item, i) => {
    const { text, author } = item;
    const words = `${authorName(author, untranslated)}: ${text}${queuedNote(item)}`;
    return `  ${i + 1}  ${oneLine(words)}`;
  });
  const hold = holdText(state);
  return hold === '' ? rows : [...rows, `  ${hold}`];
}

/** [G1] What runs in the background; empty if nothing does. */
export function tasksText(state: RoomState | undefined): string {
  if (state?.kind !== 'session' || state.session.tasks === undefined) return '';
  const names = state.session.tasks.map(({ title }, i) => `${i + 1} ${oneLine(title)}`);
  return `working in the background (${taskCount(state.session)}): ${names.join(', ')}; /stop-task N ends one`;
}

function queuedNote({ held, waits, images = 0, edited }: Queued): string {
  const isOfCrash = waits !== undefined && queueWaitOf(waits) === 'crash';
  const notes = [
    images > 0 && `${images} ${images === 1 ? 'picture' : 'pictures'}`,
    edited === true && 'edited by the owner',
    held === true &&
      (isOfCrash
        ? 'not run, its computer stopped: /unhold lets it run'
        : 'held: /unhold lets it run'),
    held !== true && waits === 'agent' && 'at the agent',
  ].filter((note) => note !== false);
  return notes.length === 0 ? '' : ` (${notes.join(', ')})`;
}

/** [Q5] [Q7] That what waits is held, why, and what can be done; empty if it is not. */
export function holdText(state: RoomState | undefined): string {
  if (state?.kind !== 'session') return '';
  const { queueHold, queued = 0 } = state.session;
  if (queueHold === undefined || queued === 0) return '';
  const words = oneLine(holdWords(queueHold, queued, untranslated)).replace(/\.$/, '');
  return `${words}. /go lets the queue go on, /clear empties it`;
}

/** A row of the list of people. */
export function personText(
  state: RoomState,
  person: Person,
  own: string,
  stands: Standing,
): string {
  const isHolder = state.focus.holder?.member === person.member;
  const isOwn = person.member === own;
  const notes = [
    isOwn ? 'you' : person.present ? '' : 'away',
    (isHolder && holderWords(stands, untranslated)) || '',
    person.asksControl === true ? 'waits for Allow control' : '',
    person.alike === true ? 'the name looks like another’s' : '',
  ];
  const text = `${person.name} (${person.device}) ${roleOf(person.role)}`;
  return oneLine([text, ...notes.filter(Boolean)].join(', '));
}

/** What a command calls a member: the name, or where two have the same one, the beginning of the id. */
function handleOf(state: RoomState, member: string): string {
  const name = oneLine(memberName(state, member));
  const same = state.people.filter((one) => oneLine(one.name).toLowerCase() === name.toLowerCase());
  return same.length === 1 ? name : member.slice(0, 6);
}

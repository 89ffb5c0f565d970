// From a room's view to what the panel's header and control bar show. Pure.
import type {
  PanelControl,
  PanelHeader,
  PanelPerson,
  PanelTruth,
} from '../../protocol/local/panel.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { canOf, isUnattended, roleOf, scopesOf, statusOf } from '../../protocol/openValues.ts';
import type { Person, SessionState } from '../../protocol/state.ts';
import type { RoomView, Truth } from '../../session/view.ts';
import type { Absence } from '../rooms/absence.ts';
import { type Standing, standing } from '../standing/standing.ts';
import { errorMessage, translatedProblem, type Translate } from '../translate.ts';
import {
  controlHolder,
  type FactSource,
  may,
  mayGiveControl,
  memberName,
  sessionState,
} from '../rooms/sessionFacts.ts';

/** The part of a view that the header is made from. */
export type HeaderSource = FactSource & Pick<RoomView, 'alarms'>;

/** Header of a room; `nowMs` is this device's monotonic clock. */
export function panelHeader(
  source: HeaderSource | Absence,
  nowMs: number,
  t: Translate,
): PanelHeader {
  if ('kind' in source) {
    return {
      truth: { kind: source.kind, ...(source.text === undefined ? {} : { text: source.text }) },
      people: [],
      control: { kind: 'watching', reason: 'joining' },
      controlRequests: [],
      pending: [],
      canAnswer: false,
      canInterrupt: false,
      queue: [],
      alarms: [],
    };
  }
  const state = sessionState(source);
  const people = state ? state.people.map((person) => panelPerson(person, source, state)) : [];
  const me = people.find((person) => person.isMe);
  const isLost = isOver(source);
  return {
    ...(state ? { session: state.session } : {}),
    truth: panelTruth(source.truth, nowMs, t),
    ...omitUndefined({ hostNow: source.hostNow }),
    people: isLost ? people.map((person) => ({ ...person, hasControl: false })) : people,
    control: panelControl(source),
    controlRequests: isLost ? [] : controlRequests(source),
    ...(me ? { me } : {}),
    // Nobody's answer would reach what has ended.
    pending: state && !isLost ? [...state.pending] : [],
    canAnswer: may(source, 'approve'),
    canInterrupt: may(source, 'interrupt'),
    queue: state ? [...state.queue] : [],
    ...(state?.queueMore === undefined ? {} : { queueMore: state.queueMore }),
    ...(state?.sharing ? { sharing: state.sharing } : {}),
    ...(state?.fullLinks && me?.role === 'owner' ? { fullLinks: state.fullLinks.length } : {}),
    ...(state?.session.problem ? { problem: translatedProblem(state.session.problem, t) } : {}),
    alarms: source.alarms.map(({ kind, words }) => ({ kind, text: errorMessage({ words }, t) })),
  };
}

/** The session, or the way to it, has ended: nobody has control, and nothing waits. */
function isOver(source: FactSource): boolean {
  const state = sessionState(source);
  const isEnded = state !== undefined && statusOf(state.session.status) === 'ended';
  return isEnded || source.truth.kind === 'over';
}

/** Who has control, and what this window may do about it. */
export function panelControl(source: FactSource): PanelControl {
  const { me, member } = source;
  const state = sessionState(source);
  if (source.truth.kind === 'over' && state) return { kind: 'watching', reason: 'ended' };
  if (!state || !me) return { kind: 'watching', reason: 'joining' };
  if (isOver(source)) {
    return { kind: 'watching', reason: 'ended' };
  }
  if (!canOf(state.session, 'prompt')) {
    return { kind: 'watching', reason: 'read-only' };
  }
  const role = roleOf(me.role);
  if (me.asksControl === true && role === 'viewer') {
    return { kind: 'watching', reason: 'asked' };
  }
  if (!may(source, 'prompt')) return { kind: 'watching', reason: 'viewer' };
  if (role !== 'owner' && isUnattended(state.session)) {
    return { kind: 'watching', reason: 'suspended' };
  }
  const holder = controlHolder(state, source);
  if (holder.kind === 'nobody') return { kind: 'free' };
  if (holder.kind === 'me') return { kind: holder.isThisWindow ? 'mine' : 'mine-elsewhere' };
  const place = state.focus.queue.findIndex((waiting) => waiting.member === member) + 1;
  return {
    kind: 'other',
    name: holder.name,
    place,
    canRequest: place === 0,
    canTake: role === 'owner',
  };
}

/** How a room stands, as every place says it; `nowMs` is this device's monotonic clock. */
export function viewStanding(source: FactSource, nowMs: number, t: Translate): Standing {
  const session = sessionState(source)?.session;
  const { me } = source;
  return standing({
    truth: panelTruth(source.truth, nowMs, t),
    control: panelControl(source),
    ...omitUndefined({ hostNow: source.hostNow }),
    ...(session && { session }),
    ...(me && { me: { role: roleOf(me.role) } }),
  });
}

/** Windows of others that ask for control, if this member may give it. */
export function controlRequests(source: FactSource): PanelHeader['controlRequests'] {
  const state = sessionState(source);
  if (!state || !mayGiveControl(source)) return [];
  return state.focus.queue
    .filter((waiting) => waiting.member !== source.member)
    .map(({ member, window }) => ({ member, window, name: memberName(state, member) }));
}

/** How true the picture is, with its age now. */
export function panelTruth(truth: Truth, nowMs: number, t: Translate): PanelTruth {
  switch (truth.kind) {
    case 'connecting':
      return { kind: 'connecting' };
    case 'unconfirmed':
      return truth.locked === true
        ? { kind: 'unconfirmed', text: lockedText(t) }
        : { kind: 'unconfirmed' };
    case 'live':
      return { kind: 'live', ageMs: nowMs - truth.lastBeatAt };
    case 'behind': {
      const { missing, lateMs, lastBeatAt } = truth;
      return { kind: 'behind', ...age(lastBeatAt, nowMs), ...omitUndefined({ missing, lateMs }) };
    }
    case 'host-offline':
      return { kind: 'host-offline', ...age(truth.lastBeatAt, nowMs) };
    case 'relay-offline':
      return { kind: 'relay-offline', ...age(truth.lastBeatAt, nowMs), text: truth.reason };
    case 'over':
      return { kind: 'over', text: errorMessage(truth.error, t) };
  }
}

/** [P6] The computer is there, and what it writes cannot be read here yet. */
function lockedText(t: Translate): string {
  return t(
    'Sharing was stopped, and the new key of this session has not come yet. It is asked for by itself; until then nothing new is shown and nothing is sent.',
  );
}

function age(lastBeatAt: number | undefined, nowMs: number): { readonly ageMs?: number } {
  return lastBeatAt === undefined ? {} : { ageMs: nowMs - lastBeatAt };
}

function panelPerson(person: Person, source: FactSource, state: SessionState): PanelPerson {
  const { member } = person;
  return {
    member,
    name: person.name,
    device: person.device,
    role: roleOf(person.role),
    scopes: [...scopesOf(person.scopes)],
    present: person.present,
    isMe: member === source.member,
    hasControl: state.focus.holder?.member === member,
    asksControl: person.asksControl === true,
    ...(person.alike === true ? { alike: true } : {}),
  };
}

// From a room's view to what the panel's header and control bar show. Pure.
import type { PanelControl, PanelHeader, PanelPerson, PanelTruth } from '../../protocol/panel.ts';
import type { Person, Scope, SessionState } from '../../protocol/state.ts';
import type { RoomView, Truth } from '../../session/view.ts';

/** The part of a view that the header is made from. */
export type HeaderSource = Pick<
  RoomView,
  'member' | 'window' | 'truth' | 'state' | 'me' | 'alarms'
>;

/** What is shown before there is a view: still looking, or the reason why there is none. */
export interface Absence {
  readonly kind: 'connecting' | 'host-offline' | 'over';
  readonly text?: string;
}

/** Header of a room; `nowMs` is this device's monotonic clock. */
export function panelHeader(source: HeaderSource | Absence, nowMs: number): PanelHeader {
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
  return {
    ...(state ? { session: state.session } : {}),
    truth: panelTruth(source.truth, nowMs),
    people,
    control: panelControl(source),
    controlRequests: controlRequests(source),
    ...(me ? { me } : {}),
    pending: state ? [...state.pending] : [],
    canAnswer: may(source, 'approve'),
    canInterrupt: may(source, 'interrupt'),
    queue: state ? [...state.queue] : [],
    ...(state?.sharing ? { sharing: state.sharing } : {}),
    ...(state?.session.problem ? { problem: state.session.problem } : {}),
    alarms: source.alarms.map(({ kind, text }) => ({ kind, text })),
  };
}

/** State of a session room; undefined before it arrived, or in a machine room. */
export function sessionState(source: Pick<RoomView, 'state'>): SessionState | undefined {
  return source.state?.kind === 'session' ? source.state : undefined;
}

/** Whether this member may do what a scope names, in this session, now. */
export function may(source: HeaderSource, scope: Scope): boolean {
  const state = sessionState(source);
  const { me } = source;
  if (!state || !me || source.truth.kind === 'over') return false;
  if (state.session.source === 'observed' || state.session.status === 'ended') return false;
  if (me.role === 'owner') return true;
  return me.role === 'controller' && me.scopes.includes(scope);
}

/** Who has control, and what this window may do about it. */
export function panelControl(source: HeaderSource): PanelControl {
  const { me, member } = source;
  const state = sessionState(source);
  if (!state || !me) return { kind: 'watching', reason: 'joining' };
  if (source.truth.kind === 'over' || state.session.status === 'ended') {
    return { kind: 'watching', reason: 'ended' };
  }
  if (state.session.source === 'observed') return { kind: 'watching', reason: 'read-only' };
  if (me.asksControl === true && me.role === 'viewer') {
    return { kind: 'watching', reason: 'asked' };
  }
  if (!may(source, 'prompt')) return { kind: 'watching', reason: 'viewer' };
  const { holder, queue } = state.focus;
  if (!holder) return { kind: 'free' };
  if (holder.member === member) {
    return { kind: holder.window === source.window ? 'mine' : 'mine-elsewhere' };
  }
  const place = queue.findIndex((waiting) => waiting.member === member) + 1;
  return {
    kind: 'other',
    name: nameOf(state, holder.member),
    place,
    canRequest: place === 0,
    canTake: me.role === 'owner',
  };
}

/** Windows of others that ask for control, if this member may give it. */
export function controlRequests(source: HeaderSource): PanelHeader['controlRequests'] {
  const state = sessionState(source);
  if (!state || !source.me) return [];
  const isHolder = state.focus.holder?.member === source.member;
  if (!isHolder && source.me.role !== 'owner') return [];
  return state.focus.queue
    .filter((waiting) => waiting.member !== source.member)
    .map(({ member, window }) => ({ member, window, name: nameOf(state, member) }));
}

/** Name of a member as the roster has it; a short id if it has left. */
export function nameOf(state: SessionState, member: string): string {
  return state.people.find((person) => person.member === member)?.name ?? member.slice(0, 6);
}

/** How true the picture is, with its age now. */
export function panelTruth(truth: Truth, nowMs: number): PanelTruth {
  switch (truth.kind) {
    case 'connecting':
    case 'unconfirmed':
      return { kind: truth.kind };
    case 'live':
      return { kind: 'live', ageMs: nowMs - truth.lastBeatAt };
    case 'host-offline':
      return { kind: 'host-offline', ...age(truth.lastBeatAt, nowMs) };
    case 'relay-offline':
      return { kind: 'relay-offline', ...age(truth.lastBeatAt, nowMs), text: truth.reason };
    case 'over':
      return { kind: 'over', text: truth.error.message };
  }
}

function age(lastBeatAt: number | undefined, nowMs: number): { readonly ageMs?: number } {
  return lastBeatAt === undefined ? {} : { ageMs: nowMs - lastBeatAt };
}

function panelPerson(person: Person, source: HeaderSource, state: SessionState): PanelPerson {
  const { member } = person;
  return {
    member,
    name: person.name,
    device: person.device,
    role: person.role,
    scopes: [...person.scopes],
    present: person.present,
    isMe: member === source.member,
    hasControl: state.focus.holder?.member === member,
    asksControl: person.asksControl === true,
  };
}

// What a joined room says of its session: its state, who has control, who may do what, who is called how. Pure.
import { canOf, roleOf, scopesOf, statusOf } from '../../protocol/openValues.ts';
import type {
  Capability,
  MachineState,
  RoomState,
  Scope,
  SessionState,
} from '../../protocol/state.ts';
import type { Entry } from '../../protocol/transcript.ts';
import type { RoomView } from '../../session/view.ts';

/** The part of a view that facts are read from. */
export type FactSource = Pick<RoomView, 'member' | 'window' | 'truth' | 'state' | 'me' | 'hostNow'>;

/** State of a session room; undefined before it arrived, or in a machine room. */
export function sessionState(source: Pick<RoomView, 'state'>): SessionState | undefined {
  return source.state?.kind === 'session' ? source.state : undefined;
}

/** State of a machine room; undefined before it arrived, or in a session room. */
export function machineState(source: Pick<RoomView, 'state'>): MachineState | undefined {
  return source.state?.kind === 'machine' ? source.state : undefined;
}

/** Who has control: nobody, a window of this member (this one or another), or somebody else. */
export type ControlHolder =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'me'; readonly isThisWindow: boolean }
  | { readonly kind: 'other'; readonly name: string };

/** Who has control as this window sees it. */
export function controlHolder(
  state: Pick<RoomState, 'focus' | 'people'>,
  own: Pick<RoomView, 'member' | 'window'>,
): ControlHolder {
  const { holder } = state.focus;
  if (!holder) return { kind: 'nobody' };
  if (holder.member !== own.member) {
    return { kind: 'other', name: memberName(state, holder.member) };
  }
  return { kind: 'me', isThisWindow: holder.window === own.window };
}

/** What a session must be able to take for a right to mean anything. */
const NEEDS: Readonly<Record<Scope, Capability>> = {
  prompt: 'prompt',
  interrupt: 'interrupt',
  approve: 'answer',
  mode: 'prompt',
};

/** Whether this member may do what a scope names, in this session, now. */
export function may(source: FactSource, scope: Scope): boolean {
  const state = sessionState(source);
  const { me } = source;
  if (!state || !me || source.truth.kind === 'over') return false;
  if (!canOf(state.session, NEEDS[scope]) || statusOf(state.session.status) === 'ended')
    return false;
  const role = roleOf(me.role);
  return role === 'owner' || (role === 'controller' && scopesOf(me.scopes).includes(scope));
}

/** Whether this member may give control to who asks for it: its holder, or an owner. */
export function mayGiveControl(source: Pick<RoomView, 'member' | 'state' | 'me'>): boolean {
  const { state, me, member } = source;
  if (!state || !me) return false;
  return roleOf(me.role) === 'owner' || state.focus.holder?.member === member;
}

/** Name of a member as the roster has it; a short id if it has left. */
export function memberName(state: Pick<RoomState, 'people'>, member: string): string {
  return state.people.find((person) => person.member === member)?.name ?? member.slice(0, 6);
}

/** [R18] Blob of what a command printed for owners alone, if this member is one; undefined for any other entry. */
export function ownOutputOf(entry: Entry, { me }: Pick<RoomView, 'me'>): string | undefined {
  if (entry.kind !== 'command' || entry.ownerOnly !== true) return undefined;
  return me !== undefined && roleOf(me.role) === 'owner' ? entry.cut?.blob : undefined;
}

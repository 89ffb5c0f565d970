// The state as a last resort: who is there and who has control, without anything whose size is not known.
import type {
  MachineState,
  Person,
  RoomState,
  SessionState,
  WindowRef,
} from '../../protocol/state.ts';

/** Only members that are bounded by name; lists are left out and counted. It fits whatever else the state held. */
export function bareState(state: RoomState): RoomState {
  return state.kind === 'session' ? bareSession(state) : bareMachine(state);
}

function bareSession(state: SessionState): SessionState {
  const { id, title, source, status, computer, cwd, project, agent } = state.session;
  const { startedAt, lastActivityAt } = state.session;
  const facts = { id, title, source, status, computer, cwd, project, agent };
  return {
    kind: 'session',
    ...bareMembers(state),
    session: { ...facts, startedAt, lastActivityAt },
    pending: [],
    pendingMore: state.pending.length + (state.pendingMore ?? 0),
    queue: [],
    queueMore: state.queue.length + (state.queueMore ?? 0),
  };
}

function bareMachine(state: MachineState): MachineState {
  const { name, platform, version, agent } = state.computer;
  return {
    kind: 'machine',
    ...bareMembers(state),
    computer: { name, platform, version, agent },
    sessions: [],
    more: state.sessions.length + (state.more ?? 0),
  };
}

function bareMembers({ rev, at, asOf, first, people, focus }: RoomState) {
  const { fence, holder } = focus;
  return {
    rev,
    at,
    asOf: { index: asOf.index, hash: asOf.hash },
    first,
    people: people.map(barePerson),
    focus: {
      fence,
      ...(holder && { holder: { ...bareWindow(holder), since: holder.since } }),
      queue: [],
    },
  };
}

function barePerson(person: Person): Person {
  const { member, key, name, device, role, scopes, asksControl, since, notAfter, present } = person;
  return {
    ...{ member, key, name, device, role, scopes, since, present },
    ...(asksControl === undefined ? {} : { asksControl }),
    ...(notAfter === undefined ? {} : { notAfter }),
  };
}

function bareWindow({ member, window }: WindowRef): { member: string; window: string } {
  return { member, window };
}

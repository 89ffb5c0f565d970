// Which notifications are due: only news, each once, and only if nobody is looking at it. Pure.
import type { SessionSummary } from '../../protocol/state.ts';
import type { PanelHeader } from '../../protocol/local/panel.ts';
import { refKey, type SessionRef } from '../rooms/sessionRef.ts';

/** A session as the rules look at it. */
export interface WatchedSession {
  readonly ref: SessionRef;
  readonly title: string;
  /** Its panel is open in this window. */
  readonly isOpenHere: boolean;
  /** Its panel is visible in a focused window. */
  readonly isLookedAt: boolean;
  /** It belongs to this window: its panel is open or it runs in a folder of the workspace. */
  readonly isOfThisWindow: boolean;
  /** It runs in the background service of this computer: no terminal shows it. */
  readonly isHosted: boolean;
  /** Decisions that wait for this person: their ids, or `countedDecisions` where only a number is known. */
  readonly decisions: readonly string[];
  readonly waitingFor?: string | undefined;
  /** [Z7] What its owner has to do, in words, apart from decisions. */
  readonly need?: string | undefined;
  /** The guest's prompt for which it waits. */
  readonly waitingCause?: SessionSummary['waitingCause'];
  /** [G1] In a turn, or behind it: finished is what has nothing left to do. */
  readonly isWorking: boolean;
  readonly isEnded: boolean;
  /** What happened, if it ended by something going wrong. */
  readonly problem?: string | undefined;
  /** The usage limit that it has reached, in words. */
  readonly limit?: string | undefined;
  readonly isLost: boolean;
  /** People who wait to be allowed control, if this member may allow it. */
  readonly knocks: readonly { readonly member: string; readonly name: string }[];
  /** Windows that ask for control, if this member may give it. */
  readonly requests: PanelHeader['controlRequests'];
}

/** A notification that is due. */
export type Notice = { readonly ref: SessionRef; readonly title: string } & (
  | { readonly kind: 'knock'; readonly member: string; readonly name: string }
  | {
      readonly kind: 'controlRequest';
      readonly member: string;
      readonly window: string;
      readonly name: string;
    }
  | ({ readonly kind: 'waiting' } & Pick<WatchedSession, 'waitingFor' | 'waitingCause'>)
  | {
      readonly kind: 'turnEnded';
      /** The session ended with it. */
      readonly isEnded: boolean;
      readonly problem?: string | undefined;
      /** It stopped at this limit. */
      readonly limit?: string | undefined;
    }
  | { readonly kind: 'hostLost' }
);

/** Remembers what was told. */
export class NoticeRules {
  private readonly before = new Map<string, WatchedSession>();
  private told = new Set<string>();

  /** Notifications that are due now. */
  next(sessions: readonly WatchedSession[], isFocused: boolean): readonly Notice[] {
    const notices = sessions.flatMap((session) => [
      ...this.changes(session, isFocused),
      ...this.people(session, isFocused),
    ]);
    // Who went away and comes again is told again.
    const there = new Set(sessions.flatMap((session) => personKeys(session)));
    this.told = new Set([...this.told].filter((key) => there.has(key)));
    this.before.clear();
    for (const session of sessions) this.before.set(refKey(session.ref), session);
    return notices;
  }

  private changes(session: WatchedSession, isFocused: boolean): readonly Notice[] {
    const { ref, title, isEnded, problem, limit } = session;
    const before = this.before.get(refKey(ref));
    if (!before || session.isLookedAt) return [];
    const notices: Notice[] = [];
    // A decision of no window's session is told where the person is.
    const isTold = session.isOfThisWindow || (session.isHosted && isFocused);
    if (isTold && hasNew(session.decisions, before.decisions)) {
      const { waitingFor, waitingCause } = session;
      notices.push({ kind: 'waiting', ref, title, waitingFor, waitingCause });
    }
    if (isTold && session.need !== undefined && before.need === undefined) {
      notices.push({ kind: 'waiting', ref, title, waitingFor: session.need });
    }
    // A turn may end right after its decision was made elsewhere, without being seen at work again.
    const hadTurn = before.isWorking || before.decisions.length > 0;
    const hasTurn = session.isWorking || session.decisions.length > 0;
    if (hadTurn && !hasTurn && !session.isLost && session.isOfThisWindow) {
      notices.push({ kind: 'turnEnded', ref, title, isEnded, problem, limit });
    }
    if (session.isLost && !before.isLost && session.isOpenHere) {
      notices.push({ kind: 'hostLost', ref, title });
    }
    return notices;
  }

  private people(session: WatchedSession, isFocused: boolean): readonly Notice[] {
    const { ref, title } = session;
    // The panel that is looked at asks by itself, and a notification would cover its buttons.
    if (session.isLookedAt || (!isFocused && !session.isOpenHere)) return [];
    const knocks = session.knocks
      .filter(({ member }) => this.tell(`${refKey(ref)} knock ${member}`))
      .map(({ member, name }) => ({ kind: 'knock' as const, ref, title, member, name }));
    const requests = session.requests
      .filter(({ member, window }) => this.tell(`${refKey(ref)} request ${member} ${window}`))
      .map((request) => ({ kind: 'controlRequest' as const, ref, title, ...request }));
    return [...knocks, ...requests];
  }

  private tell(key: string): boolean {
    if (this.told.has(key)) return false;
    this.told.add(key);
    return true;
  }
}

const COUNTED = '#';

/** Stand-ins for the ids of decisions of which only the number is known. */
export function countedDecisions(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${COUNTED}${i}`);
}

function hasNew(decisions: readonly string[], before: readonly string[]): boolean {
  // Ids that take the place of a number, or the other way round, are no news.
  const isCounted = (ids: readonly string[]): boolean => ids[0]?.startsWith(COUNTED) === true;
  if (before.length > 0 && isCounted(decisions) !== isCounted(before)) return false;
  return decisions.some((id) => !before.includes(id));
}

function personKeys(session: WatchedSession): readonly string[] {
  const key = refKey(session.ref);
  return [
    ...session.knocks.map(({ member }) => `${key} knock ${member}`),
    ...session.requests.map(({ member, window }) => `${key} request ${member} ${window}`),
  ];
}

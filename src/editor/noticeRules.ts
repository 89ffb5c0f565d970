// Which notifications are due: only news, each once, and only if nobody is looking at it. Pure.
import type { PanelHeader } from '../protocol/panel.ts';
import { refKey, type SessionRef } from './sessionRef.ts';

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
  readonly waits: boolean;
  readonly waitingFor?: string | undefined;
  readonly isWorking: boolean;
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
  | { readonly kind: 'waiting'; readonly waitingFor?: string | undefined }
  | { readonly kind: 'turnEnded' }
  | { readonly kind: 'hostLost' }
);

/** Remembers what was told. */
export class NoticeRules {
  private readonly before = new Map<string, WatchedSession>();
  private told = new Set<string>();

  /** Notifications that are due now. */
  next(sessions: readonly WatchedSession[], isFocused: boolean): readonly Notice[] {
    const notices = sessions.flatMap((session) => [
      ...this.changes(session),
      ...this.people(session, isFocused),
    ]);
    // Who went away and comes again is told again.
    const there = new Set(sessions.flatMap((session) => personKeys(session)));
    this.told = new Set([...this.told].filter((key) => there.has(key)));
    this.before.clear();
    for (const session of sessions) this.before.set(refKey(session.ref), session);
    return notices;
  }

  private changes(session: WatchedSession): readonly Notice[] {
    const { ref, title } = session;
    const before = this.before.get(refKey(ref));
    if (!before || session.isLookedAt) return [];
    const notices: Notice[] = [];
    if (session.waits && !before.waits && session.isOfThisWindow) {
      notices.push({ kind: 'waiting', ref, title, waitingFor: session.waitingFor });
    }
    const hasEndedTurn = before.isWorking && !session.isWorking && !session.waits;
    if (hasEndedTurn && !session.isLost && session.isOpenHere) {
      notices.push({ kind: 'turnEnded', ref, title });
    }
    if (session.isLost && !before.isLost && session.isOpenHere) {
      notices.push({ kind: 'hostLost', ref, title });
    }
    return notices;
  }

  private people(session: WatchedSession, isFocused: boolean): readonly Notice[] {
    const { ref, title } = session;
    if (!isFocused && !session.isOpenHere) return [];
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

function personKeys(session: WatchedSession): readonly string[] {
  const key = refKey(session.ref);
  return [
    ...session.knocks.map(({ member }) => `${key} knock ${member}`),
    ...session.requests.map(({ member, window }) => `${key} request ${member} ${window}`),
  ];
}

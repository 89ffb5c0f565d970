// How a session stands, for every place that says something of it: one value from connection, status, control and role. Pure.
import { statusOf, unknownStatus } from '../../protocol/openValues.ts';
import type { PanelControl, PanelHeader, PanelTruth } from '../../protocol/local/panel.ts';
import type { Role } from '../../protocol/role.ts';
import type { SessionStatus, SessionSummary } from '../../protocol/state.ts';
import type { Wait } from '../../protocol/wait.ts';

/** The part of a header that this is made from. */
export type StandingSource = Pick<PanelHeader, 'truth' | 'control' | 'hostNow'> & {
  readonly session?: Pick<SessionSummary, 'status' | 'computer' | 'wait'> | undefined;
  readonly me?: { readonly role: Role } | undefined;
};

/** What is known of the connection; the last is what a page knows alone. */
export type Connection = PanelTruth['kind'] | 'no-extension';

/** `now`: so it is. `then`: so it was when last seen. `for-good`: nothing follows by itself. */
export type AsOf = 'now' | 'then' | 'for-good';

/** What the session does, with its own word if this version does not know it. */
export interface Activity {
  readonly status: SessionStatus;
  readonly unknown?: string;
  readonly asOf: AsOf;
}

/** What the agent waits for, by the reader's time. */
export interface StandingWait extends Pick<Wait, 'why' | 'limit' | 'attempt' | 'maxAttempts'> {
  readonly asOf: AsOf;
  /** Until it is over, or tried again: 0 where that is due; absent where it is not known. */
  readonly leftMs?: number;
  /** Since when. */
  readonly forMs?: number;
}

/** Everything that a place may say of a session beside its facts. */
export interface Standing {
  readonly connection: Connection;
  /** Ms since the computer's last sign of life. */
  readonly seenMs?: number;
  readonly computer?: string;
  /** Entries that are held back, and by how much what comes is late, in ms; of `behind`. */
  readonly missing?: number;
  readonly lateMs?: number;
  /** What is seen is how it is now. */
  readonly isPresent: boolean;
  /** What is asked for would arrive now. */
  readonly isReachable: boolean;
  /** Undefined until the first state came. */
  readonly activity?: Activity;
  /** What has ended waits for nothing. */
  readonly wait?: StandingWait;
  readonly control: PanelControl;
  /** Whether control is as it was when last seen. */
  readonly controlAsOf: AsOf;
  readonly role?: Role;
}

/** Where what is asked for arrives. */
const REACHABLE: ReadonlySet<Connection> = new Set(['live', 'unconfirmed', 'behind']);

/** `sinceMs`: time since the header was made; `isConnected`: false in a page whose extension does not answer. */
export function standing(
  source: StandingSource,
  {
    sinceMs = 0,
    isConnected = true,
  }: { readonly sinceMs?: number; readonly isConnected?: boolean } = {},
): Standing {
  const { truth, session, control, me, hostNow } = source;
  const connection = isConnected ? truth.kind : 'no-extension';
  const isPresent = connection === 'live';
  const isEnded = session !== undefined && statusOf(session.status) === 'ended';
  const isOver = isEnded || connection === 'over';
  return {
    connection,
    isPresent,
    isReachable: REACHABLE.has(connection),
    control: isOver ? { kind: 'watching', reason: 'ended' } : control,
    controlAsOf: asOf(isPresent, isOver),
    ...(session && {
      activity: activityOf(session.status, asOf(isPresent, isEnded)),
      computer: session.computer,
    }),
    ...(session?.wait &&
      !isOver && {
        wait: waitOf(session.wait, asOf(isPresent, false), hostNow && hostNow + sinceMs),
      }),
    ...(truth.ageMs !== undefined && { seenMs: truth.ageMs + sinceMs }),
    ...(connection === 'behind' && truth.missing !== undefined && { missing: truth.missing }),
    ...(connection === 'behind' && truth.lateMs !== undefined && { lateMs: truth.lateMs }),
    ...(me && { role: me.role }),
  };
}

/** Whether the session, or the way to it, has ended: nobody has control of it. */
export function isOver({ activity, connection }: Standing): boolean {
  return connection === 'over' || activity?.status === 'ended';
}

function asOf(isPresent: boolean, isForGood: boolean): AsOf {
  if (isForGood) return 'for-good';
  return isPresent ? 'now' : 'then';
}

function waitOf(
  { why, limit, attempt, maxAttempts, since, until }: Wait,
  asOf: AsOf,
  hostNow: number | undefined,
): StandingWait {
  return {
    ...{ why, asOf },
    ...(limit !== undefined && { limit }),
    ...(attempt !== undefined && { attempt }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(hostNow !== undefined && { forMs: Math.max(0, hostNow - since) }),
    ...(hostNow !== undefined && until !== undefined && { leftMs: Math.max(0, until - hostNow) }),
  };
}

function activityOf(status: SessionSummary['status'], asOf: AsOf): Activity {
  const unknown = unknownStatus(status);
  return { status: statusOf(status), asOf, ...(unknown !== undefined && { unknown }) };
}

// How a session is started, and what is kept of that.
import { omitUndefined } from '../../base/omitUndefined.ts';
import { newId } from '../../base/ids.ts';
import { jsonCut } from '../../base/jsonText.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { Author } from '../../protocol/entryParts.ts';
import { storableEnvironment } from '../find/filterEnvironment.ts';
import type { StoredSession } from '../journal/sessionTables.ts';

/** How a session is started. */
export interface StartOptions {
  readonly cwd: string;
  readonly title?: string | undefined;
  readonly model?: string | undefined;
  readonly mode?: string | undefined;
  readonly effort?: string | undefined;
  /** Environment of the window or command that starts it. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** [H7] Conversation to go on with: nobody else does. */
  readonly agentSessionId?: string | undefined;
  readonly prompt?: { readonly promptId: string; readonly text: string; readonly author: Author };
}

/** A new session as the journal keeps it; what looks like a secret in its environment is not. */
export function storedOfStart(start: StartOptions, room: string, now: number): StoredSession {
  const { cwd, title, model, mode, effort, env, agentSessionId } = start;
  return {
    id: newId(),
    room,
    source: 'hosted',
    cwd,
    title: jsonCut(title?.trim() ?? '', LIMITS.titleBytes),
    startedAt: now,
    lastActivityAt: now,
    ended: false,
    ...omitUndefined({ model, mode, effort, agentSessionId, env: env && storableEnvironment(env) }),
    ...(mode === undefined ? {} : { isModeChosen: true }),
    ...(effort === undefined ? {} : { isEffortChosen: true }),
  };
}

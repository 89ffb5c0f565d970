// What a word of another version counts as where something is decided: always what allows least. For answers: openAnswers.ts.
import { knownOf, type Open } from './openEnum.ts';
import {
  type Role,
  roleSchema,
  type Scope,
  scopeSchema,
  type SessionStatus,
  sessionStatusSchema,
  type Source,
  sourceSchema,
} from './state.ts';
import type { Json } from './json.ts';
import {
  type PromptOrigin,
  promptOriginSchema,
  type RequestKind,
  requestKindSchema,
} from './entryParts.ts';
import type { EntryOf } from './transcript.ts';

/** [R9] An unknown role only looks. */
export function roleOf(role: Open<Role>): Role {
  return knownOf(roleSchema.options, role) ?? 'viewer';
}

/** [R9] An unknown scope is not held. */
export function scopesOf(scopes: readonly Open<Scope>[]): readonly Scope[] {
  return scopes.flatMap((scope) => knownOf(scopeSchema.options, scope) ?? []);
}

/** [R9] A session of an unknown source is only watched. */
export function sourceOf(source: Open<Source>): Source {
  return knownOf(sourceSchema.options, source) ?? 'observed';
}

/** [R9] A session in an unknown status is at work, and is shown with that word. */
export function statusOf(status: Open<SessionStatus>): SessionStatus {
  return knownOf(sessionStatusSchema.options, status) ?? 'working';
}

/** The word to show for a status that this version has none for; undefined for those that it knows. */
export function unknownStatus(status: Open<SessionStatus>): string | undefined {
  return knownOf(sessionStatusSchema.options, status) === undefined ? status : undefined;
}

/** [R9] What an unknown request would allow is not known: it is shown whole and can only be denied. */
export function requestKindOf(kind: Open<RequestKind>): RequestKind | 'unknown' {
  return knownOf(requestKindSchema.options, kind) ?? 'unknown';
}

/** [R9] A prompt of an unknown origin is nobody's: it counts as the system's. */
export function promptOriginOf(origin: Open<PromptOrigin>): PromptOrigin {
  return knownOf(promptOriginSchema.options, origin) ?? 'system';
}

/** Members of a request that stand elsewhere, or say nothing to a person. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(
  'kind id at parent requestId callId request tool displayName inputHash inputCut'.split(' '),
);

/** [R9] All that a request of an unknown kind says: nobody here knows which member of it matters. */
export function wholeRequest(request: EntryOf<'request'>): Json {
  // Members that the schema does not name are JSON too: the entry came as JSON.
  const members = Object.entries(request) as [string, Json][];
  return Object.fromEntries(members.filter(([name]) => !SAID_ELSEWHERE.has(name)));
}

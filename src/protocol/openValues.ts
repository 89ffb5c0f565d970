// What a word of another version counts as where something is decided: always what allows least. For answers: openAnswers.ts.
import { knownOf, type Open } from './openEnum.ts';
import { type Role, roleSchema } from './role.ts';
import {
  type Capability,
  capabilitySchema,
  type HoldReason,
  holdReasonSchema,
  type ModeKind,
  modeKindSchema,
  type QueueWait,
  queueWaitSchema,
  type Scope,
  scopeSchema,
  type SessionStatus,
  sessionStatusSchema,
  type SessionSummary,
  type Source,
  sourceSchema,
  type TaskKind,
  taskKindSchema,
  type WriterPlace,
  writerPlaceSchema,
  type WritersChoice,
  writersChoiceSchema,
} from './state.ts';
import type { Json } from './json.ts';
import { type LimitKind, limitKindSchema, type WaitKind, waitKindSchema } from './wait.ts';
import {
  type PromptOrigin,
  promptOriginSchema,
  type Question,
  type QuestionKind,
  questionKindSchema,
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

/** What can be done with a session that runs, by where it runs. */
export const SOURCE_CAN: Readonly<Record<Source, readonly Capability[]>> = {
  hosted: ['prompt', 'answer', 'interrupt', 'end', 'attach'],
  observed: [],
};

/** [R9] What can be done with a session; what is not known cannot. Hosts before 0.4.0 name only where it runs. */
export function canOf(
  session: Pick<SessionSummary, 'can' | 'source'>,
  capability: Capability,
): boolean {
  const { can, source } = session;
  if (can !== undefined) return capabilitiesOf(can).includes(capability);
  return capability !== 'attach' && SOURCE_CAN[sourceOf(source)].includes(capability);
}

/** [R9] What waits for something unknown is held as if control had passed on. */
export function queueWaitOf(waits: Open<QueueWait>): QueueWait {
  return knownOf(queueWaitSchema.options, waits) ?? 'control';
}

/** [R9] Background work of an unknown kind is shown as an agent's. */
export function taskKindOf(kind: Open<TaskKind>): TaskKind {
  return knownOf(taskKindSchema.options, kind) ?? 'agent';
}

/** [R9] A queue that is held for something unknown is held. */
export function holdReasonOf(why: Open<HoldReason>): HoldReason {
  return knownOf(holdReasonSchema.options, why) ?? 'stop';
}

/** [R9] An unknown capability is left out. */
export function capabilitiesOf(can: readonly Open<Capability>[]): readonly Capability[] {
  return can.flatMap((one) => knownOf(capabilitySchema.options, one) ?? []);
}

/** [R17] Whether tools run in this session that nobody was asked about. */
export function isUnattended({ modeKind }: Pick<SessionSummary, 'modeKind'>): boolean {
  return modeKind !== undefined && modeKindOfSession(modeKind) === 'unattended';
}

/** [R9] A mode of an unknown kind counts as unattended. */
export function modeKindOfSession(kind: Open<ModeKind>): ModeKind {
  return knownOf(modeKindSchema.options, kind) ?? 'unattended';
}

/** [R9] A session in an unknown status is at work, and is shown with that word. */
export function statusOf(status: Open<SessionStatus>): SessionStatus {
  return knownOf(sessionStatusSchema.options, status) ?? 'working';
}

/** The word to show for a status that this version has none for; undefined for those that it knows. */
export function unknownStatus(status: Open<SessionStatus>): string | undefined {
  return knownOf(sessionStatusSchema.options, status) === undefined ? status : undefined;
}

/** [R9] What the agent waits for with an unknown reason is a wait all the same. */
export function waitKindOf(why: Open<WaitKind>): WaitKind | 'unknown' {
  return knownOf(waitKindSchema.options, why) ?? 'unknown';
}

/** [R9] An unknown limit is a usage limit. */
export function limitKindOf(limit: Open<LimitKind> | undefined): LimitKind | undefined {
  return limit === undefined ? undefined : knownOf(limitKindSchema.options, limit);
}

/** [R9] Where an unknown writer runs is not known: it is another program. */
export function writerPlaceOf(where: Open<WriterPlace>): WriterPlace {
  return knownOf(writerPlaceSchema.options, where) ?? 'program';
}

/** [R9] What an unknown choice about others does is not known: something was chosen, and is waited for. */
export function writersChoiceOf(choice: Open<WritersChoice>): WritersChoice {
  return knownOf(writersChoiceSchema.options, choice) ?? 'wait';
}

/** [R9] What an unknown request would allow is not known: it is shown whole and can only be denied. */
export function requestKindOf(kind: Open<RequestKind>): RequestKind | 'unknown' {
  return knownOf(requestKindSchema.options, kind) ?? 'unknown';
}

/** [R9] A question of an unknown kind is answered by its options, or in own words. */
export function questionKindOf({ kind }: Pick<Question, 'kind'>): QuestionKind {
  return knownOf(questionKindSchema.options, kind ?? 'choice') ?? 'choice';
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

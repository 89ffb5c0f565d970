// Brings a session in line with the agent's transcript after something ended without a word.
import { say } from '../../base/say.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { parseJson } from '../../protocol/json.ts';
import { logSchema } from '../../protocol/room.ts';
import { type Entry, parseEntry } from '../../protocol/transcript.ts';
import type { Agent, ReportedEntry } from '../../protocol/agent.ts';
import type { RoomTables } from '../journal/roomTables.ts';
import type { SessionRecorder } from '../session/sessionRecorder.ts';
import type { StoredPrompt } from '../journal/sessionTables.ts';

/** What is compared. */
export interface ReconcileOptions {
  readonly recorder: SessionRecorder;
  readonly tables: RoomTables;
  readonly agent: Agent;
  /** What the agent was started with. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: Logger;
  /** [Z4] Entries of others on the conversation, which are not taken. */
  readonly isTheirs?: (entryId: string) => boolean;
}

/** An imported conversation begins at most this many entries back. */
const IMPORTED_ENTRIES = 5000;

/** What the transcript says, compared with the log. */
export interface Missed {
  /** The conversation can be resumed: it has a transcript. */
  readonly exists: boolean;
  readonly taken: number;
  /** It was read: what is not in it is not in the conversation. */
  readonly isRead: boolean;
}

/**
 * Takes the entries that the log lacks. Only what stands after the newest entry that both know
 * counts as missed: what the log never had before that is noise of the transcript.
 */
export async function takeMissed(options: ReconcileOptions): Promise<Missed> {
  const { recorder, tables, agent, env, log, isTheirs } = options;
  const { agentSessionId, cwd } = recorder.stored;
  if (agentSessionId === undefined) return { exists: false, taken: 0, isRead: false };
  let entries: readonly ReportedEntry[];
  try {
    entries = await agent.readTranscript(agentSessionId, cwd, env);
  } catch (error) {
    log.warn('transcript not read', { error: errorText(error) });
    return { exists: true, taken: 0, isRead: false };
  }
  const lastKnown = entries.findLastIndex(({ entry }) => tables.hasEntry(entry.id));
  const after = entries.slice(Math.max(lastKnown + 1, entries.length - IMPORTED_ENTRIES));
  const missed = after.filter(({ entry }) => isTheirs?.(entry.id) !== true);
  const taken = recorder.recordReported(missed);
  return { exists: entries.length > 0, taken, isRead: true };
}

/** Says that requests which were open are lost: nobody's answer can reach them any more. */
export function loseRequests(recorder: SessionRecorder): void {
  for (const { requestId } of recorder.openRequests) {
    recorder.decide(requestId, {
      outcome: 'lost',
      detail: 'The agent or the session host ended before it was answered.',
    });
  }
}

/** Entries of the log that are looked at: a turn has fewer. */
const LOOKED_AT = 2000;

/** Says of calls of the turn under way that have no result that there will be none. */
export function loseCalls(recorder: SessionRecorder, tables: RoomTables, now: number): void {
  const { nextIndex } = tables.logEnd();
  const recent = tables.readLog(Math.max(0, nextIndex - LOOKED_AT), nextIndex).flatMap(entryOf);
  const turn = recent.slice(recent.findLastIndex(({ kind }) => kind === 'turn') + 1);
  const ended = new Set(
    turn.flatMap((entry) => (entry.kind === 'tool-result' ? entry.callId : [])),
  );
  const lost = turn.flatMap((entry) => {
    if (entry.kind !== 'tool-call' || ended.has(entry.callId)) return [];
    const { callId, parent } = entry;
    return [{ callId, ...omitUndefined({ parent }) }];
  });
  recorder.record(
    lost.map((call) => ({
      ...{ kind: 'tool-result', id: `lost:${call.callId}`, at: now, ...call },
      ...{ outcome: 'interrupted', text: LOST_CALL },
    })),
  );
}

const LOST_CALL =
  'The agent ended before the result was known. It may have run, wholly or in part: look before it is run again.';

function entryOf({ text }: { readonly text: string }): Entry[] {
  const parsed = logSchema.safeParse(parseJson(text));
  return parsed.success ? [parseEntry(parsed.data.entry)] : [];
}

/**
 * Settles prompts that were under way: one that stands in the log has run. Where the transcript is
 * whole, one that was handed over and is not in it has not: it waits again, held. Of any other nobody
 * knows: it is never run again by itself, and everybody is told, so that its author can.
 */
export function settlePrompts(
  recorder: SessionRecorder,
  tables: RoomTables,
  isWhole = false,
): void {
  for (const prompt of recorder.prompts.unfinished()) {
    // Those that wait here, held or not, never reached the agent: they go on waiting.
    if (prompt.state === 'accepted' || prompt.state === 'held') continue;
    const hasRun = tables.hasPrompt(prompt.promptId);
    const isUnrun = !hasRun && isWhole && prompt.state !== 'started';
    if (isUnrun) {
      recorder.prompts.giveBack(prompt.promptId);
      recorder.prompts.holdOne(prompt.promptId, 'crash');
      recorder.notice(unrunPrompt(prompt));
      continue;
    }
    recorder.prompts.mark(prompt.promptId, hasRun ? 'completed' : 'unknown');
    if (!hasRun) recorder.notice(unknownPrompt(prompt));
  }
}

/** [Q6] A prompt whose sender was told "unknown" was never handed over: it may have been sent again since, so it waits, held. */
export function dropUnsettled(recorder: SessionRecorder, tables: RoomTables): void {
  for (const prompt of recorder.prompts.unfinished()) {
    const { member } = prompt.author;
    if (prompt.state !== 'accepted' || member === undefined) continue;
    const result = tables.findResult(member, prompt.promptId);
    if (result !== 'accepted' && result?.status !== 'unknown') continue;
    recorder.prompts.holdOne(prompt.promptId, 'crash');
    recorder.notice(unrunPrompt(prompt));
  }
}

const SHOWN_CHARS = 200;

function unrunPrompt(prompt: StoredPrompt): Parameters<SessionRecorder['notice']>[0] {
  return {
    level: 'warning',
    code: 'prompt-not-run',
    words: say`The session’s computer stopped before this prompt had begun: “${beginOf(prompt)}” It waits in the queue: let it run, change it or cancel it.`,
    author: prompt.author,
  };
}

function beginOf({ text }: StoredPrompt): string {
  const begin = text.slice(0, SHOWN_CHARS);
  return begin.length < text.length ? `${begin}…` : begin;
}

function unknownPrompt(prompt: StoredPrompt): Parameters<SessionRecorder['notice']>[0] {
  return {
    level: 'warning',
    code: 'prompt-unknown',
    words: say`It is not known whether this prompt was run: “${beginOf(prompt)}” It is not sent again by itself. Send it again if it is missing.`,
    author: prompt.author,
  };
}

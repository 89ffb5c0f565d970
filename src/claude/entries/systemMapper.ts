// Maps live `system` lines to events; remembers what a task is called.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentEvent, AgentFacts } from '../../protocol/agent.ts';
import type { SessionStatus } from '../../protocol/state.ts';
import type { Entry } from '../../protocol/transcript.ts';
import { timeOf } from './messageEntries.ts';
import { changedCommands } from '../wire/agentCommands.ts';
import type { Subagent } from './requestEntry.ts';
import { formDoneNotice, isBlockedPrompt, systemNotice } from './systemNotice.ts';
import type { SystemLine } from '../wire/streamJson.ts';
import { unknownEntry } from './unknownEntry.ts';

/** Subtypes that say nothing to people and change nothing. */
const SILENT = new Set([
  'thinking_tokens',
  'hook_started',
  'hook_progress',
  'hook_response',
  'background_tasks_changed',
  'files_persisted',
  'stop_hook_summary',
  'turn_duration',
  'post_turn_summary',
  'keep_alive',
]);

// 'requires_action' is told by the request itself, which says what for.
const STATES: ReadonlyMap<string, SessionStatus> = new Map([
  ['running', 'working'],
  ['idle', 'idle'],
]);

type TaskState = 'running' | 'completed' | 'failed' | 'stopped';
const TASK_STATES: ReadonlyMap<string, TaskState> = new Map([
  ['running', 'running'],
  ['completed', 'completed'],
  ['failed', 'failed'],
  ['killed', 'stopped'],
  ['stopped', 'stopped'],
]);

/** One per child process. */
export class SystemMapper {
  private readonly now: () => number;
  /** The prompt that a hook has just refused. */
  private readonly takeBlocked: () => string | undefined;
  private readonly tasks = new Map<string, Subagent>();

  constructor(now: () => number, takeBlocked: () => string | undefined) {
    this.now = now;
    this.takeBlocked = takeBlocked;
  }

  /** A subagent is a task with its id. */
  subagent(agentId: string): Subagent | undefined {
    return this.tasks.get(agentId);
  }

  /** Events of one system line. */
  map(line: SystemLine): AgentEvent[] {
    const at = timeOf(line.timestamp, this.now());
    switch (line.subtype) {
      case 'init':
        return factsEvent(
          omitUndefined({
            model: line.model,
            mode: line.permissionMode,
            agentVersion: line.claude_code_version,
          }),
        );
      case 'status':
        return this.status(line, at);
      case 'session_state_changed': {
        const status = STATES.get(line.state ?? '');
        return status === undefined ? [] : [{ kind: 'status', status }];
      }
      case 'commands_changed':
        return factsEvent(omitUndefined({ commands: changedCommands(line['commands']) }));
      case 'session_title_changed':
        return line.title === undefined ? [] : factsEvent({ title: line.title });
      case 'api_retry':
        return [
          {
            kind: 'entry',
            entry: retryEntry(line.uuid ?? `retry:${at}`, at, {
              attempt: line.attempt ?? 1,
              maxAttempts: line.max_retries,
              delayMs: line.retry_delay_ms,
              status: line.error_status ?? undefined,
              error: typeof line.error === 'string' ? line.error : 'error',
            }),
          },
        ];
      case 'compact_boundary':
        return [{ kind: 'entry', entry: compactionEntry(line, at) }];
      case 'task_started':
      case 'task_progress':
      case 'task_updated':
      case 'task_notification':
        return this.task(line, at);
      case 'elicitation_complete':
        return [
          {
            kind: 'entry',
            entry: formDoneNotice(line['mcp_server_name'], {
              id: line.uuid ?? `form-done:${at}`,
              at,
            }),
          },
        ];
      case 'informational':
      case 'notification':
        return this.notice(line, at);
      default:
        if (SILENT.has(line.subtype)) return [];
        return [
          {
            kind: 'entry',
            entry: unknownEntry(`system/${line.subtype}`, line, { id: line.uuid, at }),
          },
        ];
    }
  }

  private notice(line: SystemLine, at: number): AgentEvent[] {
    const promptId = isBlockedPrompt(line) ? this.takeBlocked() : undefined;
    const entry = systemNotice(line, { id: line.uuid ?? `notice:${at}`, at }, promptId);
    if (entry === undefined) return [];
    return [
      ...(promptId === undefined
        ? []
        : [{ kind: 'prompt', promptId, state: 'cancelled' } as const]),
      { kind: 'entry', entry },
    ];
  }

  private status(line: SystemLine, at: number): AgentEvent[] {
    const out: AgentEvent[] = [];
    if (line.permissionMode !== undefined) out.push(...factsEvent({ mode: line.permissionMode }));
    if (line.compact_error) {
      out.push({
        kind: 'entry',
        entry: {
          kind: 'notice',
          id: line.uuid ?? `compact:${at}`,
          at,
          level: 'error',
          code: 'compact-failed',
          text: line.compact_error,
        },
      });
    }
    return out;
  }

  private task(line: SystemLine, at: number): AgentEvent[] {
    const taskId = line.task_id;
    if (taskId === undefined) return [];
    const known = this.tasks.get(taskId);
    const task = {
      title: known?.title ?? line.description ?? taskId,
      ...omitUndefined({
        callId: known?.callId ?? (line.tool_use_id || undefined),
        agentType: known?.agentType ?? line.subagent_type,
      }),
    };
    this.tasks.set(taskId, task);
    const state =
      TASK_STATES.get(line.patch?.status ?? stringOf(line.status) ?? 'running') ?? 'running';
    // The notification follows the update and says more: one entry for the end is enough.
    if (line.subtype === 'task_updated' && state !== 'running') return [];
    const summary =
      line.summary ?? (line.subtype === 'task_progress' ? line.description : undefined);
    return [
      {
        kind: 'entry',
        entry: {
          kind: 'task',
          id: line.uuid ?? `task:${taskId}:${at}`,
          at,
          taskId,
          status: state,
          ...task,
          ...(summary ? { summary } : {}),
          ...omitUndefined({
            toolUses: line.usage?.tool_uses,
            totalTokens: line.usage?.total_tokens,
            durationMs: line.usage?.duration_ms,
          }),
        },
      },
    ];
  }
}

/** A 'retry' entry. Live and in the file a retry has different ids: nothing names it in both. */
export function retryEntry(
  id: string,
  at: number,
  retry: {
    readonly attempt: number;
    readonly maxAttempts: number | undefined;
    readonly delayMs: number | undefined;
    readonly status: number | undefined;
    readonly error: string;
  },
): Entry {
  return {
    kind: 'retry',
    id,
    at,
    attempt: retry.attempt,
    error: retry.error,
    ...omitUndefined({
      maxAttempts: retry.maxAttempts,
      delayMs: retry.delayMs === undefined ? undefined : Math.round(retry.delayMs),
      status: retry.status,
    }),
  };
}

/** A 'compaction' entry without its summary, which comes on a line of its own. */
export function compactionEntry(line: SystemLine, at: number): Entry {
  const meta = line.compact_metadata;
  const trigger = meta?.trigger;
  return {
    kind: 'compaction',
    id: line.uuid ?? `compact:${at}`,
    at,
    trigger: trigger === 'manual' || trigger === 'auto' ? trigger : 'other',
    ...omitUndefined({ preTokens: meta?.pre_tokens, postTokens: meta?.post_tokens }),
  };
}

function factsEvent(facts: AgentFacts): AgentEvent[] {
  return [{ kind: 'facts', facts }];
}

function stringOf(value: string | null | undefined): string | undefined {
  return value ?? undefined;
}

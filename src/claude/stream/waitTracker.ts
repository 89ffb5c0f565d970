// What the agent waits for: read from its own words about limits and retries, and over when it goes on.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentEvent } from '../../protocol/agent.ts';
import type { LimitKind, Wait, WaitKind } from '../../protocol/wait.ts';
import type { RateLimitLine } from '../wire/rateLimitLine.ts';
import type { OutLine, ResultLine, SystemLine } from '../wire/streamJson.ts';

const LIMITS: ReadonlyMap<string, LimitKind> = new Map([
  ['five_hour', 'hours'],
  ['seven_day', 'week'],
  ['seven_day_opus', 'model'],
  ['seven_day_sonnet', 'model'],
  ['seven_day_overage_included', 'model'],
  ['overage', 'spending'],
]);

/** One per child process. */
export class WaitTracker {
  private readonly now: () => number;
  private current: Wait | undefined;

  constructor(now: () => number) {
    this.now = now;
  }

  /** What a line tells: a wait, its end, or nothing new. */
  map(line: OutLine): AgentEvent[] {
    switch (line.type) {
      case 'rate_limit_event':
        return this.limit(line);
      case 'system':
        return line.subtype === 'api_retry' ? this.retry(line) : [];
      case 'stream_event':
        return line.event.type === 'message_start' ? this.set(undefined) : [];
      case 'assistant':
        return isFromModel(line.message.model) ? this.set(undefined) : [];
      case 'result':
        return [...this.refusal(line), ...this.turnEnded()];
      default:
        return [];
    }
  }

  /** The process is gone: it tries nothing again. The limit of an account stays. */
  turnEnded(): AgentEvent[] {
    return this.current?.why === 'usage-limit' ? [] : this.set(undefined);
  }

  /** [Q7] A turn that the service refused, after whatever attempts, or did not answer. */
  private refusal(line: ResultLine): AgentEvent[] {
    const { is_error: isError, api_error_status: status, terminal_reason: reason } = line;
    // Somebody stopped it between two attempts: that is no refusal.
    if (isError !== true || reason?.startsWith('aborted') === true) return [];
    if (typeof status !== 'number' && this.current === undefined) return [];
    return [{ kind: 'refused', cause: causeOf(status ?? undefined, this.current?.why) }];
  }

  private limit({ rate_limit_info: info }: RateLimitLine): AgentEvent[] {
    const { status, resetsAt, rateLimitType, isUsingOverage } = info;
    if (status !== 'rejected' || isUsingOverage === true) {
      return this.current?.why === 'usage-limit' ? this.set(undefined) : [];
    }
    // Refused, but by no limit of the account.
    if (resetsAt === undefined && rateLimitType === undefined) return [];
    return this.set({
      why: 'usage-limit',
      since: this.since('usage-limit'),
      ...omitUndefined({
        until: resetsAt === undefined ? undefined : resetsAt * 1000,
        limit: LIMITS.get(rateLimitType ?? ''),
      }),
    });
  }

  private retry(line: SystemLine): AgentEvent[] {
    const limit = this.current?.why === 'usage-limit' ? this.current : undefined;
    if (limit !== undefined && (limit.until ?? Infinity) > this.now()) return [];
    const why = reasonOf(line);
    const { attempt, max_retries: maxAttempts, retry_delay_ms: delayMs } = line;
    return this.set({
      why,
      since: limit === undefined ? (this.current?.since ?? this.now()) : this.now(),
      ...omitUndefined({
        attempt,
        maxAttempts,
        until: delayMs === undefined ? undefined : this.now() + Math.round(delayMs),
      }),
    });
  }

  private since(why: WaitKind): number {
    return this.current?.why === why ? this.current.since : this.now();
  }

  private set(wait: Wait | undefined): AgentEvent[] {
    if (wait === undefined && this.current === undefined) return [];
    this.current = wait;
    return [{ kind: 'wait', wait }];
  }
}

function reasonOf({ error_status: status, error }: SystemLine): WaitKind {
  if (status === 529 || error === 'overloaded') return 'overloaded';
  if (status === 429 || error === 'rate_limit') return 'rate-limit';
  return status === null || status === undefined ? 'unreachable' : 'failing';
}

/** Why a turn failed; undefined: it was refused for itself, or for the login. */
function causeOf(
  status: number | undefined,
  waited: Wait['why'] | undefined,
): Wait['why'] | undefined {
  if (status === undefined || waited === 'usage-limit') return waited;
  if (status === 529) return 'overloaded';
  if (status === 429) return 'rate-limit';
  return status >= 500 ? 'failing' : undefined;
}

/** What the CLI says in the model's place has no model. */
function isFromModel(model: string | null | undefined): boolean {
  return model !== '<synthetic>';
}

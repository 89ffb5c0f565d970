// The requests of the CLI that wait for a person.
import { createHash } from 'node:crypto';
import type { AgentEvent } from '../../protocol/agent.ts';
import { canonicalJson, type Json } from '../../protocol/json.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import { formEntry, formInput } from '../entries/formEntry.ts';
import { requestEntry, type Subagent } from '../entries/requestEntry.ts';
import { elicitationSchema } from '../wire/elicitation.ts';
import { canUseToolSchema, type ControlRequestLine } from '../wire/streamJson.ts';

/** SHA-256 of the canonical JSON of an input as base64url: what an answer is bound to. */
export function inputHash(input: Json): string {
  return createHash('sha256').update(canonicalJson(input)).digest('base64url');
}

/** One per child process. */
export class OpenRequests {
  private readonly now: () => number;
  private readonly readPlan: (callId: string) => string | undefined;
  private readonly subagent: (agentId: string) => Subagent | undefined;
  private readonly open = new Map<string, EntryOf<'request'>>();
  /** Calls that a person has denied: older CLIs do not mark their results. */
  readonly deniedCalls = new Set<string>();

  constructor(options: {
    readonly now: () => number;
    /** Text of a plan that is not in the request's input. */
    readonly readPlan: (callId: string) => string | undefined;
    /** A running subagent by its id. */
    readonly subagent: (agentId: string) => Subagent | undefined;
  }) {
    this.now = options.now;
    this.readPlan = options.readPlan;
    this.subagent = options.subagent;
  }

  get size(): number {
    return this.open.size;
  }

  /** What the oldest one asks for. */
  get waitingFor(): EntryOf<'request'>['request'] | undefined {
    const first = this.open.values().next();
    return first.done === true ? undefined : first.value.request;
  }

  /** Ids of the forms that wait: their servers are told when nobody will answer any more. */
  get forms(): readonly string[] {
    return [...this.open.values()].flatMap(({ request, requestId }) =>
      request === 'form' ? [requestId] : [],
    );
  }

  /** Whether the CLI asks for something that is understood here. */
  understands({ request }: ControlRequestLine): boolean {
    return (
      canUseToolSchema.safeParse(request).success || elicitationSchema.safeParse(request).success
    );
  }

  /** Takes the request out to be answered; undefined if it no longer waits. */
  settle(requestId: string, behavior: 'allow' | 'deny'): EntryOf<'request'> | undefined {
    const request = this.open.get(requestId);
    this.open.delete(requestId);
    if (behavior === 'deny' && request?.callId !== undefined) this.deniedCalls.add(request.callId);
    return request;
  }

  /** A new request; none for a kind that is not understood, or one that waits already. */
  add(line: ControlRequestLine): AgentEvent[] {
    if (this.open.has(line.request_id)) return [];
    const entry = this.entryOf(line);
    if (entry === undefined) return [];
    this.open.set(line.request_id, entry);
    return [
      { kind: 'entry', entry },
      { kind: 'status', status: 'waiting', waitingFor: entry.request },
    ];
  }

  private entryOf({ request_id: id, request }: ControlRequestLine): EntryOf<'request'> | undefined {
    const at = this.now();
    const tool = canUseToolSchema.safeParse(request);
    if (tool.success) {
      return requestEntry(id, tool.data, {
        at,
        hash: inputHash(tool.data.input),
        plan: () => this.readPlan(tool.data.tool_use_id ?? ''),
        subagent: this.subagent,
      });
    }
    const form = elicitationSchema.safeParse(request);
    return form.success
      ? formEntry(id, form.data, { at, hash: inputHash(formInput(form.data)) })
      : undefined;
  }

  /** The CLI no longer waits for it. */
  withdraw(requestId: string, detail: string): AgentEvent[] {
    if (!this.open.delete(requestId)) return [];
    return [{ kind: 'request-withdrawn', requestId, detail }];
  }

  /** The process is gone. */
  withdrawAll(detail: string): AgentEvent[] {
    return [...this.open.keys()].flatMap((id) => this.withdraw(id, detail));
  }
}

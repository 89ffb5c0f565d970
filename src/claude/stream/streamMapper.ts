// Turns the lines of a running stream-json child into events of its session: maps each, then lets through what is new.
import type { AgentEvent } from '../../protocol/agent.ts';
import type { ParsedLine } from '../wire/streamJson.ts';
import { EventFilter } from './eventFilter.ts';
import { LineMapper } from './lineMapper.ts';
import { OpenRequests } from './openRequests.ts';
import { PromptMapper } from './promptMapper.ts';
import { RetryHold } from './retryHold.ts';
import { WaitTracker } from './waitTracker.ts';

/** What the mapper needs from outside. */
export interface StreamMapperOptions {
  readonly now: () => number;
  /** Mirror frames are asked for: what local commands print is taken from them, under the ids of the file. */
  readonly hasMirror: boolean;
  /** Text of the plan of this session, for an ExitPlanMode call that carries none. */
  readonly readPlan?: () => string | undefined;
}

/** Turns output lines into AgentEvents, in order; no entry id and no fact is given twice. */
export class StreamMapper {
  /** Requests that wait for an answer now. */
  readonly requests: OpenRequests;
  /** Prompts and what became of them. */
  readonly prompts = new PromptMapper();
  private readonly filter = new EventFilter();
  private readonly lines: LineMapper;
  private readonly waits: WaitTracker;
  private readonly retries = new RetryHold();

  constructor(options: StreamMapperOptions) {
    const { now, hasMirror, readPlan } = options;
    this.requests = new OpenRequests({
      now,
      readPlan: (callId) => this.filter.plan(callId) ?? readPlan?.(),
      subagent: (agentId) => this.lines.subagent(agentId),
    });
    this.waits = new WaitTracker(now);
    this.lines = new LineMapper({
      now,
      hasMirror,
      requests: this.requests,
      prompts: this.prompts,
      facts: () => this.filter.facts,
    });
  }

  /** Events of one line. */
  map(parsed: ParsedLine): AgentEvent[] {
    const waits = parsed.known ? this.waits.map(parsed.line) : [];
    const lines = this.lines.map(parsed);
    const events = this.filter.pass(this.retries.pass(lines, this.prompts.isAwaited));
    // It is over before what comes instead, and begins when what was broken off is gone.
    const isOver = waits.some(
      (event) => event.kind === 'refused' || (event.kind === 'wait' && event.wait === undefined),
    );
    return isOver ? [...waits, ...events] : [...events, ...waits];
  }

  /** Events for the end of the process: live text and open requests are gone. */
  end(): AgentEvent[] {
    return [
      ...this.waits.turnEnded(),
      ...this.filter.pass([...this.retries.end(), ...this.lines.end()]),
    ];
  }
}

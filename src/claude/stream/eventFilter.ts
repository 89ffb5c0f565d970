// Lets each entry and each fact of a session through once, and adds what follows from an entry that is new.
import type { AgentEvent, AgentFacts } from '../../protocol/agent.ts';
import type { Entry } from '../../protocol/transcript.ts';
import { diffFacts } from '../entries/diffFacts.ts';
import { planOf } from '../entries/requestEntry.ts';
import { SeenIds } from '../entries/seenIds.ts';
import { PLAN_TOOL } from '../entries/viewOfTool.ts';
import { TodoTracker } from '../entries/todoTracker.ts';

/** One per child process. */
export class EventFilter {
  private readonly seen = new SeenIds();
  private readonly todos = new TodoTracker();
  /** The newest plan that a call held, by the id of the call. */
  private readonly plans = new Map<string, string>();
  private known: AgentFacts = {};

  /** Facts of the session as of now. */
  get facts(): AgentFacts {
    return this.known;
  }

  /** Text of the plan in a call that went through: newer versions leave it out of the request. */
  plan(callId: string): string | undefined {
    return this.plans.get(callId);
  }

  /** What is new of these events, in their order, with the to-do list after the result that changed it. */
  pass(events: readonly AgentEvent[]): AgentEvent[] {
    return events.flatMap((event): AgentEvent[] => {
      switch (event.kind) {
        case 'entry':
          return this.seen.add(event.entry.id) ? [event, ...this.follow(event.entry)] : [];
        case 'facts':
          return this.changed(event.facts);
        default:
          return [event];
      }
    });
  }

  private follow(entry: Entry): AgentEvent[] {
    this.keepPlan(entry);
    return this.todos.follow(entry).map((todos) => ({ kind: 'entry', entry: todos }));
  }

  private keepPlan(entry: Entry): void {
    if (entry.kind !== 'tool-call' || entry.tool !== PLAN_TOOL) return;
    const plan = planOf(entry.input);
    if (plan === undefined) return;
    this.plans.clear();
    this.plans.set(entry.callId, plan);
  }

  private changed(facts: AgentFacts): AgentEvent[] {
    const changed = diffFacts(this.known, facts);
    if (changed === undefined) return [];
    this.known = { ...this.known, ...changed };
    return [{ kind: 'facts', facts: changed }];
  }
}

// Life of a prompt: each state is told once, in order, also by a CLI that does not tell it itself.
import type { AgentEvent } from '../../protocol/agent.ts';

type PromptState = Extract<AgentEvent, { kind: 'prompt' }>['state'];

const ORDER: Readonly<Record<PromptState | 'written', number>> = {
  written: 0,
  queued: 1,
  started: 2,
  completed: 3,
  cancelled: 3,
};

function isPromptState(state: string): state is PromptState {
  return state !== 'written' && Object.hasOwn(ORDER, state);
}

/** Prompts remembered: more than ever wait at a time. */
const MAX_PROMPTS = 1000;

/** One per child process. */
export class PromptLifecycle {
  private readonly states = new Map<string, PromptState | 'written'>();
  private readonly startedInTurn = new Set<string>();
  private hasLifecycle = false;

  /** Those of the turn that runs, in the order of sending; what was folded into it may be over before it is. */
  get inTurn(): readonly string[] {
    return [...this.states].flatMap(([promptId, known]) =>
      known === 'started' || this.startedInTurn.has(promptId) ? [promptId] : [],
    );
  }

  private get running(): readonly string[] {
    return [...this.states].flatMap(([promptId, known]) => (known === 'started' ? [promptId] : []));
  }

  /** The CLI tells the states itself (`command_lifecycle`). */
  apply(promptId: string, state: string): AgentEvent[] {
    this.hasLifecycle = true;
    return isPromptState(state) ? this.to(promptId, state) : [];
  }

  /** Written to an idle process: nobody is told before the CLI says more. */
  written(promptId: string): void {
    if (!this.states.has(promptId)) this.keep(promptId, 'written');
  }

  /** Written to a busy process: it waits. */
  queued(promptId: string): AgentEvent[] {
    return this.to(promptId, 'queued');
  }

  /** Its line came back: it runs. */
  started(promptId: string): AgentEvent[] {
    return this.to(promptId, 'started');
  }

  /** It was taken out of the queue: it will not come back. */
  cancelled(promptId: string): AgentEvent[] {
    return this.to(promptId, 'cancelled');
  }

  /** A slash command that makes a prompt of its own stands in the log under the id that it was sent with. */
  commandStarted(entryId: string): AgentEvent[] {
    return this.states.has(entryId) ? this.started(entryId) : [];
  }

  /** A turn ended: what had started is over, unless the CLI says so itself. */
  turnEnded(state: 'completed' | 'cancelled'): AgentEvent[] {
    this.startedInTurn.clear();
    if (this.hasLifecycle) return [];
    return this.running.flatMap((promptId) => this.to(promptId, state));
  }

  /** A command that the CLI ran itself is over: it comes back as no prompt, but was next in turn. */
  commandEnded(): AgentEvent[] {
    this.startedInTurn.clear();
    if (this.hasLifecycle) return [];
    const open = [...this.states].filter(([, known]) => ORDER[known] < ORDER.completed);
    const over = open.find(([, known]) => known === 'started') ?? open[0];
    return over === undefined ? [] : this.to(over[0], 'completed');
  }

  private to(promptId: string, state: PromptState): AgentEvent[] {
    const known = this.states.get(promptId);
    if (known !== undefined && ORDER[state] <= ORDER[known]) return [];
    this.keep(promptId, state);
    if (state === 'started') this.startedInTurn.add(promptId);
    return [{ kind: 'prompt', promptId, state }];
  }

  private keep(promptId: string, state: PromptState | 'written'): void {
    this.states.set(promptId, state);
    if (this.states.size <= MAX_PROMPTS) return;
    const oldest = this.states.keys().next();
    if (oldest.done !== true) this.states.delete(oldest.value);
  }
}

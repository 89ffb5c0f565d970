// Life of a prompt: each state is told once, in order, also by a CLI that does not tell it itself.
import type { AgentEvent } from '../protocol/agent.ts';

type PromptState = Extract<AgentEvent, { kind: 'prompt' }>['state'];

const ORDER: Readonly<Record<PromptState, number>> = {
  queued: 1,
  started: 2,
  completed: 3,
  cancelled: 3,
};

function isPromptState(state: string): state is PromptState {
  return Object.hasOwn(ORDER, state);
}

/** Prompts remembered: more than ever wait at a time. */
const MAX_PROMPTS = 1000;

/** One per child process. */
export class PromptLife {
  private readonly states = new Map<string, PromptState>();
  private hasLifecycle = false;

  /** The CLI tells the states itself (`command_lifecycle`). */
  told(promptId: string, state: string): AgentEvent[] {
    this.hasLifecycle = true;
    return isPromptState(state) ? this.to(promptId, state) : [];
  }

  /** Written to a busy process: it waits. */
  sent(promptId: string): AgentEvent[] {
    return this.to(promptId, 'queued');
  }

  /** Its line came back: it runs. */
  started(promptId: string): AgentEvent[] {
    return this.to(promptId, 'started');
  }

  /** A turn ended: what had started is over, unless the CLI says so itself. */
  turnEnded(state: 'completed' | 'cancelled'): AgentEvent[] {
    if (this.hasLifecycle) return [];
    const running = [...this.states].filter(([, known]) => known === 'started');
    return running.flatMap(([promptId]) => this.to(promptId, state));
  }

  private to(promptId: string, state: PromptState): AgentEvent[] {
    const known = this.states.get(promptId);
    if (known !== undefined && ORDER[state] <= ORDER[known]) return [];
    this.states.set(promptId, state);
    if (this.states.size > MAX_PROMPTS) {
      const oldest = this.states.keys().next();
      if (oldest.done !== true) this.states.delete(oldest.value);
    }
    return [{ kind: 'prompt', promptId, state }];
  }
}

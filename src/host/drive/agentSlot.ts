// The place of a session's one agent process: which state it is in, and that no two states overlap.
import { errorText, type Logger } from '../../base/log.ts';
import type { AgentSession } from '../../protocol/agent.ts';

/** What a slot works with. */
export interface AgentSlotOptions {
  /** Starts the agent. Rejects with AppError agent-*, session-busy or cancelled: then no process is left. */
  readonly launch: () => Promise<AgentSession>;
  /** The agent runs: from now on its events count. */
  readonly onDidStart: (agent: AgentSession) => void;
  /** What had to be over is over. */
  readonly onDidSettle: () => void;
  readonly log: Logger;
}

/**
 * `settling`: something must be over before an agent may start (an old process, reading up after an
 * end without a word). `waiting`: and an agent is wanted as soon as it is.
 */
type AgentSlotState =
  | { readonly kind: 'empty' }
  | { readonly kind: 'settling'; readonly done: Promise<void> }
  | {
      readonly kind: 'waiting';
      readonly done: Promise<void>;
      readonly ready: Promise<AgentSession>;
    }
  | { readonly kind: 'launching'; readonly ready: Promise<AgentSession> }
  | { readonly kind: 'running'; readonly agent: AgentSession };

/** At most one agent at a time, and none while an older one lives. */
export class AgentSlot {
  private readonly options: AgentSlotOptions;
  private state: AgentSlotState = { kind: 'empty' };

  constructor(options: AgentSlotOptions) {
    this.options = options;
  }

  get kind(): AgentSlotState['kind'] {
    return this.state.kind;
  }

  /** The agent that runs. */
  get agent(): AgentSession | undefined {
    return this.state.kind === 'running' ? this.state.agent : undefined;
  }

  /** The start that is wanted or under way. */
  get starting(): Promise<AgentSession> | undefined {
    return 'ready' in this.state ? this.state.ready : undefined;
  }

  /** What must be over first; never rejects. */
  get settling(): Promise<void> | undefined {
    return 'done' in this.state ? this.state.done : undefined;
  }

  /** The agent that runs; else one is started, after what must be over. Rejects as `launch` does. */
  ensure(): Promise<AgentSession> {
    const { state } = this;
    switch (state.kind) {
      case 'running':
        return Promise.resolve(state.agent);
      case 'waiting':
      case 'launching':
        return state.ready;
      case 'settling':
      case 'empty': {
        const ready = Promise.resolve().then(() => this.launchWhenSettled());
        this.state =
          state.kind === 'settling'
            ? { kind: 'waiting', done: state.done, ready }
            : { kind: 'launching', ready };
        return ready;
      }
    }
  }

  /** The agent, if any, has ended; `work` must be over before another starts. What fails in it is logged. */
  settle(work: () => Promise<void>): void {
    const { state } = this;
    const before = 'done' in state ? state.done : Promise.resolve();
    const done = before
      .then(work)
      .catch((error: unknown) => {
        this.options.log.error('session not settled', { error: errorText(error) });
      })
      .finally(() => this.settled(done));
    this.state =
      'ready' in state ? { kind: 'waiting', done, ready: state.ready } : { kind: 'settling', done };
  }

  private settled(done: Promise<void>): void {
    const { state } = this;
    if (!('done' in state) || state.done !== done) return;
    this.state =
      state.kind === 'waiting' ? { kind: 'launching', ready: state.ready } : { kind: 'empty' };
    this.options.onDidSettle();
  }

  private async launchWhenSettled(): Promise<AgentSession> {
    while (this.state.kind === 'waiting') await this.state.done;
    try {
      const agent = await this.options.launch();
      this.state = { kind: 'running', agent };
      this.options.onDidStart(agent);
      return agent;
    } catch (error) {
      this.state = { kind: 'empty' };
      throw error;
    }
  }
}

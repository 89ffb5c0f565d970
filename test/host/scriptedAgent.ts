// An agent whose children are objects: a test decides when they start, end, and what a terminal does.
import { say } from '../../src/base/say.ts';
import { BacklogEmitter } from '../../src/base/backlogEmitter.ts';
import { Emitter } from '../../src/base/emitter.ts';
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
import { AppError } from '../../src/base/errors.ts';
import type {
  Agent,
  AgentAnswer,
  AgentEvent,
  AgentSession,
  AgentStartOptions,
  FoundSession,
  ObservedSession,
} from '../../src/protocol/agent.ts';
import type { Entry } from '../../src/protocol/transcript.ts';

/** One "process". */
export class FakeChild implements AgentSession {
  readonly pid: number;
  readonly processStart = 'start';
  readonly prompts: string[] = [];
  readonly ids: string[] = [];
  readonly stopped: string[] = [];
  readonly conversation: string;
  isAlive = true;
  private readonly emitter = new BacklogEmitter<AgentEvent>();
  readonly onDidEmit = this.emitter.event;

  constructor(pid: number, conversation: string) {
    this.pid = pid;
    this.conversation = conversation;
    this.emit({ kind: 'facts', facts: { agentSessionId: conversation } });
  }

  emit(event: AgentEvent): void {
    this.emitter.fire(event);
  }

  /** It says that it is at work when it gets a prompt. */
  works = false;
  /** Prompts that it gives back when asked. */
  gives: ReadonlySet<string> = new Set();

  async prompt(prompt: { readonly promptId: string; readonly text: string }): Promise<void> {
    this.prompts.push(prompt.text);
    this.ids.push(prompt.promptId);
    if (this.works) this.emit({ kind: 'status', status: 'working' });
  }
  async cancelQueued(promptId: string): Promise<boolean> {
    if (!this.gives.has(promptId)) return false;
    this.emit({ kind: 'prompt', promptId, state: 'cancelled' });
    return true;
  }
  async answer(_requestId: string, _answer: AgentAnswer): Promise<boolean> {
    return false;
  }
  async interrupt(): Promise<void> {}
  async stopTask(taskId: string): Promise<void> {
    this.stopped.push(taskId);
  }
  async setModel(model: string): Promise<void> {
    if (model === 'refused') throw new Error('no such model');
  }
  async setMode(_mode: string): Promise<void> {}
  async rename(): Promise<void> {}
  async setEffort(effort: string | undefined): Promise<void> {
    if (effort === 'refused') throw new Error('no such effort');
  }
  async close(): Promise<void> {
    this.exit(true);
  }
  kill(): void {
    this.exit(true);
  }

  exit(expected: boolean): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.emit({ kind: 'exit', code: 0, signal: null, expected });
  }
}

/** The agent. */
export class FakeAgent implements Agent {
  readonly name = 'Fake';
  readonly rules = CLAUDE_RULES;
  readonly children: FakeChild[] = [];
  readonly watched: string[] = [];
  /** Starts that wait for `release`; undefined: none waits. */
  private held: Promise<void> | undefined;
  private letGo = (): void => undefined;
  private sessions: readonly FoundSession[] = [];
  private readonly foundChanged = new Emitter<void>();
  readonly onDidChangeFound = this.foundChanged.event;
  /** Called with every child that is there, before `start` resolves. */
  onStart: (child: FakeChild) => void = () => undefined;
  /** Watching a terminal's session begins when this resolves. */
  onObserve: () => Promise<void> = async () => undefined;
  /** Starts that were asked for. */
  starts = 0;
  /** Permission mode of each of them. */
  readonly modes: (string | undefined)[] = [];
  /** What every conversation's file holds; with anything in it, it can be resumed. */
  transcript: readonly Entry[] = [];

  get alive(): readonly FakeChild[] {
    return this.children.filter(({ isAlive }) => isAlive);
  }

  /** Starts wait from now on. */
  hold(): void {
    this.held = new Promise((resolve) => (this.letGo = resolve));
  }

  release(): void {
    this.held = undefined;
    this.letGo();
  }

  setFound(sessions: readonly FoundSession[]): void {
    this.sessions = sessions;
    this.foundChanged.fire();
  }

  async readRules() {
    return () => false;
  }

  async probe() {
    return { features: [] };
  }

  async start(options: AgentStartOptions): Promise<AgentSession> {
    this.starts += 1;
    const { resume, signal, mode } = options;
    this.modes.push(mode);
    if (this.alive.some(({ conversation }) => conversation === resume)) {
      throw new AppError('session-busy', { happened: say`open elsewhere` });
    }
    const child = new FakeChild(1000 + this.children.length, resume ?? crypto.randomUUID());
    this.children.push(child);
    options.onDidSpawn?.({ pid: child.pid, processStart: child.processStart });
    const aborted = new Promise<void>((resolve) => {
      signal?.addEventListener('abort', () => resolve());
    });
    if (this.held !== undefined) await Promise.race([this.held, aborted]);
    if (signal?.aborted) {
      child.kill();
      throw new Error('given up');
    }
    this.onStart(child);
    return child;
  }

  async found(): Promise<readonly FoundSession[]> {
    return this.sessions;
  }

  observe(session: FoundSession): ObservedSession {
    const emitter = new Emitter<AgentEvent>();
    const { watched, onObserve } = this;
    return {
      key: session.key,
      onDidEmit: emitter.event,
      async open() {
        watched.push(session.key);
        await onObserve();
        emitter.fire({ kind: 'status', status: session.status });
      },
      async close() {
        const at = watched.indexOf(session.key);
        if (at >= 0) watched.splice(at, 1);
        emitter.dispose();
      },
    };
  }

  endedCleanly = async (_pid: number): Promise<boolean> => false;

  async readTranscript() {
    return this.transcript.map((entry) => ({ entry }));
  }

  async close(): Promise<void> {}
}

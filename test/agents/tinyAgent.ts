// A second agent, as small as can be: tools, modes, a command and a way to expand words of its own.
import { createHash, randomUUID } from 'node:crypto';
import { BacklogEmitter } from '../../src/base/backlogEmitter.ts';
import { say } from '../../src/base/say.ts';
import { Emitter } from '../../src/base/emitter.ts';
import type {
  Agent,
  AgentAnswer,
  AgentEvent,
  AgentSession,
  AgentStartOptions,
  ObservedSession,
} from '../../src/protocol/agent.ts';
import type { AgentRules } from '../../src/protocol/agentRules.ts';
import { canonicalJson, type Json } from '../../src/protocol/json.ts';
import type { ToolView } from '../../src/protocol/toolView.ts';
import type { Entry } from '../../src/protocol/transcript.ts';

/** Its rules: `$word` expands, wherever it stands; `%brief` is a command that guests may run. */
export const TINY_RULES: AgentRules = {
  askingMode: 'careful',
  modes: [
    {
      ...{ id: 'careful', kind: 'asking', isForGuests: true },
      ...{ name: say`Careful`, explanation: say`Asks first.` },
    },
    {
      ...{ id: 'quick', kind: 'unattended', isForGuests: false },
      ...{ name: say`Quick`, explanation: say`Asks nobody.` },
    },
  ],
  judgeGuestPrompt: (text) => {
    const expanded = /\$\w+/.exec(text)?.[0];
    if (expanded !== undefined) {
      const happened = say`Only the owner may expand ${expanded}.`;
      return { kind: 'refused', words: { happened, remedy: say`Write it without its sign.` } };
    }
    return { kind: text === '%brief' ? 'command' : 'text' };
  },
  fileMentions: () => [],
  mentionOf: (path) => path,
  isAgentProcess: (commandLine) => commandLine[0] === 'tiny',
  isCommandProcess: () => false,
  isNeededVariable: (name) => name === 'TINY_HOME',
};

const RUN: ToolView = { family: 'shell', command: '/line' };
const PATCH: ToolView = {
  family: 'edit',
  path: '/where/file',
  changes: '/steps',
  before: '/was',
  after: '/now',
};

/** What it does with every prompt, after it was allowed to. */
const LINE = { line: 'make tiny', nice: true };
const STEPS = { where: { file: 'tiny.txt' }, steps: [{ was: 'big', now: 'tiny' }] };
const HUNKS: Json = [{ oldStart: 7, newStart: 7, lines: [' same', '-big', '+tiny', '+tinier'] }];

type Body = Entry extends infer E ? (E extends Entry ? Omit<E, 'id' | 'at'> : never) : never;

class TinySession implements AgentSession {
  readonly pid = 4242;
  readonly processStart = 'start';
  /** Prompts as they came, and whether as a guest's. */
  readonly prompts: string[] = [];
  private readonly events = new BacklogEmitter<AgentEvent>();
  private asked: string | undefined;
  readonly onDidEmit = this.events.event;

  constructor(conversation: string, mode: string | undefined) {
    this.events.fire({
      kind: 'facts',
      facts: { agentSessionId: conversation, mode: mode ?? 'careful' },
    });
  }

  async prompt(given: Parameters<AgentSession['prompt']>[0]): Promise<void> {
    const { promptId, text, guest } = given;
    this.prompts.push(guest === undefined ? text : `${guest.name} (guest): ${text}`);
    this.events.fire({ kind: 'prompt', promptId, state: 'started' });
    this.events.fire({ kind: 'status', status: 'working' });
    this.say({ kind: 'prompt', text, promptId, origin: 'person' }, promptId);
    this.say({
      kind: 'tool-call',
      messageId: 'm',
      callId: 'run',
      tool: 'run_it',
      input: LINE,
      view: RUN,
    });
    this.asked = randomUUID();
    this.say({
      ...{ kind: 'request', requestId: this.asked, request: 'permission', callId: 'run' },
      ...{ tool: 'run_it', input: LINE, view: RUN },
      inputHash: createHash('sha256').update(canonicalJson(LINE)).digest('base64url'),
      suggestions: [{ forever: 'run_it' }],
      suggestionTexts: ['every make'],
    });
    this.events.fire({ kind: 'status', status: 'waiting', waitingFor: 'run_it' });
  }

  async answer(requestId: string, { behavior }: AgentAnswer): Promise<boolean> {
    if (requestId !== this.asked) return false;
    this.asked = undefined;
    // The decision is written when this returns, and what follows comes after it.
    setImmediate(() => (behavior === 'allow' ? this.work() : this.finish()));
    return true;
  }

  private work(): void {
    this.say({
      kind: 'tool-result',
      callId: 'run',
      outcome: 'error',
      text: 'made none',
      exitCode: 3,
    });
    this.say({
      kind: 'tool-call',
      messageId: 'm',
      callId: 'p',
      tool: 'patch_it',
      input: STEPS,
      view: PATCH,
    });
    const structured = { report: { hunks: HUNKS } };
    this.say({
      kind: 'tool-result',
      callId: 'p',
      outcome: 'ok',
      text: '',
      structured,
      patch: '/report/hunks',
    });
    this.say({
      kind: 'tool-call',
      messageId: 'm',
      callId: 'q',
      tool: 'ponder',
      input: { about: 'tininess' },
    });
    this.say({ kind: 'tool-result', callId: 'q', outcome: 'ok', text: 'pondered' });
    this.finish();
  }

  private finish(): void {
    this.say({ kind: 'turn', outcome: 'completed' });
    this.events.fire({ kind: 'status', status: 'idle' });
  }

  private say(body: Body, id: string = randomUUID()): void {
    // A body with an id and a time is an entry of its kind, which the type of a union does not follow.
    this.events.fire({ kind: 'entry', entry: { ...body, id, at: 1 } as Entry });
  }

  async setMode(mode: string): Promise<void> {
    this.events.fire({ kind: 'facts', facts: { mode } });
  }
  async cancelQueued(): Promise<boolean> {
    return false;
  }
  async interrupt(): Promise<void> {
    this.finish();
  }
  async stopTask(): Promise<void> {}
  async setModel(): Promise<void> {}
  async rename(): Promise<void> {}
  async setEffort(): Promise<void> {}
  async close(): Promise<void> {
    this.events.fire({ kind: 'exit', code: 0, signal: null, expected: true });
  }
  kill(): void {
    void this.close();
  }
}

/** The agent. */
export class TinyAgent implements Agent {
  readonly name = 'Tiny';
  readonly rules = TINY_RULES;
  readonly onDidChangeFound = new Emitter<void>().event;
  readonly sessions: TinySession[] = [];

  async probe() {
    return { version: '1', features: [] };
  }
  async start({ resume, mode, onDidSpawn }: AgentStartOptions): Promise<AgentSession> {
    const session = new TinySession(resume ?? randomUUID(), mode);
    this.sessions.push(session);
    onDidSpawn?.(session);
    return session;
  }
  async found() {
    return [];
  }
  async readRules() {
    return () => false;
  }
  observe(): ObservedSession {
    throw new Error('it has no terminal');
  }
  async readTranscript() {
    return [];
  }
  async close(): Promise<void> {}
}

// Claude Code as an Agent: the composition of this room.
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { errorText, type Logger } from '../base/log.ts';
import type {
  Agent,
  AgentProbe,
  AgentSession,
  AgentStartOptions,
  FoundSession,
  ObservedSession,
} from '../protocol/agent.ts';
import type { Entry } from '../protocol/transcript.ts';
import {
  crashedProblem,
  endedError,
  folderMissingError,
  problemError,
  sessionBusyError,
} from './errors.ts';
import { ConversationReader } from './conversationReader.ts';
import { FoundSessions } from './foundSessions.ts';
import { ClaudeObserved } from './observed.ts';
import { Projects } from './projects.ts';
import { Registry } from './registry.ts';
import { childEnvironment, probeClaude } from './probe.ts';
import { ClaudeSession } from './process.ts';
import { processStart } from './processStart.ts';

/** How long the answer of a probe is believed. */
const PROBE_MS = 600_000;

/** What the adapter needs from outside. */
export interface ClaudeAgentOptions {
  /** Path of the program from the settings. */
  readonly path?: string;
  /** Claude Code's own folder; default: CLAUDE_CONFIG_DIR of `env`, else ~/.claude. */
  readonly configDir?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Where Claude Code keeps its files in this environment. */
export function configDirOf(env: Readonly<Record<string, string | undefined>>): string {
  return (
    env['CLAUDE_CONFIG_DIR'] ?? join(env['HOME'] ?? env['USERPROFILE'] ?? homedir(), '.claude')
  );
}

/** The user's own Claude Code; nothing runs until it is asked for. */
export function createClaudeAgent(options: ClaudeAgentOptions): Agent {
  return new ClaudeAgent(options);
}

class ClaudeAgent implements Agent {
  readonly name = 'Claude Code';
  readonly onDidChangeFound;
  private readonly options: ClaudeAgentOptions;
  private readonly configDir: string;
  private readonly registry: Registry;
  private readonly projects: Projects;
  private readonly foundSessions: FoundSessions;
  private readonly observed = new Set<ClaudeObserved>();
  /** Conversation by process id of our own children. */
  private readonly own = new Map<number, string>();
  private readonly resuming = new Set<string>();
  private probed: { readonly probe: AgentProbe; readonly at: number } | undefined;

  constructor(options: ClaudeAgentOptions) {
    this.options = options;
    this.configDir = options.configDir ?? configDirOf(options.env);
    this.registry = new Registry({ configDir: this.configDir });
    this.projects = new Projects(this.configDir);
    this.foundSessions = new FoundSessions({
      configDir: this.configDir,
      registry: this.registry,
      projects: this.projects,
      ownPids: () => new Set(this.own.keys()),
      ownConversations: () => new Set(this.own.values()),
      clock: options.clock,
    });
    this.onDidChangeFound = this.foundSessions.onDidChange;
  }

  async probe(): Promise<AgentProbe> {
    const probe = await probeClaude({ path: this.options.path, env: this.options.env });
    this.probed = { probe, at: this.options.clock.monotonic() };
    return probe;
  }

  async start(start: AgentStartOptions): Promise<AgentSession> {
    const { resume } = start;
    if (resume === undefined) return this.startChild(start, randomUUID());
    // The registry shows a child only some time after its start: our own are known before.
    if (this.resuming.has(resume)) throw sessionBusyError(undefined);
    this.resuming.add(resume);
    try {
      await this.refuseSecondWriter(resume);
      return await this.startChild(start, resume);
    } finally {
      this.resuming.delete(resume);
    }
  }

  private async startChild(start: AgentStartOptions, sessionId: string): Promise<AgentSession> {
    const probe = await this.usable(start.env);
    if (!(await isFolder(start.cwd))) throw folderMissingError(start.cwd);
    const askMode = probe.features.includes('mode-manual') ? 'manual' : 'default';
    const session = new ClaudeSession({
      path: probe.path ?? '',
      args: startArguments(start, probe, sessionId, askMode),
      cwd: start.cwd,
      env: {
        ...childEnvironment(start.env),
        CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS: '1',
      },
      configDir: start.env['CLAUDE_CONFIG_DIR'] ?? this.configDir,
      processStart,
      hasMirror: true,
      initialFacts: { agentSessionId: sessionId },
      clock: this.options.clock,
      log: this.options.log,
    });
    this.adopt(session, sessionId);
    const { pid } = session;
    const giveUp = (): void => session.kill();
    start.signal?.addEventListener('abort', giveUp);
    try {
      if (pid > 0) start.onDidSpawn?.({ pid, processStart: (await processStart(pid)) ?? '' });
      if (start.signal?.aborted) throw endedError();
      await session.initialize();
    } catch (error) {
      session.kill();
      const exit = await session.lastWords.exited;
      if (start.signal?.aborted) throw endedError();
      const said = exit.error ?? session.lastWords.stderr;
      if (said !== '') throw problemError(crashedProblem(exit.code, exit.signal, said.slice(-500)));
      throw error;
    } finally {
      start.signal?.removeEventListener('abort', giveUp);
    }
    if (start.title !== undefined) {
      await session.rename(start.title).catch((error: unknown) => {
        this.options.log.warn('naming the session failed', { error: errorText(error) });
      });
    }
    return session;
  }

  found(): Promise<readonly FoundSession[]> {
    return this.foundSessions.list();
  }

  observe(session: FoundSession): ObservedSession {
    const observed = new ClaudeObserved({
      session,
      registry: this.registry,
      projects: this.projects,
      clock: this.options.clock,
      log: this.options.log,
    });
    this.observed.add(observed);
    return observed;
  }

  async readTranscript(
    agentSessionId: string,
    cwd: string,
    afterId?: string,
  ): Promise<readonly Entry[]> {
    const path = await this.projects.find(agentSessionId, cwd);
    if (path === undefined) return [];
    const reader = new ConversationReader({ path, now: () => this.options.clock.now() });
    const { entries } = await reader.read();
    // A retry has one id live and another in the file; one that was missed is of no use later.
    const all = [...entries, ...reader.flush()].filter((entry) => entry.kind !== 'retry');
    if (afterId === undefined) return all;
    const after = all.findLastIndex(
      (entry) => entry.id === afterId || entry.id.startsWith(`${afterId}#`),
    );
    return all.slice(after + 1);
  }

  async close(): Promise<void> {
    this.foundSessions.dispose();
    await Promise.all([...this.observed].map((observed) => observed.close()));
  }

  /** What the CLI can do; it may have been updated since the last look. */
  private async usable(env: AgentStartOptions['env']): Promise<AgentProbe> {
    const isFresh =
      this.probed !== undefined && this.options.clock.monotonic() - this.probed.at < PROBE_MS;
    let probe = isFresh && this.probed ? this.probed.probe : await this.probe();
    // The session's own environment may hold the key that the host's does not.
    if (probe.problem !== undefined) probe = await probeClaude({ path: this.options.path, env });
    if (probe.problem !== undefined) throw problemError(probe.problem);
    return probe;
  }

  /** Two processes on one conversation fork it silently: there is no lock but this look. */
  private async refuseSecondWriter(agentSessionId: string): Promise<void> {
    const running = await this.registry.running();
    const busy = running.find((record) => record.sessionId === agentSessionId);
    if (busy !== undefined) throw sessionBusyError(busy.pid);
    for (const [pid, conversation] of this.own) {
      if (conversation === agentSessionId) throw sessionBusyError(pid);
    }
  }

  /** Remembers a session of ours while it runs, and which conversation it writes. */
  private adopt(session: ClaudeSession, agentSessionId: string): void {
    this.own.set(session.pid, agentSessionId);
    session.onDidChangeState((event) => {
      if (event.kind === 'exit') this.own.delete(session.pid);
      if (event.kind === 'facts' && event.facts.agentSessionId !== undefined) {
        this.own.set(session.pid, event.facts.agentSessionId);
      }
    });
  }
}

function startArguments(
  start: AgentStartOptions,
  probe: AgentProbe,
  sessionId: string,
  askMode: string,
): string[] {
  const mode = start.mode === undefined || start.mode === 'default' ? askMode : start.mode;
  return [
    '-p',
    '--input-format',
    'stream-json',
    '--output-format',
    'stream-json',
    '--verbose',
    '--include-partial-messages',
    '--permission-prompt-tool',
    'stdio',
    '--session-mirror',
    ...(probe.features.includes('replay') ? ['--replay-user-messages'] : []),
    '--permission-mode',
    mode,
    ...(start.model === undefined ? [] : ['--model', start.model]),
    ...(start.resume === undefined ? ['--session-id', sessionId] : ['--resume', start.resume]),
  ];
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

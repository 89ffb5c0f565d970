// Claude Code as an Agent: the composition of this room.
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { isAppError } from '../base/errors.ts';
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
  notReadyError,
  problemError,
  sessionBusyError,
} from './errors.ts';
import type { ChildExit } from './childProcess.ts';
import { ConversationReader } from './conversationReader.ts';
import { FoundSessions } from './foundSessions.ts';
import { ClaudeObserved } from './observed.ts';
import { Projects } from './projects.ts';
import { Registry } from './registry.ts';
import { childEnvironment, probeClaude } from './probe.ts';
import { ClaudeSession } from './process.ts';
import { processStart } from './processStart.ts';
import { startArguments } from './startArguments.ts';

/** How long the answer of a probe is believed. */
const PROBE_MS = 600_000;
/** The option is not documented: a version without it ends with these words. */
const MIRROR_REFUSED = /unknown option.*--session-mirror/;

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
  private readonly home: Home;
  /** Homes of sessions whose own environment names another one. */
  private readonly homes = new Map<string, Home>();
  private readonly foundSessions: FoundSessions;
  private readonly observed = new Set<ClaudeObserved>();
  /** Conversation by process id of our own children. */
  private readonly own = new Map<number, string>();
  private readonly resuming = new Set<string>();
  /** Until a version says that it knows no such option. */
  private hasMirror = true;
  private probed: { readonly probe: AgentProbe; readonly at: number } | undefined;

  constructor(options: ClaudeAgentOptions) {
    this.options = options;
    this.home = openHome(options.configDir ?? configDirOf(options.env));
    this.foundSessions = new FoundSessions({
      ...this.home,
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
      await this.refuseSecondWriter(resume, this.homeOf(start.env).registry);
      return await this.startChild(start, resume);
    } finally {
      this.resuming.delete(resume);
    }
  }

  private async startChild(start: AgentStartOptions, sessionId: string): Promise<AgentSession> {
    const probe = await this.usable(start.env);
    if (!(await isFolder(start.cwd))) throw folderMissingError(start.cwd);
    let launched = await this.launch(start, probe, sessionId);
    if (!launched.isReady && this.hasMirror && MIRROR_REFUSED.test(launched.said)) {
      this.options.log.info('no session mirror in this version', { version: probe.version ?? '' });
      this.hasMirror = false;
      launched = await this.launch(start, probe, sessionId);
    }
    if (!launched.isReady) throw launched.error;
    const { session } = launched;
    if (start.title !== undefined) {
      await session.rename(start.title).catch((error: unknown) => {
        this.options.log.warn('naming the session failed', { error: errorText(error) });
      });
    }
    return session;
  }

  /** Starts one process; one that does not get ready is gone when this resolves. */
  private async launch(
    start: AgentStartOptions,
    probe: AgentProbe,
    sessionId: string,
  ): Promise<Launched> {
    const { hasMirror } = this;
    const session = new ClaudeSession({
      path: probe.path ?? '',
      args: startArguments({ start, features: probe.features, sessionId, hasMirror }),
      cwd: start.cwd,
      env: {
        ...childEnvironment(start.env),
        CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS: '1',
      },
      configDir: this.homeOf(start.env).configDir,
      processStart,
      hasMirror,
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
      return { isReady: true, session };
    } catch (error) {
      const isCrash = session.isEnded;
      session.kill();
      const exit = await session.lastWords.exited;
      const said = (exit.error ?? session.lastWords.stderr).slice(-500);
      return { isReady: false, said, error: startError(error, { start, isCrash, exit, said }) };
    } finally {
      start.signal?.removeEventListener('abort', giveUp);
    }
  }

  found(): Promise<readonly FoundSession[]> {
    return this.foundSessions.list();
  }

  observe(session: FoundSession): ObservedSession {
    const observed = new ClaudeObserved({
      session,
      registry: this.home.registry,
      projects: this.home.projects,
      clock: this.options.clock,
      log: this.options.log,
      onDidStop: () => this.observed.delete(observed),
    });
    this.observed.add(observed);
    return observed;
  }

  async readTranscript(
    agentSessionId: string,
    cwd: string,
    afterId?: string,
    env: AgentStartOptions['env'] = {},
  ): Promise<readonly Entry[]> {
    const path = await this.homeOf(env).projects.find(agentSessionId, cwd);
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

  /** Where Claude Code keeps what a session with this environment does. */
  private homeOf(env: AgentStartOptions['env']): Home {
    const configDir = env['CLAUDE_CONFIG_DIR'] ?? this.home.configDir;
    if (configDir === this.home.configDir) return this.home;
    const known = this.homes.get(configDir);
    if (known !== undefined) return known;
    const home = openHome(configDir);
    this.homes.set(configDir, home);
    return home;
  }

  /** Two processes on one conversation fork it silently: there is no lock but this look. */
  private async refuseSecondWriter(agentSessionId: string, registry: Registry): Promise<void> {
    const running = await registry.running();
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

/** A process that is ready, or why there is none. */
type Launched =
  | { readonly isReady: true; readonly session: ClaudeSession }
  | { readonly isReady: false; readonly said: string; readonly error: unknown };

/** What a person is told of a start that failed. */
function startError(
  error: unknown,
  failure: {
    readonly start: AgentStartOptions;
    readonly isCrash: boolean;
    readonly exit: ChildExit;
    readonly said: string;
  },
): unknown {
  const { start, isCrash, exit, said } = failure;
  if (start.signal?.aborted) return endedError();
  if (isCrash) return problemError(crashedProblem(exit.code, exit.signal, said));
  return isAppError(error, 'timeout') ? notReadyError(said, error) : error;
}

/** One folder of Claude Code's own. */
interface Home {
  readonly configDir: string;
  readonly registry: Registry;
  readonly projects: Projects;
}

function openHome(configDir: string): Home {
  return { configDir, registry: new Registry({ configDir }), projects: new Projects(configDir) };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

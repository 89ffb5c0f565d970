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
  ReportedEntry,
  TheirsBefore,
  WritersWatch,
} from '../protocol/agent.ts';
import { folderMissingError, problemError, sessionBusyError } from './errors.ts';
import { ConversationReader } from './files/conversationReader.ts';
import { FolderWatches } from './files/folderWatches.ts';
import { FoundSessions } from './files/foundSessions.ts';
import { type Launched, launchClaude } from './cli/launchClaude.ts';
import { bringConversation } from './files/bringConversation.ts';
import { ClaudeObserved } from './files/claudeObserved.ts';
import type { RunningSessions } from './files/observedOthers.ts';
import { OwnChildren } from './files/ownChildren.ts';
import { ClaudeWriters } from './files/claudeWriters.ts';
import { Projects } from './files/projects.ts';
import { readRules } from './files/readRules.ts';
import { Registry } from './files/registry.ts';
import { probeClaude } from './cli/probeClaude.ts';
import { withoutOuterSession } from './cli/withoutOuterSession.ts';
import { CLAUDE_RULES } from './rules/claudeRules.ts';
import { SeenIds } from './entries/seenIds.ts';
import type { ClaudeSession } from './cli/claudeSession.ts';

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
  readonly rules = CLAUDE_RULES;
  readonly onDidChangeFound;
  private readonly options: ClaudeAgentOptions;
  private readonly home: Home;
  /** Homes of sessions whose own environment names another one. */
  private readonly homes = new Map<string, Home>();
  private readonly watches: FolderWatches;
  private readonly observed = new Set<ClaudeObserved>();
  private readonly own: OwnChildren;
  private readonly resuming = new Set<string>();
  /** Until a version says that it knows no such option. */
  private hasMirror = true;
  private probed: { readonly probe: AgentProbe; readonly at: number } | undefined;

  constructor(options: ClaudeAgentOptions) {
    this.options = { ...options, env: withoutOuterSession(options.env) };
    this.watches = new FolderWatches(options);
    this.own = new OwnChildren(() => options.clock.now());
    this.home = this.openHome(options.configDir ?? configDirOf(options.env));
    this.onDidChangeFound = this.home.found.onDidChange;
  }

  async probe(): Promise<AgentProbe> {
    const probe = await probeClaude({ path: this.options.path, env: this.options.env });
    this.probed = { probe, at: this.options.clock.monotonic() };
    return probe;
  }

  readRules(cwd: string, env: AgentStartOptions['env']): Promise<(path: string) => boolean> {
    const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
    return readRules({ cwd, home, configDir: this.homeOf(env).configDir });
  }

  async start(given: AgentStartOptions): Promise<AgentSession> {
    const start = { ...given, env: withoutOuterSession(given.env) };
    const { resume } = start;
    if (resume === undefined) return this.startChild(start, randomUUID());
    // The registry shows a child only some time after its start: our own are known before.
    if (this.resuming.has(resume)) throw sessionBusyError(undefined);
    this.resuming.add(resume);
    try {
      await this.refuseSecondWriter(resume, this.homeOf(start.env).registry, start.beside);
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

  private launch(
    start: AgentStartOptions,
    probe: AgentProbe,
    sessionId: string,
  ): Promise<Launched> {
    return launchClaude({
      start,
      probe,
      sessionId,
      hasMirror: this.hasMirror,
      configDir: this.homeOf(start.env).configDir,
      adopt: (session) => this.adopt(session, sessionId),
      clock: this.options.clock,
      log: this.options.log,
    });
  }

  found(): Promise<readonly FoundSession[]> {
    return this.home.found.list();
  }

  watchWriters(
    conversation: { readonly agentSessionId: string; readonly cwd: string },
    env: AgentStartOptions['env'],
    before: TheirsBefore = { marks: [] },
  ): Promise<WritersWatch> {
    const home = this.homeOf(env);
    const watch = new ClaudeWriters({
      sessionId: conversation.agentSessionId,
      cwd: conversation.cwd,
      before,
      own: this.own,
      hasMirror: () => this.hasMirror,
      registry: runningOf(home),
      projects: home.projects,
      watches: this.watches,
      clock: this.options.clock,
      log: this.options.log,
    });
    return watch.open();
  }

  observe(session: FoundSession): ObservedSession {
    const observed = new ClaudeObserved({
      session,
      registry: this.home.registry,
      projects: this.home.projects,
      watches: this.watches,
      running: runningOf(this.home),
      clock: this.options.clock,
      log: this.options.log,
      onDidStop: () => this.observed.delete(observed),
    });
    this.observed.add(observed);
    return observed;
  }

  async bring(
    { agentSessionId, cwd }: { readonly agentSessionId: string; readonly cwd: string },
    folder: string,
    env: AgentStartOptions['env'],
  ): Promise<void> {
    const { projects } = this.homeOf(env);
    const path = await projects.find(agentSessionId, cwd);
    const target = projects.placeIn(agentSessionId, folder);
    // Without a transcript nothing was said yet: it begins anew there.
    if (path !== undefined && target !== undefined) await bringConversation(path, target);
  }

  async readTranscript(
    agentSessionId: string,
    cwd: string,
    env: AgentStartOptions['env'] = {},
  ): Promise<readonly ReportedEntry[]> {
    const path = await this.homeOf(env).projects.find(agentSessionId, cwd);
    if (path === undefined) return [];
    const reader = new ConversationReader({ path, now: () => this.options.clock.now() });
    const { entries } = await reader.read();
    const seen = new SeenIds();
    // A retry has one id live and another in the file; one that was missed is of no use later. And
    // 2.1.197 writes the whole conversation once more after a request that was too large.
    return [...entries, ...reader.flush()].filter(
      ({ entry }) => entry.kind !== 'retry' && seen.add(entry.id),
    );
  }

  endedCleanly(pid: number, env: AgentStartOptions['env']): Promise<boolean> {
    return this.homeOf(env).registry.isSignedOff(pid);
  }

  async close(): Promise<void> {
    for (const { found } of [this.home, ...this.homes.values()]) found.dispose();
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
    const home = this.openHome(configDir);
    this.homes.set(configDir, home);
    return home;
  }

  private openHome(configDir: string): Home {
    const { own, watches } = this;
    const { clock } = this.options;
    const registry = new Registry({ configDir });
    const projects = new Projects(configDir);
    const found = new FoundSessions({
      ...{ registry, projects, watches, clock },
      ownPids: () => own.pids,
      ownConversations: () => own.conversations,
    });
    return { configDir, registry, projects, found };
  }

  /** Two processes on one conversation fork it silently: there is no lock but this look. */
  private async refuseSecondWriter(
    agentSessionId: string,
    registry: Registry,
    beside: readonly number[] = [],
  ): Promise<void> {
    const running = await registry.running();
    const busy = running.find(
      ({ sessionId, pid }) => sessionId === agentSessionId && !beside.includes(pid),
    );
    if (busy !== undefined) throw sessionBusyError(busy.pid);
    const own = this.own.writerOf(agentSessionId);
    if (own !== undefined) throw sessionBusyError(own);
  }

  /** Remembers a session of ours while it runs, and which conversation it writes. */
  private adopt(session: ClaudeSession, agentSessionId: string): void {
    const { own } = this;
    const { pid } = session;
    own.started(pid, agentSessionId);
    session.onDidChangeState((event) => {
      if (event.kind === 'exit') own.exited(pid, event.expected);
      if (event.kind === 'facts' && event.facts.agentSessionId !== undefined) {
        own.moved(pid, event.facts.agentSessionId);
      }
    });
    session.onDidWrite(({ conversation, uuids }) => own.wrote(conversation, uuids));
  }
}

/** One folder of Claude Code's own. */
interface Home {
  readonly configDir: string;
  readonly registry: Registry;
  readonly projects: Projects;
  readonly found: FoundSessions;
}

function runningOf({ found }: Home): RunningSessions {
  return {
    running: () => found.running(),
    onDidChange: found.onDidChange,
    look: () => found.lookOnce(),
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

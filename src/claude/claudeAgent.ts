// Claude Code as an Agent: the composition of this room.
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import type { Logger } from '../base/log.ts';
import type {
  Agent,
  AgentProbe,
  AgentSession,
  AgentStartOptions,
  FoundSession,
  ObservedSession,
} from '../protocol/agent.ts';
import type { Entry } from '../protocol/transcript.ts';
import { crashedProblem, folderMissingError, problemError, sessionBusyError } from './errors.ts';
import { childEnvironment, probeClaude } from './probe.ts';
import { ClaudeSession } from './process.ts';
import { processStart } from './processStart.ts';

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
  private readonly changed = new Emitter<void>();
  private readonly options: ClaudeAgentOptions;
  private readonly configDir: string;
  private probed: AgentProbe | undefined;

  constructor(options: ClaudeAgentOptions) {
    this.options = options;
    this.configDir = options.configDir ?? configDirOf(options.env);
    this.onDidChangeFound = this.changed.event;
  }

  async probe(): Promise<AgentProbe> {
    this.probed = await probeClaude({ path: this.options.path, env: this.options.env });
    return this.probed;
  }

  async start(start: AgentStartOptions): Promise<AgentSession> {
    const probe =
      this.probed?.problem === undefined && this.probed ? this.probed : await this.probe();
    if (probe.problem !== undefined) throw problemError(probe.problem);
    if (!(await isFolder(start.cwd))) throw folderMissingError(start.cwd);
    const sessionId = start.resume ?? randomUUID();
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
      askMode,
      initialFacts: { agentSessionId: sessionId },
      clock: this.options.clock,
      log: this.options.log,
    });
    try {
      await session.initialize();
    } catch (error) {
      session.kill();
      const exit = await session.lastWords.exited;
      const said = exit.error ?? session.lastWords.stderr;
      if (said !== '') throw problemError(crashedProblem(exit.code, exit.signal, said.slice(-500)));
      throw error;
    }
    return session;
  }

  async found(): Promise<readonly FoundSession[]> {
    return [];
  }

  observe(_session: FoundSession): ObservedSession {
    throw sessionBusyError(0);
  }

  async readTranscript(): Promise<readonly Entry[]> {
    return [];
  }

  async close(): Promise<void> {
    this.changed.dispose();
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

// A real Claude Code against the demo model, with its events collected, for the integration tests.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createClaudeAgent } from '../../src/claude/claudeAgent.ts';
import type {
  Agent,
  AgentEvent,
  AgentSession,
  AgentStartOptions,
} from '../../src/protocol/agent.ts';
import type { Entry, EntryKind, EntryOf } from '../../src/protocol/transcript.ts';
import {
  claudeEnvironment,
  type ClaudeEnvironment,
  installClaude,
} from '../../tools/install/claudeCli.ts';
import type { ClaudeVersion } from '../../tools/install/claudeVersions.ts';
import { type DemoModel, startDemoModel } from '../../tools/demo/demoModel.ts';

/** Events of one session and ways to wait for them. */
export class Recorder {
  readonly events: AgentEvent[] = [];
  private readonly waiting = new Set<() => void>();

  take(event: AgentEvent): void {
    this.events.push(event);
    for (const look of [...this.waiting]) look();
  }

  get entries(): Entry[] {
    return this.events.flatMap((event) => (event.kind === 'entry' ? [event.entry] : []));
  }

  kind<K extends EntryKind>(kind: K): EntryOf<K>[] {
    // The filter is by the discriminant.
    return this.entries.filter((entry) => entry.kind === kind) as EntryOf<K>[];
  }

  /** Resolves when `find` gives something for the events so far; the message says what was missing. */
  async until<T>(what: string, find: (events: readonly AgentEvent[]) => T | undefined): Promise<T> {
    const now = find(this.events);
    if (now !== undefined) return now;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        const last = this.events.slice(-8).map((event) => JSON.stringify(event).slice(0, 200));
        reject(new Error(`${what} did not come; last events:\n${last.join('\n')}`));
      }, 25_000);
      const look = (): void => {
        const found = find(this.events);
        if (found === undefined) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
    });
  }

  /** The next entry of a kind after `since` entries of it. */
  entry<K extends EntryKind>(kind: K, since = 0): Promise<EntryOf<K>> {
    return this.until(`entry ${kind}`, () => this.kind(kind)[since]);
  }
}

/** One version of the CLI, one demo model, one home. */
export interface RealClaude {
  readonly agent: Agent;
  readonly model: DemoModel;
  readonly environment: ClaudeEnvironment;
  readonly project: string;
  readonly path: string;
  start(options?: Partial<AgentStartOptions>): Promise<{ session: AgentSession; seen: Recorder }>;
  close(): Promise<void>;
}

/** Starts everything; close it. */
export async function realClaude(version: ClaudeVersion): Promise<RealClaude> {
  const model = await startDemoModel({ delayMs: 2 });
  const environment = await claudeEnvironment({ modelUrl: model.url, version });
  const project = join(environment.folder, 'project');
  await mkdir(project, { recursive: true });
  const path = await installClaude(version);
  const agent = createClaudeAgent({
    path,
    env: environment.env,
    configDir: environment.configDir,
    clock: systemClock,
    log: silentLogger,
  });
  const sessions: AgentSession[] = [];
  return {
    agent,
    model,
    environment,
    project,
    path,
    async start(options = {}) {
      const session = await agent.start({ cwd: project, env: environment.env, ...options });
      sessions.push(session);
      const seen = new Recorder();
      session.onDidEmit((event) => seen.take(event));
      return { session, seen };
    },
    async close() {
      await Promise.all(sessions.map((session) => session.close({ interrupt: true })));
      await agent.close();
      await model.close();
      await rm(environment.folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

// What an end-to-end test begins with: a demo model, the real CLI, and a built session host with a home of its own.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClaudeEnvironment, claudeEnvironment, installClaude } from '../install/claudeCli.ts';
import { type ClaudeVersion, DEFAULT_VERSION } from '../install/claudeVersions.ts';
import { closeAll, type Closer } from './closing.ts';
import { type DemoModel, startDemoModel } from '../demo/demoModel.ts';
import { type HostProcess, startHostProcess } from './hostProcess.ts';
import { assertNoneLeft, endProcessesWith } from './processes.ts';
import { writeSampleProject } from './sampleProject.ts';

/** How the world is made. */
export interface WorldOptions {
  readonly claudeVersion?: ClaudeVersion;
  /** Pause of the demo model between two deltas. */
  readonly delayMs?: number;
  /** Default true; false leaves starting a session host to the extension. */
  readonly startHost?: boolean;
}

/** A computer of one person, as far as the tests care. */
export interface World {
  /** Everything of this world lies below it. */
  readonly folder: string;
  /** TWINHELM_HOME. */
  readonly home: string;
  /** The sample project. */
  readonly project: string;
  readonly claudeBinary: string;
  readonly claude: ClaudeEnvironment;
  readonly model: DemoModel;
  /** All variables for session host, command line and VS Code. */
  readonly env: Readonly<Record<string, string>>;
  /** The running host; throws if none was started. */
  host(): HostProcess;
  /** Starts the host anew after it was ended. */
  restartHost(): Promise<HostProcess>;
  /** Ends everything and checks that no process is left. */
  close(): Promise<void>;
}

/** Makes a world below a new temporary folder; one that cannot be made whole leaves nothing. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'twinhelm-world-')));
  const home = join(folder, 'twinhelm');
  // Closed from the last to the first.
  const closers: Closer[] = [
    () => rm(folder, { recursive: true, force: true }),
    () => endProcessesWith('TWINHELM_HOME', home),
  ];
  const close = (): Promise<void> => closeAll(closers.splice(0).toReversed());
  try {
    return await makeWorld(options, { folder, home, closers, close });
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

interface Begun {
  readonly folder: string;
  readonly home: string;
  readonly closers: Closer[];
  readonly close: () => Promise<void>;
}

async function makeWorld(
  options: WorldOptions,
  { folder, home, closers, close }: Begun,
): Promise<World> {
  const project = join(folder, 'project');
  await writeSampleProject(project);
  const version = options.claudeVersion ?? DEFAULT_VERSION;
  const claudeBinary = await installClaude(version);
  const delay = options.delayMs === undefined ? {} : { delayMs: options.delayMs };
  const model = await startDemoModel(delay);
  closers.push(() => assertNoneLeft('TWINHELM_HOME', home, 15_000));
  closers.push(() => model.close());
  const claude = await claudeEnvironment({
    folder: join(folder, 'agent'),
    modelUrl: model.url,
    trusted: [project],
    version,
  });
  const env = { ...claude.env, TWINHELM_HOME: home, TWINHELM_CLAUDE: claudeBinary };
  const start = (): Promise<HostProcess> => startHostProcess({ env, cwd: folder });
  let host = options.startHost === false ? undefined : await start();
  closers.push(() => host?.close());
  return {
    folder,
    home,
    project,
    claudeBinary,
    claude,
    model,
    env,
    host() {
      if (host === undefined) throw new Error('This world was made without a host.');
      return host;
    },
    async restartHost() {
      await host?.process.end();
      host = await start();
      return host;
    },
    close,
  };
}

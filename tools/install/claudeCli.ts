// The real Claude Code CLI, pinned, and an environment in which it knows nobody and talks to loopback only.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installHost } from './cache.ts';

/** The versions every test runs against: the newest known, and the newest one that Node 20 users get. */
export const CLAUDE_VERSIONS = ['2.1.332', '2.1.197'] as const;
/** A version between the two, for what has to hold on more than two: only deep tests run it. */
export const MIDDLE_VERSION = '2.1.329';
/** One of the pinned versions. */
export type ClaudeVersion = (typeof CLAUDE_VERSIONS)[number] | typeof MIDDLE_VERSION;

/** A key that opens nothing. */
const DUMMY_KEY = 'sk-ant-api03-twinhelm-demo-key-that-opens-nothing-0000000000';

/** Installs the pinned CLI if it is not there yet; returns the path of its binary. */
export async function installClaude(version: ClaudeVersion = '2.1.332'): Promise<string> {
  const folder = await installHost(`claude-${version}`);
  const platform = `${process.platform}-${process.arch}`;
  const file = process.platform === 'win32' ? 'claude.exe' : 'claude';
  for (const flavour of [platform, `${platform}-musl`]) {
    const binary = join(folder, 'node_modules/@anthropic-ai', `claude-code-${flavour}`, file);
    if (existsSync(binary)) return binary;
  }
  throw new Error(`Claude Code ${version} has no binary for ${platform}. The tests need one.`);
}

/** What the environment is made of. */
export interface ClaudeEnvironmentOptions {
  /** Folder for HOME and CLAUDE_CONFIG_DIR; made if it is not there. Default: a new temporary one. */
  readonly folder?: string;
  /** Address of the demo model. */
  readonly modelUrl: string;
  /** Folders that the CLI's terminal UI trusts without asking. */
  readonly trusted?: readonly string[];
  /** CLI version that the onboarding is marked as done for. */
  readonly version?: ClaudeVersion;
  /** PATH for the CLI; default: this process's. */
  readonly path?: string;
}

/** The environment and where it lives. */
export interface ClaudeEnvironment {
  readonly folder: string;
  readonly home: string;
  readonly configDir: string;
  /** All variables for the child: nothing of this process's own but PATH, LANG and TERM. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes a HOME of its own with everything answered that the CLI would ask at its first start. */
export async function claudeEnvironment(
  options: ClaudeEnvironmentOptions,
): Promise<ClaudeEnvironment> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'twinhelm-claude-')));
  const home = join(folder, 'home');
  const configDir = join(folder, 'claude');
  await mkdir(home, { recursive: true });
  await mkdir(configDir, { recursive: true });
  const projects: Record<string, unknown> = {};
  for (const path of options.trusted ?? []) {
    const trust = { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true };
    projects[path] = trust;
    projects[await realpath(path).catch(() => path)] = trust;
  }
  const state = {
    hasCompletedOnboarding: true,
    theme: 'dark',
    lastOnboardingVersion: options.version ?? '2.1.332',
    customApiKeyResponses: { approved: [DUMMY_KEY.slice(-20)], rejected: [] },
    projects,
  };
  const file = join(configDir, '.claude.json');
  if (!existsSync(file)) await writeFile(file, JSON.stringify(state), { mode: 0o600 });
  return {
    folder,
    home,
    configDir,
    env: {
      PATH: options.path ?? process.env['PATH'] ?? '',
      LANG: process.env['LANG'] ?? 'C.UTF-8',
      TERM: process.env['TERM'] ?? 'xterm-256color',
      HOME: home,
      CLAUDE_CONFIG_DIR: configDir,
      ANTHROPIC_BASE_URL: options.modelUrl,
      ANTHROPIC_API_KEY: DUMMY_KEY,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_ERROR_REPORTING: '1',
    },
  };
}

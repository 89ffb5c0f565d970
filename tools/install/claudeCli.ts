// The real Claude Code CLI, and an environment in which it knows nobody and talks to loopback only.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasHost, installHost, installPackage } from './cache.ts';
import { type ClaudeVersion, DEFAULT_VERSION, NAMED_CLAUDE } from './claudeVersions.ts';

/** A key that opens nothing. */
const DUMMY_KEY = 'sk-ant-api03-twinhelm-demo-key-that-opens-nothing-0000000000';

/** A login with a plan that opens nothing: for a computer without a network only, or the CLI asks about it. */
export const DUMMY_TOKEN = 'sk-ant-oat01-twinhelm-demo-token-that-opens-nothing';

/**
 * Installs the CLI if it is not there yet; returns the path of its binary. Pinned versions come by their
 * lockfile, others as the registry has them; a program that somebody named is taken as it is.
 */
export async function installClaude(version: ClaudeVersion = DEFAULT_VERSION): Promise<string> {
  if (NAMED_CLAUDE?.path !== undefined && NAMED_CLAUDE.version === version) {
    return NAMED_CLAUDE.path;
  }
  const name = `claude-${version}`;
  const folder = hasHost(name)
    ? await installHost(name)
    : await installPackage(name, nativePackages(version));
  const platform = `${process.platform}-${process.arch}`;
  const file = process.platform === 'win32' ? 'claude.exe' : 'claude';
  for (const flavour of [platform, `${platform}-musl`]) {
    const binary = join(folder, 'node_modules/@anthropic-ai', `claude-code-${flavour}`, file);
    if (existsSync(binary)) return binary;
  }
  throw new Error(`Claude Code ${version} has no binary for ${platform}. The tests need one.`);
}

/** The program of this computer alone; its wrapper and those of other platforms are not needed. */
function nativePackages(version: ClaudeVersion): Readonly<Record<string, string>> {
  const own = `@anthropic-ai/claude-code-${process.platform}-${process.arch}`;
  return process.platform === 'linux'
    ? { [own]: version, [`${own}-musl`]: version }
    : { [own]: version };
}

/** Settings in which every version asks: some, 2.1.287 for one, start in `auto` where nobody has chosen. */
export const ASKING = { permissions: { defaultMode: 'default' } } as const;

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
    lastOnboardingVersion: options.version ?? DEFAULT_VERSION,
    customApiKeyResponses: { approved: [DUMMY_KEY.slice(-20)], rejected: [] },
    projects,
    // Some versions speak of their new default once; in a terminal it takes what is typed.
    hasSeenAutoDefaultNotice: true,
    hasSeenAutoDefaultNudge: true,
    autoModeClassifierBillingNoticeAcknowledgedAt: Date.now(),
  };
  const file = join(configDir, '.claude.json');
  if (!existsSync(file)) await writeFile(file, JSON.stringify(state), { mode: 0o600 });
  const settings = join(configDir, 'settings.json');
  if (!existsSync(settings)) await writeFile(settings, JSON.stringify(ASKING));
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

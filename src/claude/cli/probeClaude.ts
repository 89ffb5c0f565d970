// Asks the installed CLI what it is: version, features, login; every failure is a problem with its remedy.
import { say, verbatim } from '../../base/say.ts';
import { execFile } from 'node:child_process';
import * as z from 'zod/mini';
import type { AgentProbe } from '../../protocol/agent.ts';
import { parseJson } from '../../protocol/json.ts';
import {
  brokenProblem,
  hangsProblem,
  MIN_CLI_VERSION,
  notFoundProblem,
  notLoggedInProblem,
  tooOldProblem,
} from '../errors.ts';
import { programStart } from './programStart.ts';
import { locateClaude, type LocateClaudeOptions } from './locateClaude.ts';

/** `--version` takes 0.1 s warm, some seconds from a cold disk. */
const VERSION_TIMEOUT_MS = 20_000;
const AUTH_TIMEOUT_MS = 20_000;

/** Variables that make a login unnecessary. */
const KEY_VARIABLES = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
  'CLAUDE_CODE_USE_FOUNDRY',
];

/** How to probe. */
export interface ProbeClaudeOptions extends LocateClaudeOptions {
  readonly versionTimeoutMs?: number;
}

interface RunOptions {
  readonly env: Record<string, string>;
  readonly platform: NodeJS.Platform;
  readonly timeoutMs: number;
}

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | string | null;
  readonly isTimeout: boolean;
}

/** Finds the CLI and asks it; never throws. */
export async function probeClaude(options: ProbeClaudeOptions): Promise<AgentProbe> {
  const located = await locateClaude(options);
  if (!located.found) return { features: [], problem: notFoundProblem(located.tried) };
  const { path } = located;
  const timeoutMs = options.versionTimeoutMs ?? VERSION_TIMEOUT_MS;
  const env = childEnvironment(options.env);
  const how: RunOptions = { env, platform: options.platform ?? process.platform, timeoutMs };
  const asked = await run(path, ['--version'], how);
  if (asked.isTimeout) return { path, features: [], problem: hangsProblem(path, timeoutMs) };
  const version = /(\d+\.\d+\.\d+)/.exec(asked.stdout)?.[1];
  if (version === undefined) {
    const said = (asked.stderr || asked.stdout).trim().slice(-300);
    const detail = said === '' ? say`exit code ${String(asked.code)}` : verbatim(said);
    return { path, features: [], problem: brokenProblem(path, detail) };
  }
  if (compareVersions(version, MIN_CLI_VERSION) < 0) {
    return { path, version, features: [], problem: tooOldProblem(version) };
  }
  const [help, loggedIn] = await Promise.all([run(path, ['--help'], how), isLoggedIn(path, how)]);
  return {
    path,
    version,
    features: featuresOf(help.stdout),
    ...(loggedIn ? {} : { problem: notLoggedInProblem() }),
  };
}

/** Environment of a child: nothing that would make an Electron program run as Node. */
export function childEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(env)) {
    if (value !== undefined && key !== 'ELECTRON_RUN_AS_NODE') out[key] = value;
  }
  return out;
}

/** Whether there is a login or a key; only "not logged in" said by the CLI itself counts as no. */
async function isLoggedIn(path: string, how: RunOptions): Promise<boolean> {
  if (KEY_VARIABLES.some((key) => (how.env[key] ?? '') !== '')) return true;
  const args = ['auth', 'status', '--json'];
  const asked = await run(path, args, { ...how, timeoutMs: AUTH_TIMEOUT_MS });
  const status = z.looseObject({ loggedIn: z.boolean() }).safeParse(parseJson(asked.stdout));
  return !status.success || status.data.loggedIn;
}

function featuresOf(help: string): string[] {
  // `--session-mirror` is hidden; every supported version has it.
  const features = ['session-mirror'];
  if (help.includes('--session-id')) features.push('session-id');
  if (help.includes('--replay-user-messages')) features.push('replay');
  if (/--permission-mode[\s\S]{0,400}"manual"/.test(help)) features.push('mode-manual');
  return features;
}

/** Negative if `a` is older than `b`, 0 if equal; missing parts count as 0. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < 3; i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function run(
  path: string,
  args: readonly string[],
  { env, platform, timeoutMs }: RunOptions,
): Promise<Ran> {
  return new Promise((resolve) => {
    const { program, shell } = programStart(path, platform);
    const child = execFile(
      program,
      [...args],
      {
        env,
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 4 * 1024 * 1024,
        windowsHide: true,
        shell,
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : (error.code ?? null);
        resolve({ stdout, stderr, code, isTimeout: error?.killed === true });
      },
    );
    // Some versions wait for a prompt on an open standard input.
    child.stdin?.on('error', () => {});
    child.stdin?.end();
  });
}

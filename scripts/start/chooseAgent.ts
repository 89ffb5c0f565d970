// Which Claude Code `npm start` uses: the person's own if it is logged in, else the real CLI on the demo model.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as z from 'zod/mini';

const statusSchema = z.looseObject({ loggedIn: z.boolean() });
const STATUS_TIMEOUT_MS = 15_000;

/** The choice, and the reason as a person reads it. */
export type AgentChoice =
  | { readonly kind: 'own'; readonly binary: string; readonly reason: string }
  | { readonly kind: 'demo'; readonly reason: string };

function findClaude(env: NodeJS.ProcessEnv): string | undefined {
  const chosen = env['TWINHELM_CLAUDE'];
  if (chosen !== undefined && chosen !== '') return existsSync(chosen) ? chosen : undefined;
  const names = process.platform === 'win32' ? ['claude.exe', 'claude.cmd'] : ['claude'];
  return (env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

function isLoggedIn(binary: string, env: NodeJS.ProcessEnv): boolean {
  const { stdout } = spawnSync(binary, ['auth', 'status', '--json'], {
    env,
    encoding: 'utf8',
    timeout: STATUS_TIMEOUT_MS,
    shell: binary.endsWith('.cmd'),
  });
  try {
    return statusSchema.parse(JSON.parse(stdout)).loggedIn;
  } catch {
    // An old CLI without this command, or one that could not answer: not known to be logged in.
    return false;
  }
}

/** Chooses without reading any credential: the CLI itself is asked. */
export function chooseAgent(forceDemo: boolean, env: NodeJS.ProcessEnv): AgentChoice {
  if (forceDemo) return { kind: 'demo', reason: 'Demo model, as asked for with --demo.' };
  const binary = findClaude(env);
  if (binary === undefined) {
    return { kind: 'demo', reason: 'No `claude` was found: the demo model stands in for it.' };
  }
  if (!isLoggedIn(binary, env)) {
    const reason = `${binary} is not logged in: the demo model stands in. \`claude auth login\` changes that.`;
    return { kind: 'demo', reason };
  }
  return { kind: 'own', binary, reason: `Your own Claude Code: ${binary}` };
}

// Marks agent processes by session, so that one is found that was started a moment before its host died.
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { processStart } from '../../node/processStart.ts';
import type { AgentRules } from '../../protocol/agentRules.ts';
import type { ProcessName } from './oldChild.ts';

/** Environment variable that names the session of an agent process. */
export const AGENT_MARKER = 'TWINHELM_AGENT';

/** A process that is just being forked has its host's environment for a moment: it is looked for so often, with these pauses. */
const LOOKS = 4;
const PAUSE_MS = 150;

/**
 * Agent processes that a host has left behind. Where it was killed while it started one, that one may
 * not run its own program yet.
 */
export async function leftAgents(
  session: string,
  known: ProcessName,
  rules: Pick<AgentRules, 'isAgentProcess'>,
  look = agentProcesses,
): Promise<readonly ProcessName[]> {
  const looks = known.pid === 0 ? LOOKS : 1;
  for (let n = 1; ; n += 1) {
    const found = await look(session, rules);
    if (found.length > 0 || n >= looks) return found;
    await pause(PAUSE_MS);
  }
}

/** Agent processes of a session that run now. Only Linux shows the environment of others; elsewhere the list is empty. */
export async function agentProcesses(
  session: string,
  { isAgentProcess }: Pick<AgentRules, 'isAgentProcess'>,
  { platform = process.platform }: { readonly platform?: NodeJS.Platform } = {},
): Promise<readonly ProcessName[]> {
  const found: ProcessName[] = [];
  for (const { pid, commandLine } of await markedProcesses(session, platform)) {
    // Its tools inherit the variable.
    if (!isAgentProcess(commandLine)) continue;
    const start = await processStart(pid);
    if (start !== undefined) found.push({ pid, processStart: start });
  }
  return found;
}

/** Agents of a session and all that they have started that runs now. Empty but on Linux. */
export async function markedProcesses(
  session: string,
  platform: NodeJS.Platform = process.platform,
): Promise<readonly { readonly pid: number; readonly commandLine: readonly string[] }[]> {
  if (platform !== 'linux') return [];
  const found = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const environment = await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`${AGENT_MARKER}=${session}`)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    found.push({ pid: Number(entry), commandLine: command.split('\0') });
  }
  return found;
}

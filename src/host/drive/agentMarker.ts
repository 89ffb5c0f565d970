// Marks agent processes by session, so that one is found that was started a moment before its host died.
import { readdir, readFile } from 'node:fs/promises';
import { processStart } from '../../node/processStart.ts';
import type { AgentRules } from '../../protocol/agentRules.ts';
import type { ProcessName } from './oldChild.ts';

/** Environment variable that names the session of an agent process. */
export const AGENT_MARKER = 'TWINHELM_AGENT';

/** Agent processes of a session that run now. Only Linux shows the environment of others; elsewhere the list is empty. */
export async function agentProcesses(
  session: string,
  { isAgentProcess }: Pick<AgentRules, 'isAgentProcess'>,
  { platform = process.platform }: { readonly platform?: NodeJS.Platform } = {},
): Promise<readonly ProcessName[]> {
  if (platform !== 'linux') return [];
  const found: ProcessName[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const environment = await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`${AGENT_MARKER}=${session}`)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    // Its tools inherit the variable.
    if (!isAgentProcess(command.split('\0'))) continue;
    const start = await processStart(Number(entry));
    if (start !== undefined) found.push({ pid: Number(entry), processStart: start });
  }
  return found;
}

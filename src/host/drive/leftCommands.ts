// Commands of an agent that was killed: they run in groups of their own, and go on without it.
import { killTree, parentOf } from '../../node/processTree.ts';
import type { AgentRules } from '../../protocol/agentRules.ts';
import { markedProcesses } from './agentMarker.ts';

/**
 * [G5] Ends the commands of a session's agents once none of these lives: nobody reads what they write, and they are
 * told as stopped. What a command before has set free (`nohup … &`) goes on, and what another program runs, such as an agent that
 * a command has started. Only Linux shows which they are.
 */
export async function endLeftCommands(
  session: string,
  { isCommandProcess }: Pick<AgentRules, 'isCommandProcess'>,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  const marked = await markedProcesses(session, platform);
  const pids = new Set(marked.map(({ pid }) => pid));
  for (const { pid, commandLine } of marked) {
    if (isCommandProcess(commandLine) && !pids.has(parentOf(pid) ?? pid)) killTree(pid);
  }
}

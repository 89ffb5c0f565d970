// Watches how many agents of a rig live at the same time: more than one would be a second writer.
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { processesWith } from '../../tools/run/processes.ts';

const LOOK_MS = 5;

interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly start: string;
}

/** Agents that live now. What an agent just forked looks like it until it runs its own program. */
export async function liveAgents(folder: string): Promise<readonly Seen[]> {
  const marked = await processesWith('TWINHELM_TEST_RIG', folder);
  const found = marked.filter(({ command }) => command.includes('--input-format'));
  const seen = (await Promise.all(found.map(({ pid }) => look(pid)))).filter(
    (one) => one !== undefined,
  );
  return seen.filter(({ parent }) => !seen.some(({ pid }) => pid === parent));
}

/** Undefined if it is gone, only a zombie, or runs another program by now. */
async function look(pid: number): Promise<Seen | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (stat === '' || state === 'Z' || !command.includes('--input-format')) return undefined;
  return { pid, parent: Number(parent), state: state ?? '', start: rest[17] ?? '' };
}

/** Watches until `stop`, which tells the most that lived at a time, and who they were if they were several. */
export function watchAgents(folder: string): {
  readonly stop: () => Promise<{ readonly most: number; readonly several: readonly string[] }>;
} {
  let isOver = false;
  let most = 0;
  const several: string[] = [];
  const watching = (async () => {
    while (!isOver) {
      const agents = await liveAgents(folder);
      most = Math.max(most, agents.length);
      if (agents.length > 1 && several.length < 20) several.push(JSON.stringify(agents));
      await pause(LOOK_MS);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await watching;
      return { most, several };
    },
  };
}

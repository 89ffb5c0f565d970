// Watches how many agents of a rig live at the same time: more than one would be a second writer.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { processesWith } from '../../tools/run/processTable.ts';

const LOOK_MS = 10;
const MARKER = 'TWINHELM_TEST_RIG';

interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly start: string;
}

/** Agents that live now, but none of `others`. What an agent just forked looks like it until it runs its own program. */
export function liveAgents(folder: string, others?: ReadonlySet<string>): readonly Seen[] {
  const marked = processesWith(MARKER, folder, others);
  const seen = marked
    .filter(({ command }) => command.includes('--input-format'))
    .flatMap(({ pid }) => look(pid));
  return seen.filter(({ parent }) => !seen.some(({ pid }) => pid === parent));
}

/** Nothing if it is gone, only a zombie, or runs another program by now. */
function look(pid: number): Seen[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || !command.includes('--input-format')) return [];
    return [{ pid, parent: Number(parent), state: state ?? '', start: rest[17] ?? '' }];
  } catch {
    return [];
  }
}

/** Watches until `stop`, which tells the most that lived at a time, and who they were if they were several. */
export function watchAgents(folder: string): {
  readonly stop: () => Promise<{ readonly most: number; readonly several: readonly string[] }>;
} {
  let isOver = false;
  let most = 0;
  const several: string[] = [];
  // An agent is a child of its host, which is marked: none of these becomes one.
  const marked = new Set(processesWith(MARKER, folder).map(({ pid }) => `${pid}`));
  const others = new Set(readdirSync('/proc').filter((pid) => !marked.has(pid)));
  const watching = (async () => {
    while (!isOver) {
      const agents = liveAgents(folder, others);
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

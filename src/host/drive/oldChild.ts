// An agent process that outlived its session host: waited for, or ended, before anything else writes.
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Agent } from '../../protocol/agent.ts';
import { isSameProcess } from '../../node/processStart.ts';
import { killTree } from '../../node/processTree.ts';

/** A process that goes on after its input ended gets this long to finish its step. */
export const FINISH_MS = 60_000;
const TERM_MS = 3000;
const POLL_MS = 100;

/** A process named for good by pid and start time. */
export interface ProcessName {
  readonly pid: number;
  readonly processStart: string;
}

/**
 * Resolves when the process is gone, with whether it had to be ended. It may finish for 60 s, or until `endNow` aborts; then it gets
 * SIGTERM and at last SIGKILL. Its pid is checked before each signal: it may belong to another by
 * then. One whose start time is not known is never signalled.
 */
export async function awaitOldChild(
  child: ProcessName,
  options: {
    readonly clock: Clock;
    readonly log: Logger;
    readonly endNow: AbortSignal;
    readonly finishMs?: number;
    readonly platform?: NodeJS.Platform;
  },
): Promise<'ended' | 'killed'> {
  const { clock, log, endNow, finishMs = FINISH_MS, platform = process.platform } = options;
  const isNamed = child.processStart !== '';
  // Linux tells the start time of every process that lives: this one was gone already. Elsewhere the
  // program that tells it may have failed.
  if (child.pid === 0 || (!isNamed && platform === 'linux')) return 'ended';
  const isGone = async (untilMs: number, stop?: AbortSignal): Promise<boolean> => {
    const end = clock.monotonic() + untilMs;
    for (;;) {
      if (!(await isSameProcess(child.pid, child.processStart))) return true;
      if (stop?.aborted || clock.monotonic() >= end) return false;
      await pause(POLL_MS);
    }
  };
  if ((await isGone(finishMs, endNow)) || !isNamed) return 'ended';
  log.warn('old agent process does not end by itself', { pid: child.pid });
  terminate(child.pid, platform);
  if (await isGone(TERM_MS)) return 'killed';
  kill(child.pid, platform);
  await isGone(TERM_MS);
  return 'killed';
}

/** The agent leads a group, so that its tools hear of it too; Windows has none. */
function terminate(pid: number, platform: NodeJS.Platform): void {
  for (const target of platform === 'win32' ? [pid] : [-pid, pid]) {
    if (send(target, 'SIGTERM')) return;
  }
}

function kill(pid: number, platform: NodeJS.Platform): void {
  if (platform === 'win32') send(pid, 'SIGKILL');
  else killTree(pid);
}

/** Whether there was anything to signal. */
function send(target: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(target, name);
  } catch {
    return false;
  }
}

/** [Q6] Whether these have written their transcript to the end: a process that never ran wrote nothing. */
export async function endedCleanly(
  old: readonly ProcessName[],
  { agent, env }: { readonly agent: Agent; readonly env: Readonly<Record<string, string>> },
): Promise<boolean> {
  const named = old.filter(({ pid }) => pid !== 0);
  const clean = await Promise.all(
    named.map(async ({ pid }) => (await agent.endedCleanly?.(pid, env)) === true),
  );
  return clean.every(Boolean);
}

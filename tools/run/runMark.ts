// Vitest's global set-up: marks everything that a run starts, and ends at the end what a test left behind.
import { endProcessesWith, RUN_MARK } from './processes.ts';
import { type MarkedProcess } from './processTable.ts';

/** Sets the mark, unless `npm test` has and looks itself; returns what ends the run. */
export function setup(): (() => Promise<void>) | undefined {
  if (process.env[RUN_MARK] !== undefined) return undefined;
  const run = `${process.pid}-${Date.now()}`;
  process.env[RUN_MARK] = run;
  return async () => {
    // Vitest's own workers and watchdog carry the mark too, and end with vitest.
    const isVitest = ({ command }: MarkedProcess): boolean => command.includes('vitest');
    for (const { pid, command } of await endProcessesWith(RUN_MARK, run, isVitest)) {
      console.error(`left running by a test, ended: ${pid} ${command}`);
    }
  };
}

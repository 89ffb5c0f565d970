// Plays scenes in one session, and tells what differs between its readings.
import type { ClaudeVersion } from '../../tools/install/claudeVersions.ts';
import type { Entry } from '../../src/protocol/transcript.ts';
import { differences } from './differences.ts';
import { FidelityRun } from './fidelityRun.ts';
import type { Scene } from './scenes.ts';

/** What a run has found. */
export interface Found {
  /** What a guest who came late sees otherwise. */
  readonly joined: readonly string[];
  /** What a host that was killed reads otherwise. */
  readonly readUp: readonly string[];
  /** Entries that this version does not understand. */
  readonly unknown: readonly Entry[];
  /** Scenes that did not show what they are there for. */
  readonly notShown: readonly string[];
  readonly entries: number;
}

/** Runs the scenes one after the other, and compares. */
export async function playAndCompare(
  version: ClaudeVersion,
  scenes: readonly Scene[],
): Promise<Found> {
  const run = await FidelityRun.start(version);
  try {
    const notShown: string[] = [];
    for (const { name, play, shows } of scenes) {
      const before = run.owner.entries.length;
      // oxlint-disable-next-line no-await-in-loop -- one conversation
      await play(run).catch((error: unknown) => {
        throw new Error(`in "${name}": ${String(error)}`);
      });
      if (shows?.(run.owner.entries.slice(before)) === false) notShown.push(name);
    }
    const { live, joined, readUp } = await run.readings();
    return {
      joined: differences(live, joined, version),
      readUp: differences(live, readUp, version),
      unknown: live.filter(({ kind }) => kind === 'unknown'),
      notShown,
      entries: live.length,
    };
  } finally {
    await run.close();
  }
}

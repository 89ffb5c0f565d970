// One `npm start` per folder: a file names the process that runs there, so that a second one leaves it alone.
import { hasErrorCode } from '../../src/node/files.ts';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { isSameProcess, processStart } from '../../src/node/processStart.ts';

const ownerSchema = z.object({ pid: z.number(), start: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/**
 * Takes the folder's lock file. Resolves to what gives it back. Rejects with words for a person if
 * another process that still runs has it; a pid that was given to another program since does not count.
 */
export async function takeStartLock(file: string): Promise<() => void> {
  const own: Owner = { pid: process.pid, start: (await processStart(process.pid)) ?? '' };
  const next = `${file}.${process.pid}`;
  writeFileSync(next, JSON.stringify(own), { mode: 0o600 });
  try {
    while (!linkIfFree(next, file)) {
      const other = ownerOf(file);
      if (other && (await isSameProcess(other.pid, other.start))) {
        throw new Error(
          `npm start runs in this clone already (process ${other.pid}). It was left alone. ` +
            'End it with Ctrl+C first, or set TWINHELM_START_FOLDER to another folder for a second one.',
        );
      }
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(next, { force: true });
  }
  return () => rmSync(file, { force: true });
}

/** link(2) makes the file with its content in one step, or not at all. */
function linkIfFree(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function ownerOf(file: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Gone in the meantime, or of a version that wrote something else: nobody's.
    return undefined;
  }
}

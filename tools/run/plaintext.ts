// Looks for texts in what a process has: its memory and its files.
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

const WINDOW_BYTES = 4 * 1024 * 1024;

/** Which of `canaries` stand in the readable memory of a process (Linux), as UTF-8 or UTF-16. */
export async function canariesInMemory(
  pid: number,
  canaries: readonly string[],
): Promise<{ readonly found: string[]; readonly scannedBytes: number }> {
  const found = new Set<string>();
  let scannedBytes = 0;
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8');
  const memory = await open(`/proc/${pid}/mem`, 'r');
  try {
    for (const line of maps.split('\n')) {
      const match = /^([0-9a-f]+)-([0-9a-f]+) r\S+ \S+ \S+ \S+\s*(.*)$/.exec(line);
      if (!match?.[1] || !match[2] || match[3] === '[vvar]' || match[3] === '[vsyscall]') continue;
      const end = Number.parseInt(match[2], 16);
      for (let at = Number.parseInt(match[1], 16); at < end; at += WINDOW_BYTES) {
        // Neighbouring windows overlap, so that a canary on the border is seen.
        const buffer = Buffer.alloc(Math.min(WINDOW_BYTES + 256, end - at));
        const read = await memory.read(buffer, 0, buffer.length, at).catch(() => undefined);
        if (read === undefined) break;
        scannedBytes += read.bytesRead;
        for (const canary of canariesIn(buffer, canaries)) found.add(canary);
      }
    }
  } finally {
    await memory.close();
  }
  return { found: canaries.filter((canary) => found.has(canary)), scannedBytes };
}

/** Which of `canaries` stand in the files below a folder. */
export async function canariesInFiles(
  folder: string,
  canaries: readonly string[],
): Promise<{ readonly found: string[]; readonly scannedBytes: number }> {
  const found = new Set<string>();
  let scannedBytes = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if (!(await stat(path)).isFile()) continue;
    const bytes = await readFile(path);
    scannedBytes += bytes.length;
    for (const canary of canariesIn(bytes, canaries)) found.add(canary);
  }
  return { found: canaries.filter((canary) => found.has(canary)), scannedBytes };
}

function canariesIn(bytes: Buffer, canaries: readonly string[]): string[] {
  return canaries.filter(
    (canary) => bytes.includes(canary, 0, 'utf8') || bytes.includes(canary, 0, 'utf16le'),
  );
}

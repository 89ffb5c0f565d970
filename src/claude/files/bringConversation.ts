// Copies a conversation to where Claude Code looks for it in another folder; the original is left as it is.
import { chmod, cp, lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { otherTranscriptError, transcriptMovedError } from '../errors.ts';
import { newId } from '../../base/ids.ts';

/**
 * `path`: the transcript. Throws AppError 'agent-protocol' if it is no plain file, or was changed or
 * replaced while it was read; then what stands at the target is as it was.
 */
export async function bringConversation(path: string, target: string): Promise<void> {
  if (path === target) return;
  const bytes = await wholeFile(path);
  const there = await readFile(target).catch(() => undefined);
  // It was brought there before, and went on there.
  if (there !== undefined && isBeginningOf(bytes, there)) return;
  if (there !== undefined && !isBeginningOf(there, bytes)) throw otherTranscriptError(target);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const next = `${target}.${newId()}.tmp`;
  try {
    const file = await open(next, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await bringFolder(path.replace(/\.jsonl$/, ''), target.replace(/\.jsonl$/, ''));
    await rename(next, target);
  } finally {
    await rm(next, { force: true });
  }
}

function isBeginningOf(begin: Buffer, whole: Buffer): boolean {
  return begin.length <= whole.length && whole.subarray(0, begin.length).equals(begin);
}

async function wholeFile(path: string): Promise<Buffer> {
  const named = await lstat(path).catch(() => undefined);
  if (named?.isFile() !== true) throw transcriptMovedError();
  const file = await open(path, 'r');
  try {
    const before = await file.stat();
    const bytes = await file.readFile();
    const after = await lstat(path).catch(() => undefined);
    const isSame = after?.ino === before.ino && before.ino === named.ino;
    if (!isSame || bytes.length !== after.size) throw transcriptMovedError();
    return bytes;
  } finally {
    await file.close();
  }
}

/** Subagents, and long results. */
async function bringFolder(from: string, to: string): Promise<void> {
  const found = await lstat(from).catch(() => undefined);
  if (found?.isDirectory() !== true) return;
  // What is a link leads to what is not ours to copy.
  const filter = async (one: string): Promise<boolean> => !(await lstat(one)).isSymbolicLink();
  await cp(from, to, { recursive: true, force: true, filter });
  await chmod(to, 0o700);
}

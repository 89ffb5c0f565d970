// Where Claude Code keeps transcripts: finds one, lists the newest.
import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSummary, type TranscriptSummary } from './transcriptSummary.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Files looked at when listing: of more, those in the folders that were used last. */
const MAX_FILES = 5000;
/** Longer names of folders are cut and end in a hash. Characters. */
const MAX_SLUG_CHARS = 200;

/** Name of the folder that Claude Code keeps a working folder's transcripts in. */
export function projectSlug(cwd: string): string {
  const slug = cwd.replaceAll(/[^a-zA-Z0-9]/g, '-');
  if (slug.length <= MAX_SLUG_CHARS) return slug;
  let hash = 0;
  for (let i = 0; i < cwd.length; i += 1) hash = (hash * 31 + cwd.charCodeAt(i)) | 0;
  return `${slug.slice(0, MAX_SLUG_CHARS)}-${Math.abs(hash).toString(36)}`;
}

/** Finds and summarises transcripts below `projects/`; what was read is kept while the file is unchanged. */
export class Projects {
  private readonly folder: string;
  private readonly cache = new Map<
    string,
    { size: number; mtimeMs: number; summary: TranscriptSummary }
  >();

  constructor(configDir: string) {
    this.folder = join(configDir, 'projects');
  }

  /** Path of a conversation's transcript in the folder that belongs to `cwd`: a cheap look. */
  async findIn(sessionId: string, cwd: string): Promise<string | undefined> {
    if (!UUID.test(sessionId)) return undefined;
    const path = join(this.folder, projectSlug(cwd), `${sessionId}.jsonl`);
    return (await isFile(path)) ? path : undefined;
  }

  /** Path of a conversation's transcript: in the folder of `cwd`, else wherever it is; undefined if nowhere. */
  async find(sessionId: string, cwd?: string): Promise<string | undefined> {
    if (!UUID.test(sessionId)) return undefined;
    const name = `${sessionId}.jsonl`;
    if (cwd !== undefined) {
      const real = await realpath(cwd).catch(() => cwd);
      const path = (await this.findIn(sessionId, cwd)) ?? (await this.findIn(sessionId, real));
      if (path !== undefined) return path;
    }
    for (const slug of await names(this.folder)) {
      const path = join(this.folder, slug, name);
      if (await isFile(path)) return path;
    }
    return undefined;
  }

  /** The newest transcripts that hold a conversation, newest first. */
  async newest(limit: number): Promise<readonly TranscriptSummary[]> {
    const folders = await this.folders();
    folders.sort((a, b) => b.mtimeMs - a.mtimeMs);
    const files: { path: string; mtimeMs: number }[] = [];
    for (const { path: folder } of folders) {
      if (files.length >= MAX_FILES) break;
      files.push(...(await transcripts(folder)).slice(0, MAX_FILES));
    }
    files.sort((a, b) => b.mtimeMs - a.mtimeMs);
    const out: TranscriptSummary[] = [];
    for (const file of files) {
      if (out.length >= limit) break;
      const summary = await this.summary(file.path);
      if (summary?.hasConversation === true) out.push(summary);
    }
    return out;
  }

  /** Changes when a transcript comes or goes, not when one grows. */
  async signature(): Promise<string> {
    const folders = await this.folders();
    return folders.map(({ path, mtimeMs }) => `${path}:${mtimeMs}`).join('|');
  }

  private async folders(): Promise<{ path: string; mtimeMs: number }[]> {
    const paths = (await names(this.folder)).sort().map((slug) => join(this.folder, slug));
    return stamped(paths, (found) => found.isDirectory());
  }

  /** Summary of one file from its head and tail; undefined if it cannot be read. */
  async summary(path: string): Promise<TranscriptSummary | undefined> {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return undefined;
    const cached = this.cache.get(path);
    if (cached?.size === found.size && cached.mtimeMs === found.mtimeMs) return cached.summary;
    const summary = await readSummary(path, found).catch(() => undefined);
    if (summary === undefined) return undefined;
    this.cache.set(path, { size: found.size, mtimeMs: found.mtimeMs, summary });
    if (this.cache.size > MAX_FILES) this.cache.clear();
    return summary;
  }
}

async function transcripts(folder: string): Promise<{ path: string; mtimeMs: number }[]> {
  const found = (await names(folder)).filter(
    (name) => name.endsWith('.jsonl') && UUID.test(name.slice(0, -6)),
  );
  return stamped(
    found.map((name) => join(folder, name)),
    (file) => file.isFile(),
  );
}

/** Those of the paths that are what is wanted, each with the time of its last change in ms. */
async function stamped(
  paths: readonly string[],
  isWanted: (found: Stats) => boolean,
): Promise<{ path: string; mtimeMs: number }[]> {
  const all = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(path).catch(() => undefined);
      return found !== undefined && isWanted(found) ? [{ path, mtimeMs: found.mtimeMs }] : [];
    }),
  );
  return all.flat();
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

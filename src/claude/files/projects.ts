// Where Claude Code keeps transcripts: finds one, lists the newest.
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileAccess, type FileFacts, systemFiles } from './fileAccess.ts';
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

/** A path and what was seen of it. */
interface Stamped {
  readonly path: string;
  readonly facts: FileFacts;
}

/** Finds and summarises transcripts below `projects/`; what was read is kept while the file is unchanged. */
export class Projects {
  private readonly folder: string;
  private readonly files: FileAccess;
  private readonly cache = new Map<
    string,
    { readonly facts: FileFacts; readonly summary: TranscriptSummary }
  >();

  constructor(configDir: string, files: FileAccess = systemFiles) {
    this.folder = join(configDir, 'projects');
    this.files = files;
  }

  /** Where Claude Code keeps a conversation's transcript in this folder, which is no link; undefined for no id. */
  placeIn(sessionId: string, folder: string): string | undefined {
    if (!UUID.test(sessionId)) return undefined;
    return join(this.folder, projectSlug(folder), `${sessionId}.jsonl`);
  }

  /** Path of a conversation's transcript in the folder that belongs to `cwd`: a cheap look. */
  async findIn(sessionId: string, cwd: string): Promise<string | undefined> {
    if (!UUID.test(sessionId)) return undefined;
    const path = join(this.folder, projectSlug(cwd), `${sessionId}.jsonl`);
    return (await this.isFile(path)) ? path : undefined;
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
    for (const slug of await this.files.names(this.folder)) {
      const path = join(this.folder, slug, name);
      if (await this.isFile(path)) return path;
    }
    return undefined;
  }

  /** The newest transcripts that hold a conversation, newest first; of conversations in `without` none. */
  async newest(
    limit: number,
    without: ReadonlySet<string> = new Set(),
  ): Promise<readonly TranscriptSummary[]> {
    const folders = await this.folders();
    folders.sort(newestFirst);
    const found: Stamped[] = [];
    for (const { path: folder } of folders) {
      if (found.length >= MAX_FILES) break;
      found.push(...(await this.transcripts(folder, without)).slice(0, MAX_FILES));
    }
    found.sort(newestFirst);
    const out: TranscriptSummary[] = [];
    for (const { path, facts } of found) {
      if (out.length >= limit) break;
      const summary = await this.summaryOf(path, facts);
      if (summary?.hasConversation === true) out.push(summary);
    }
    return out;
  }

  /** Changes when a transcript comes or goes, not when one grows. */
  async signature(): Promise<string> {
    const folders = await this.folders();
    return folders.map(({ path, facts }) => `${path}:${facts.mtimeMs}`).join('|');
  }

  /** Summary of one file from its head and tail; undefined if it cannot be read. */
  async summary(path: string): Promise<TranscriptSummary | undefined> {
    const facts = await this.files.facts(path);
    return facts && this.summaryOf(path, facts);
  }

  private async summaryOf(path: string, facts: FileFacts): Promise<TranscriptSummary | undefined> {
    const cached = this.cache.get(path);
    if (cached?.facts.size === facts.size && cached.facts.mtimeMs === facts.mtimeMs) {
      return cached.summary;
    }
    const summary = await readSummary(path, facts).catch(() => undefined);
    if (summary === undefined) return undefined;
    this.cache.set(path, { facts, summary });
    if (this.cache.size > MAX_FILES) this.cache.clear();
    return summary;
  }

  private async folders(): Promise<Stamped[]> {
    const slugs = [...(await this.files.names(this.folder))].sort();
    return this.stamped(
      slugs.map((slug) => join(this.folder, slug)),
      (facts) => facts.isDirectory(),
    );
  }

  private async transcripts(folder: string, without: ReadonlySet<string>): Promise<Stamped[]> {
    const names = (await this.files.names(folder)).filter((name) => {
      const id = name.slice(0, -6);
      return name.endsWith('.jsonl') && UUID.test(id) && !without.has(id);
    });
    return this.stamped(
      names.map((name) => join(folder, name)),
      (facts) => facts.isFile(),
    );
  }

  /** Those of the paths that are what is wanted. */
  private async stamped(
    paths: readonly string[],
    isWanted: (facts: FileFacts) => boolean,
  ): Promise<Stamped[]> {
    const all = await Promise.all(
      paths.map(async (path) => {
        const facts = await this.files.facts(path);
        return facts !== undefined && isWanted(facts) ? [{ path, facts }] : [];
      }),
    );
    return all.flat();
  }

  private async isFile(path: string): Promise<boolean> {
    return (await this.files.facts(path))?.isFile() ?? false;
  }
}

function newestFirst(a: Stamped, b: Stamped): number {
  return b.facts.mtimeMs - a.facts.mtimeMs;
}

// Where Claude Code keeps transcripts, and what a row of a list says about one.
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { type Json, parseJson } from '../protocol/json.ts';
import type { AgentStatus } from '../protocol/agent.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Enough for the first prompt behind the CLI's own long lines, and for the last title. Bytes. */
const EDGE_BYTES = 256 * 1024;
/** Files looked at when listing; a folder with more is listed in part. */
const MAX_FILES = 5000;
const MAX_TITLE_CHARS = 80;

/** What the list shows of a transcript. */
export interface TranscriptSummary {
  readonly sessionId: string;
  readonly path: string;
  readonly cwd?: string;
  readonly title?: string;
  readonly branch?: string;
  readonly version?: string;
  /** Ms since 1970. */
  readonly modifiedAt: number;
  /** Whether the last line leaves a turn open. */
  readonly status: AgentStatus;
  readonly hasConversation: boolean;
}

const lineSchema = z.looseObject({
  type: z.string(),
  cwd: z.optional(z.string()),
  gitBranch: z.optional(z.string()),
  version: z.optional(z.string()),
  customTitle: z.optional(z.string()),
  aiTitle: z.optional(z.string()),
  isMeta: z.optional(z.boolean()),
  isCompactSummary: z.optional(z.boolean()),
  message: z.optional(
    z.looseObject({
      content: z.optional(
        z.union([
          z.string(),
          z.array(z.looseObject({ type: z.string(), text: z.optional(z.string()) })),
        ]),
      ),
    }),
  ),
});

/** Name of the folder that Claude Code keeps a working folder's transcripts in. */
export function projectSlug(cwd: string): string {
  return cwd.replaceAll(/[^a-zA-Z0-9]/g, '-');
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

  /** Path of a conversation's transcript: in the folder of `cwd`, else wherever it is; undefined if nowhere. */
  async find(sessionId: string, cwd?: string): Promise<string | undefined> {
    if (!UUID.test(sessionId)) return undefined;
    const name = `${sessionId}.jsonl`;
    if (cwd !== undefined) {
      const path = join(this.folder, projectSlug(cwd), name);
      if (await isFile(path)) return path;
    }
    for (const slug of await names(this.folder)) {
      const path = join(this.folder, slug, name);
      if (await isFile(path)) return path;
    }
    return undefined;
  }

  /** The newest transcripts that hold a conversation, newest first. */
  async newest(limit: number): Promise<readonly TranscriptSummary[]> {
    const files: { path: string; mtimeMs: number }[] = [];
    for (const slug of await names(this.folder)) {
      for (const name of await names(join(this.folder, slug))) {
        if (!name.endsWith('.jsonl') || !UUID.test(name.slice(0, -6))) continue;
        if (files.length >= MAX_FILES) break;
        const path = join(this.folder, slug, name);
        const found = await stat(path).catch(() => undefined);
        if (found?.isFile() === true) files.push({ path, mtimeMs: found.mtimeMs });
      }
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

  /** Summary of one file from its head and tail; undefined if it cannot be read. */
  async summary(path: string): Promise<TranscriptSummary | undefined> {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return undefined;
    const cached = this.cache.get(path);
    if (cached?.size === found.size && cached.mtimeMs === found.mtimeMs) return cached.summary;
    const edges = await readEdges(path, found.size).catch(() => undefined);
    if (edges === undefined) return undefined;
    const summary = summarise(path, found.mtimeMs, edges);
    this.cache.set(path, { size: found.size, mtimeMs: found.mtimeMs, summary });
    if (this.cache.size > MAX_FILES) this.cache.clear();
    return summary;
  }
}

type Line = z.infer<typeof lineSchema>;

function summarise(path: string, mtimeMs: number, lines: readonly Line[]): TranscriptSummary {
  const last = <K extends 'cwd' | 'gitBranch' | 'version' | 'customTitle' | 'aiTitle'>(
    key: K,
  ): string | undefined => lines.findLast((line) => line[key] !== undefined)?.[key];
  const talk = lines.filter((line) => line.type === 'user' || line.type === 'assistant');
  const firstPrompt = talk.map((line) => promptText(line)).find((text) => text !== undefined);
  const title = last('customTitle') ?? last('aiTitle') ?? firstPrompt;
  const cwd = last('cwd');
  const branch = last('gitBranch');
  const version = last('version');
  return {
    sessionId: path.slice(-42, -6),
    path,
    modifiedAt: Math.round(mtimeMs),
    status: endsOpen(talk.at(-1)) ? 'working' : 'idle',
    hasConversation: talk.length > 0,
    ...(cwd === undefined ? {} : { cwd }),
    ...(title === undefined ? {} : { title: title.slice(0, MAX_TITLE_CHARS) }),
    ...(branch === undefined || branch === '' ? {} : { branch }),
    ...(version === undefined ? {} : { version }),
  };
}

function promptText(line: Line): string | undefined {
  if (line.type !== 'user' || line.isMeta === true || line.isCompactSummary === true)
    return undefined;
  const content = line.message?.content;
  const text =
    typeof content === 'string' ? content : content?.find((block) => block.type === 'text')?.text;
  const first = text?.trim().split('\n')[0]?.trim();
  return first === undefined || first === '' || /^[<[]/.test(first) ? undefined : first;
}

function endsOpen(line: Line | undefined): boolean {
  if (line === undefined) return false;
  const content = line.message?.content;
  if (line.type === 'assistant') {
    return Array.isArray(content) && content.some((block) => block.type === 'tool_use');
  }
  const text = Array.isArray(content)
    ? content.find((block) => block.type === 'text')?.text
    : content;
  return !(text?.startsWith('[Request interrupted') === true || text?.startsWith('<') === true);
}

async function readEdges(path: string, size: number): Promise<Line[]> {
  const file = await open(path, 'r');
  try {
    const headBytes = Math.min(size, EDGE_BYTES);
    const tailBytes = Math.min(size - headBytes, EDGE_BYTES);
    const head = Buffer.alloc(headBytes);
    const tail = Buffer.alloc(tailBytes);
    await file.read(head, 0, headBytes, 0);
    if (tailBytes > 0) await file.read(tail, 0, tailBytes, size - tailBytes);
    // The line that is cut at an edge does not parse and falls out.
    return `${head.toString('utf8')}\n${tail.toString('utf8')}`.split('\n').flatMap((text) => {
      const json: Json | undefined = text.startsWith('{') ? parseJson(text) : undefined;
      const parsed = lineSchema.safeParse(json);
      return parsed.success ? [parsed.data] : [];
    });
  } finally {
    await file.close();
  }
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

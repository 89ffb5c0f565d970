// What a row of a list says about a transcript: read from the head and the tail of its file.
import { open } from 'node:fs/promises';
import * as z from 'zod/mini';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { SessionStatus } from '../../protocol/state.ts';
import { parseJson } from '../../protocol/json.ts';
import { branchName } from '../wire/branchName.ts';

/** Enough for the first prompt behind the CLI's own long lines, and for the last title. Bytes. */
const EDGE_BYTES = 256 * 1024;
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
  readonly status: SessionStatus;
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

type Line = z.infer<typeof lineSchema>;

/** Reads the summary of a file of this size and time; rejects if it cannot be read. */
export async function readSummary(
  path: string,
  found: { readonly size: number; readonly mtimeMs: number },
): Promise<TranscriptSummary> {
  return summarise(path, found.mtimeMs, await readEdges(path, found.size));
}

function summarise(path: string, mtimeMs: number, lines: readonly Line[]): TranscriptSummary {
  const last = <K extends 'cwd' | 'gitBranch' | 'version' | 'customTitle' | 'aiTitle'>(
    key: K,
  ): string | undefined => lines.findLast((line) => line[key] !== undefined)?.[key];
  const talk = lines.filter((line) => line.type === 'user' || line.type === 'assistant');
  const firstPrompt = talk.map((line) => promptText(line)).find((text) => text !== undefined);
  const title = last('customTitle') ?? last('aiTitle') ?? firstPrompt;
  const cwd = last('cwd');
  const branch = branchName(last('gitBranch'));
  const version = last('version');
  return {
    sessionId: path.slice(-42, -6),
    path,
    modifiedAt: Math.round(mtimeMs),
    status: endsOpen(talk.at(-1)) ? 'working' : 'idle',
    hasConversation: talk.length > 0,
    ...omitUndefined({ cwd, title: title?.slice(0, MAX_TITLE_CHARS), branch, version }),
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
      const json = text.startsWith('{') ? parseJson(text) : undefined;
      const parsed = lineSchema.safeParse(json);
      return parsed.success ? [parsed.data] : [];
    });
  } finally {
    await file.close();
  }
}

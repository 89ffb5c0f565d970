// [I6] Files that came with a prompt, as the agent gets them: named in its own way, or read for it.
import { open } from 'node:fs/promises';
import { readUtf8 } from '../../base/bytes.ts';
import type { AttachedFile } from '../../protocol/agent.ts';
import type { AgentRules } from '../../protocol/agentRules.ts';
import type { StoredPrompt } from '../journal/sessionTables.ts';

/** Of all that are handed over with their text; the others are named, and the agent asks before it reads them. */
const MAX_BYTES = 256 * 1024;

/** A prompt's text with what came with it. */
export interface PromptWithFiles {
  readonly text: string;
  /** Those whose text is handed over. */
  readonly files: readonly AttachedFile[];
}

/** For an agent that expands what is named in its own way: an owner's words, with nothing else under way. */
export function namedForAgent(
  { text, files = [] }: StoredPrompt,
  { mentionOf }: Pick<AgentRules, 'mentionOf'>,
): string {
  if (files.length === 0) return text;
  return joined(text, files.map(({ path }) => mentionOf(path)).join(' '));
}

/** For words in which nothing is expanded: a guest's, and what goes into a running turn. */
export async function readForAgent({ text, files = [] }: StoredPrompt): Promise<PromptWithFiles> {
  const read: AttachedFile[] = [];
  const named: string[] = [];
  let bytes = 0;
  for (const { path, bytes: size } of files) {
    // oxlint-disable-next-line no-await-in-loop -- a bound on all of them together
    const content = bytes + size > MAX_BYTES ? undefined : await textOf(path);
    if (content === undefined) named.push(path);
    else read.push({ path, content });
    bytes += content === undefined ? 0 : size;
  }
  const names = named.map((path) => `Attached file: ${path}`).join('\n');
  return { text: named.length === 0 ? text : joined(text, names), files: read };
}

function joined(text: string, more: string): string {
  return text.trim() === '' ? more : `${text}\n\n${more}`;
}

async function textOf(path: string): Promise<string | undefined> {
  const file = await open(path).catch(() => undefined);
  try {
    const content = file && readUtf8(new Uint8Array(await file.readFile()));
    return content?.includes('\0') === true ? undefined : content;
  } finally {
    await file?.close();
  }
}

// Finds the transcripts of a conversation's subagents, and the call that each belongs to.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { parseJson } from '../../protocol/json.ts';

/** A subagent's transcript. */
export interface SubagentFile {
  readonly path: string;
  /** Id of the call that started it. */
  readonly parent: string;
}

/** More than any conversation has. */
const MAX_FILES = 5000;
/** What belongs to no call by then never does. Looks. */
const MAX_TRIES = 100;

const metaSchema = z.looseObject({ toolUseId: z.optional(z.string()) });

/** One conversation's folder of subagents. */
export class SubagentFiles {
  private readonly folder: string;
  private readonly known = new Set<string>();
  private readonly tries = new Map<string, number>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Files that are new since the last call. */
  async findNew(): Promise<readonly SubagentFile[]> {
    const names = await readdir(this.folder).catch(() => []);
    const found: SubagentFile[] = [];
    for (const name of names) {
      if (!/^agent-[\w-]+\.jsonl$/.test(name) || this.known.has(name)) continue;
      if (this.known.size >= MAX_FILES) break;
      // Without the call it belongs to, a subagent's lines would look like the conversation's own.
      const parent = await this.parentOf(name);
      if (parent === undefined) this.countTry(name);
      else {
        this.known.add(name);
        found.push({ path: join(this.folder, name), parent });
      }
    }
    return found;
  }

  private async parentOf(name: string): Promise<string | undefined> {
    const path = join(this.folder, name.replace(/\.jsonl$/, '.meta.json'));
    const meta = metaSchema.safeParse(parseJson(await readFile(path, 'utf8').catch(() => '')));
    return meta.success ? meta.data.toolUseId : undefined;
  }

  private countTry(name: string): void {
    const tries = (this.tries.get(name) ?? 0) + 1;
    this.tries.set(name, tries);
    if (tries < MAX_TRIES) return;
    this.tries.delete(name);
    this.known.add(name);
  }
}

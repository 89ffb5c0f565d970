// Reads one conversation, its subagents included, as entries: from the start and then what is new.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { AgentFacts } from '../protocol/agent.ts';
import { parseJson } from '../protocol/json.ts';
import type { Entry } from '../protocol/transcript.ts';
import { createTranscriptMapper, type TranscriptMapper } from './fromTranscript.ts';
import { TranscriptFile } from './transcriptFile.ts';

/** Subagent files that are followed at a time; a conversation rarely has more than a few alive. */
const MAX_SUBAGENTS = 256;

const metaSchema = z.looseObject({ toolUseId: z.optional(z.string()) });

/** What one read found. */
export interface ConversationRead {
  readonly entries: readonly Entry[];
  readonly facts: AgentFacts;
  readonly exists: boolean;
}

interface Source {
  readonly file: TranscriptFile;
  mapper: TranscriptMapper;
  readonly parent: string | undefined;
}

/** Follows `<id>.jsonl` and `<id>/subagents/agent-*.jsonl`; `read` calls must not overlap. */
export class ConversationReader {
  readonly path: string;
  private readonly now: () => number;
  private readonly main: Source;
  private readonly subagents = new Map<string, Source>();
  private garbled = 0;

  constructor(options: { readonly path: string; readonly now: () => number }) {
    this.path = options.path;
    this.now = options.now;
    this.main = this.source(options.path, undefined);
  }

  /** Entries that are new since the last call, a subagent's where their time belongs. */
  async read(): Promise<ConversationRead> {
    const facts: Record<string, unknown> = {};
    const main = await this.readSource(this.main, facts);
    await this.findSubagents();
    const others: Entry[] = [];
    for (const source of this.subagents.values()) {
      others.push(...(await this.readSource(source, {})).entries);
    }
    others.sort((a, b) => a.at - b.at);
    // Facts are collected key by key from objects of this type.
    return {
      entries: merge(main.entries, others),
      facts: facts as AgentFacts,
      exists: main.exists,
    };
  }

  /** What is held back for a line that may still come. */
  flush(): readonly Entry[] {
    return this.main.mapper.flush();
  }

  private source(path: string, parent: string | undefined): Source {
    return { file: new TranscriptFile(path), mapper: this.mapper(parent), parent };
  }

  private mapper(parent: string | undefined): TranscriptMapper {
    return createTranscriptMapper({ now: this.now, ...(parent === undefined ? {} : { parent }) });
  }

  private async readSource(
    source: Source,
    facts: Record<string, unknown>,
  ): Promise<{ entries: Entry[]; exists: boolean }> {
    const entries: Entry[] = [];
    const result = await source.file.read((line) => {
      if (line === undefined) {
        this.garbled += 1;
        entries.push(this.garbledNotice());
        return;
      }
      const mapped = source.mapper.map(line);
      entries.push(...mapped.entries);
      Object.assign(facts, mapped.facts);
    });
    if (result.restarted) source.mapper = this.mapper(source.parent);
    return { entries, exists: result.exists };
  }

  private garbledNotice(): Entry {
    return {
      kind: 'notice',
      id: `garbled-line:${this.garbled}`,
      at: this.now(),
      level: 'warning',
      code: 'garbled-line',
      text: 'A line of the transcript could not be read; it was left out.',
    };
  }

  private async findSubagents(): Promise<void> {
    const folder = join(this.path.replace(/\.jsonl$/, ''), 'subagents');
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      if (!/^agent-[\w-]+\.jsonl$/.test(name) || this.subagents.has(name)) continue;
      if (this.subagents.size >= MAX_SUBAGENTS) return;
      const meta = await readFile(
        join(folder, name.replace(/\.jsonl$/, '.meta.json')),
        'utf8',
      ).catch(() => '');
      const parsed = metaSchema.safeParse(parseJson(meta));
      // Without the call it belongs to, a subagent's lines would look like the conversation's own.
      const parent = parsed.success ? parsed.data.toolUseId : undefined;
      if (parent !== undefined) this.subagents.set(name, this.source(join(folder, name), parent));
    }
  }
}

function merge(main: readonly Entry[], others: readonly Entry[]): Entry[] {
  const out: Entry[] = [];
  let next = 0;
  for (const entry of main) {
    for (
      let other = others[next];
      other !== undefined && other.at < entry.at;
      other = others[next]
    ) {
      out.push(other);
      next += 1;
    }
    out.push(entry);
  }
  return [...out, ...others.slice(next)];
}

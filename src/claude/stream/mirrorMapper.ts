// Maps the frames of the session mirror: the transcript's own lines, as Claude Code writes them to the file.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentEvent, AgentFacts } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import type { Entry } from '../../protocol/transcript.ts';
import type { MirroredLine } from './causeHold.ts';
import { jsonField } from '../wire/jsonField.ts';
import { NestedMirror } from './nestedMirror.ts';
import type { PromptMapper } from './promptMapper.ts';
import { isKeptLine } from '../wire/keptLine.ts';
import { createTranscriptMapper, type TranscriptMapper } from '../entries/transcriptMapper.ts';

/** What the mapping of frames needs. */
export interface MirrorMapperOptions {
  readonly now: () => number;
  readonly prompts: PromptMapper;
  /** Facts of the session as they were told so far. */
  readonly facts: () => AgentFacts;
}

/** What a frame gives: entries line by line, and what has no place among them. */
export interface MirrorFrame {
  readonly facts: readonly AgentEvent[];
  readonly lines: readonly MirroredLine[];
  readonly raw: readonly AgentEvent[];
}

/** One per child process; frames come in the order of its output. */
export class MirrorMapper {
  private readonly options: MirrorMapperOptions;
  private readonly transcript: TranscriptMapper;
  private readonly nested: NestedMirror;

  constructor(options: MirrorMapperOptions) {
    this.options = options;
    this.transcript = createTranscriptMapper({ now: options.now });
    this.nested = new NestedMirror(options.now);
  }

  /** One frame: its lines are kept raw, and what the live stream leaves out is shown from here. */
  map(file: string, lines: readonly Json[]): MirrorFrame {
    const raw = lines.filter(isKeptLine).map((line): AgentEvent => ({ kind: 'raw', file, line }));
    if (/[\\/]subagents[\\/]/.test(file)) {
      return { facts: [], lines: [], raw: [...this.nested.map(file, lines), ...raw] };
    }
    const mapped = lines.map((line) => this.transcript.map(line));
    const branch = mapped.map((line) => line.facts.branch).findLast((name) => name !== undefined);
    // At a /clear lines of the old file come between those of the new one.
    const { agentSessionId } = this.options.facts();
    const isCurrent = agentSessionId === undefined || file.includes(agentSessionId);
    const transcriptPath = isCurrent ? file : undefined;
    return {
      facts: [{ kind: 'facts', facts: omitUndefined({ transcriptPath, branch }) }],
      lines: mapped.map(({ entries }, at) => ({
        uuid: uuidOf(lines[at]),
        events: entries.flatMap((entry) => this.entryEvents(entry)),
      })),
      raw,
    };
  }

  /** Only kinds that the live stream leaves out, gives another id than the file, or gives later. */
  private entryEvents(entry: Entry): AgentEvent[] {
    const { prompts } = this.options;
    switch (entry.kind) {
      case 'prompt':
        return prompts.returned({ entry }, 'mirror');
      case 'command':
        return [{ kind: 'entry', entry }, ...prompts.commandStarted(entry.id)];
      case 'notice':
        // 2.1.197 tells what a hook says nowhere else.
        return entry.code === 'agent' ? [{ kind: 'entry', entry }] : [];
      case 'compaction':
        return [{ kind: 'entry', entry }];
      default:
        return [];
    }
  }
}

function uuidOf(line: Json | undefined): string | undefined {
  const uuid = line === undefined ? undefined : jsonField(line, 'uuid');
  return typeof uuid === 'string' ? uuid : undefined;
}

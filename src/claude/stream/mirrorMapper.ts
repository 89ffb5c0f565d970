// Maps the frames of the session mirror: the transcript's own lines, as Claude Code writes them to the file.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentEvent, AgentFacts } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import type { Entry } from '../../protocol/transcript.ts';
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

/** One per child process; frames come in the order of its output. */
export class MirrorMapper {
  private readonly options: MirrorMapperOptions;
  private readonly transcript: TranscriptMapper;

  constructor(options: MirrorMapperOptions) {
    this.options = options;
    this.transcript = createTranscriptMapper({ now: options.now });
  }

  /** Events of one frame: its lines are kept raw, and what the live stream leaves out is shown from here. */
  map(file: string, lines: readonly Json[]): AgentEvent[] {
    const raw = lines.filter(isKeptLine).map((line): AgentEvent => ({ kind: 'raw', file, line }));
    if (/[\\/]subagents[\\/]/.test(file)) return raw;
    const mapped = lines.map((line) => this.transcript.map(line));
    const branch = mapped.map((line) => line.facts.branch).findLast((name) => name !== undefined);
    // At a /clear lines of the old file come between those of the new one.
    const { agentSessionId } = this.options.facts();
    const isCurrent = agentSessionId === undefined || file.includes(agentSessionId);
    const transcriptPath = isCurrent ? file : undefined;
    return [
      { kind: 'facts', facts: omitUndefined({ transcriptPath, branch }) },
      ...mapped.flatMap(({ entries }) => entries.flatMap((entry) => this.entryEvents(entry))),
      ...raw,
    ];
  }

  /** Only kinds that the live stream leaves out, gives another id than the file, or gives later. */
  private entryEvents(entry: Entry): AgentEvent[] {
    const { prompts } = this.options;
    switch (entry.kind) {
      case 'prompt':
        return prompts.returned({ entry }, 'mirror');
      case 'command':
        return [{ kind: 'entry', entry }, ...prompts.commandStarted(entry.id)];
      case 'compaction':
        return [{ kind: 'entry', entry }];
      default:
        return [];
    }
  }
}

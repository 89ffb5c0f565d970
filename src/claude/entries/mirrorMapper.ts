// Maps the frames of the session mirror: the transcript's own lines, as Claude Code writes them to the file.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentEvent, AgentFacts } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import type { PromptLifecycle } from './promptLifecycle.ts';
import { createTranscriptMapper, type TranscriptMapper } from './transcriptMapper.ts';

/** Kinds that the live stream leaves out, or gives another id than the file. */
const FROM_MIRROR: ReadonlySet<string> = new Set(['prompt', 'command', 'compaction']);

/** What the mapping of frames needs. */
export interface MirrorMapperOptions {
  readonly now: () => number;
  readonly prompts: PromptLifecycle;
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
    const raw = lines.map((line): AgentEvent => ({ kind: 'raw', file, line }));
    if (/[\\/]subagents[\\/]/.test(file)) return raw;
    const mapped = lines.map((line) => this.transcript.map(line));
    const branch = mapped.map((line) => line.facts.branch).findLast((name) => name !== undefined);
    // At a /clear lines of the old file come between those of the new one.
    const { agentSessionId } = this.options.facts();
    const isCurrent = agentSessionId === undefined || file.includes(agentSessionId);
    const transcriptPath = isCurrent ? file : undefined;
    return [
      { kind: 'facts', facts: omitUndefined({ transcriptPath, branch }) },
      ...mapped.flatMap(({ entries }) =>
        entries
          .filter((entry) => FROM_MIRROR.has(entry.kind))
          .flatMap((entry): AgentEvent[] => [
            { kind: 'entry', entry },
            ...(entry.kind === 'command' ? this.options.prompts.commandStarted(entry.id) : []),
          ]),
      ),
      ...raw,
    ];
  }
}

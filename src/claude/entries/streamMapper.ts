// Maps the lines of a running stream-json child to events of the session; pure but for its memory of ids.
import type { AgentEvent, AgentFacts } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import type { Entry } from '../../protocol/transcript.ts';
import { diffFacts } from './diffFacts.ts';
import { CompactionHold } from './compactionHold.ts';
import { createTranscriptMapper } from './transcriptMapper.ts';
import { inlineImages } from './inlineImages.ts';
import { LiveBlocks } from './liveBlocks.ts';
import { isLocalOutput, messageEntries } from './messageEntries.ts';
import type { MessageLine } from '../wire/messageLine.ts';
import { OpenRequests } from './openRequests.ts';
import { planOf } from './requestEntry.ts';
import { PromptLifecycle } from './promptLifecycle.ts';
import { resetEntry } from './resetEntry.ts';
import { SeenIds } from './seenIds.ts';
import type { ParsedLine, ResultLine } from '../wire/streamJson.ts';
import { SystemMapper } from './systemMapper.ts';
import { TodoTracker } from './todoTracker.ts';
import { contextLimitOf, isLocalCommand, turnEntry } from './turnEntry.ts';
import { unknownEntry } from './unknownEntry.ts';

/** What the mapper needs from outside. */
export interface StreamMapperOptions {
  readonly now: () => number;
  /** Mirror frames are asked for: local commands are taken from them, under the ids of the file. */
  readonly hasMirror: boolean;
  /** Text of the plan of this session, for an ExitPlanMode call that carries none. */
  readonly readPlan?: () => string | undefined;
}

/** Kinds that the live stream leaves out, or gives another id than the file. */
const FROM_MIRROR: ReadonlySet<string> = new Set(['prompt', 'command', 'compaction']);

/** Turns output lines into AgentEvents, in order; no entry id and no fact is given twice. */
export class StreamMapper {
  /** Requests that wait for an answer now. */
  readonly requests: OpenRequests;
  /** Prompts and what became of them. */
  readonly prompts = new PromptLifecycle();
  private readonly options: StreamMapperOptions;
  private readonly live = new LiveBlocks();
  private readonly hold = new CompactionHold();
  private readonly todos = new TodoTracker();
  private readonly seen = new SeenIds();
  private readonly system: SystemMapper;
  private readonly fromFile: ReturnType<typeof createTranscriptMapper>;
  private known: AgentFacts = {};
  /** Plans by call id: newer versions leave them out of the request. */
  private readonly plans = new Map<string, string>();
  private isTurnRunning = false;

  constructor(options: StreamMapperOptions) {
    this.options = options;
    this.requests = new OpenRequests({
      now: options.now,
      readPlan: (callId) => this.plans.get(callId) ?? options.readPlan?.(),
    });
    this.system = new SystemMapper(options.now);
    this.fromFile = createTranscriptMapper({ now: options.now });
  }

  /** Events of one line. */
  map(parsed: ParsedLine): AgentEvent[] {
    return this.news(this.events(parsed));
  }

  /** Events for the end of the process: live text and open requests are gone. */
  end(): AgentEvent[] {
    return this.news([
      ...this.live.endAll(),
      ...entryEvents(this.hold.release()),
      ...this.requests.withdrawAll('The session ended.'),
    ]);
  }

  private events(parsed: ParsedLine): AgentEvent[] {
    if (!parsed.known) {
      return entryEvents([
        unknownEntry(parsed.type, parsed.json, { at: this.options.now(), id: uuidOf(parsed.json) }),
      ]);
    }
    const line = parsed.line;
    switch (line.type) {
      case 'stream_event':
        return this.live.events(line);
      case 'user':
      case 'assistant':
        return [...this.session(line.session_id), ...this.message(line)];
      case 'system':
        return [...this.session(line.session_id), ...this.held(this.system.map(line))];
      case 'result':
        return [...this.session(line.session_id), ...this.result(line)];
      case 'control_request':
        return this.requests.add(line);
      case 'control_cancel_request':
        return this.requests.withdraw(line.request_id, 'Withdrawn by Claude Code.');
      case 'command_lifecycle':
        return this.prompts.applyLifecycle(line.command_uuid, line.state);
      case 'transcript_mirror':
        return this.mirror(line.filePath, line.entries);
      case 'control_response':
      case 'conversation_reset':
        // The id of the new conversation comes with the next line.
        return [];
    }
  }

  private message(line: MessageLine): AgentEvent[] {
    const parent = line.parent_tool_use_id ?? undefined;
    const isMain = parent === undefined;
    if (this.hold.isHolding && isMain && line.isSynthetic === true) {
      return entryEvents(this.hold.summary(line));
    }
    // Without its summary a compaction is shown before what comes after it.
    const held = isMain ? this.hold.release() : [];
    const entries = this.messageEntries(line, parent);
    const started = entries.flatMap((entry) =>
      entry.kind === 'prompt' && entry.promptId !== undefined
        ? this.prompts.started(entry.promptId)
        : [],
    );
    if (isMain && line.isReplay === true) this.isTurnRunning = true;
    return [
      ...entryEvents(held),
      ...started,
      // Before its entry: both go in one step, and nobody reads the text twice.
      ...(line.type === 'assistant' ? this.live.finished(line) : []),
      ...entries.map((entry) => entryEvent(line, entry)),
      ...contextFacts(line, isMain),
    ];
  }

  private messageEntries(line: MessageLine, parent: string | undefined): Entry[] {
    // With the mirror, local commands come from the file, under the file's ids.
    if (this.options.hasMirror && isLocalOutput(line)) return [];
    const entries = messageEntries(line, {
      now: this.options.now(),
      parent,
      deniedCalls: this.requests.deniedCalls,
    });
    const isFolded = line.isReplay === true && this.isTurnRunning;
    return entries.flatMap((entry): Entry[] => {
      if (this.options.hasMirror && entry.kind === 'command') return [];
      if (entry.kind !== 'prompt') return [entry];
      const { promptId } = entry;
      const text = promptId === undefined ? entry.text : this.prompts.ownText(promptId, entry.text);
      return [{ ...entry, text, ...(isFolded ? { folded: true } : {}) }];
    });
  }

  private result(line: ResultLine): AgentEvent[] {
    this.isTurnRunning = false;
    const turn = turnEntry(line, this.options.now());
    const contextLimit = contextLimitOf(line, this.known.model ?? '');
    const facts: AgentFacts = {
      ...(line.total_cost_usd === undefined ? {} : { costUsd: line.total_cost_usd }),
      ...(contextLimit === undefined ? {} : { contextLimit }),
    };
    const isLocal = isLocalCommand(line);
    const state = turn.outcome === 'interrupted' ? 'cancelled' : 'completed';
    return [
      ...this.live.endAll(),
      ...entryEvents(this.hold.release()),
      ...(isLocal ? [] : entryEvents([turn])),
      { kind: 'facts', facts },
      ...(isLocal ? this.prompts.commandEnded() : this.prompts.turnEnded(state)),
    ];
  }

  /** The file's own lines: kept raw, and what the live stream leaves out is shown from here. */
  private mirror(file: string, lines: readonly Json[]): AgentEvent[] {
    const raw = lines.map((line): AgentEvent => ({ kind: 'raw', file, line }));
    if (/[\\/]subagents[\\/]/.test(file)) return raw;
    const mapped = lines.map((line) => this.fromFile.map(line));
    const branch = mapped.map((line) => line.facts.branch).findLast((name) => name !== undefined);
    // At a /clear lines of the old file come between those of the new one.
    const { agentSessionId } = this.known;
    const isCurrent = agentSessionId === undefined || file.includes(agentSessionId);
    return [
      {
        kind: 'facts',
        facts: {
          ...(isCurrent ? { transcriptPath: file } : {}),
          ...(branch === undefined ? {} : { branch }),
        },
      },
      ...mapped.flatMap(({ entries }) =>
        entryEvents(entries.filter((entry) => FROM_MIRROR.has(entry.kind))),
      ),
      ...raw,
    ];
  }

  /** A compaction waits for its summary. */
  private held(events: readonly AgentEvent[]): AgentEvent[] {
    return events.flatMap((event) =>
      event.kind === 'entry' && event.entry.kind === 'compaction'
        ? entryEvents(this.hold.boundary(event.entry))
        : [event],
    );
  }

  /** After /clear every line carries the id of a new conversation. */
  private session(sessionId: string | undefined): AgentEvent[] {
    const known = this.known.agentSessionId;
    if (sessionId === undefined || sessionId === '' || sessionId === known) return [];
    const facts: AgentEvent = { kind: 'facts', facts: { agentSessionId: sessionId } };
    if (known === undefined) return [facts];
    return [
      ...this.live.endAll(),
      ...entryEvents([resetEntry(sessionId, this.options.now())]),
      facts,
    ];
  }

  /** A slash command that makes a prompt of its own stands in the log under the id that it was sent with. */
  private startedBy(entry: Entry): AgentEvent[] {
    return entry.kind === 'command' && this.prompts.has(entry.id)
      ? this.prompts.started(entry.id)
      : [];
  }

  private keepPlan(entry: Entry): void {
    if (entry.kind !== 'tool-call' || entry.tool !== 'ExitPlanMode') return;
    const plan = planOf(entry.input);
    if (plan === undefined) return;
    this.plans.clear();
    this.plans.set(entry.callId, plan);
  }

  /** Drops entries and facts that were given before, and adds the to-do list after its tool. */
  private news(events: readonly AgentEvent[]): AgentEvent[] {
    return events.flatMap((event): AgentEvent[] => {
      if (event.kind === 'entry') {
        if (!this.seen.add(event.entry.id)) return [];
        this.keepPlan(event.entry);
        return [
          event,
          ...this.startedBy(event.entry),
          ...entryEvents(this.todos.follow(event.entry)),
        ];
      }
      if (event.kind !== 'facts') return [event];
      const facts = diffFacts(this.known, event.facts);
      if (facts === undefined) return [];
      this.known = { ...this.known, ...facts };
      return [{ kind: 'facts', facts }];
    });
  }
}

function entryEvent(line: MessageLine, entry: Entry): AgentEvent {
  const images = inlineImages(line, entry);
  return { kind: 'entry', entry, ...(images === undefined ? {} : { images }) };
}

function entryEvents(entries: readonly Entry[]): AgentEvent[] {
  return entries.map((entry) => ({ kind: 'entry', entry }));
}

function contextFacts(line: MessageLine, isMain: boolean): AgentEvent[] {
  const usage = line.message.usage;
  if (line.type !== 'assistant' || !isMain || usage === undefined) return [];
  const contextTokens =
    (usage.input_tokens ?? 0) +
    (usage.cache_read_input_tokens ?? 0) +
    (usage.cache_creation_input_tokens ?? 0);
  return contextTokens > 0 ? [{ kind: 'facts', facts: { contextTokens } }] : [];
}

function uuidOf(json: Json): string | undefined {
  if (typeof json !== 'object' || json === null || !('uuid' in json)) return undefined;
  return typeof json.uuid === 'string' && json.uuid !== '' ? json.uuid : undefined;
}

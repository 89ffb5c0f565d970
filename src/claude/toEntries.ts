// Maps the lines of a running stream-json child to events of the session; pure but for its memory of ids.
import { createHash } from 'node:crypto';
import type { AgentEvent, AgentFacts } from '../protocol/agent.ts';
import { canonicalJson, type Json } from '../protocol/json.ts';
import type { Entry } from '../protocol/transcript.ts';
import { CompactionHold } from './compactionHold.ts';
import { createTranscriptMapper } from './fromTranscript.ts';
import { LiveBlocks } from './liveBlocks.ts';
import { boundedJson, messageEntries } from './messageEntries.ts';
import type { MessageLine } from './messageLine.ts';
import { requestEntry } from './requestEntry.ts';
import {
  canUseToolSchema,
  type ControlRequestLine,
  type ParsedLine,
  type ResultLine,
} from './streamJson.ts';
import { SystemMapper } from './systemEntries.ts';
import { turnEntry } from './turnEntry.ts';

/** What the mapper needs from outside. */
export interface StreamMapperOptions {
  readonly now: () => number;
  /** Mirror frames are asked for: local commands are taken from them, under the ids of the file. */
  readonly hasMirror: boolean;
  /** Text of the plan of this session, for an ExitPlanMode call that carries none. */
  readonly readPlan?: () => string | undefined;
}

/** Ids remembered for "was it shown already": more than any turn has, little memory. */
const MAX_SEEN = 20_000;

/** SHA-256 of the canonical JSON of an input as base64url: what an answer is bound to. */
export function inputHash(input: Json): string {
  return createHash('sha256').update(canonicalJson(input)).digest('base64url');
}

/** Turns output lines into AgentEvents, in order. One per child process. */
export class StreamMapper {
  private readonly options: StreamMapperOptions;
  private readonly live = new LiveBlocks();
  private readonly hold = new CompactionHold();
  private readonly system: SystemMapper;
  private readonly fromFile: ReturnType<typeof createTranscriptMapper>;
  private readonly seen = new Set<string>();
  private readonly open = new Map<string, { readonly callId: string | undefined }>();
  private readonly denied = new Set<string>();
  private readonly started = new Set<string>();
  private agentSessionId: string | undefined;
  private transcriptPath: string | undefined;
  private isTurnRunning = false;

  constructor(options: StreamMapperOptions) {
    this.options = options;
    this.system = new SystemMapper(options.now);
    this.fromFile = createTranscriptMapper({ now: options.now });
  }

  /** Requests that wait for an answer now. */
  get openRequests(): ReadonlyMap<string, { readonly callId: string | undefined }> {
    return this.open;
  }

  /** An answer was sent: the request no longer waits. */
  settle(requestId: string, behavior: 'allow' | 'deny'): void {
    const request = this.open.get(requestId);
    this.open.delete(requestId);
    if (behavior === 'deny' && request?.callId !== undefined) this.denied.add(request.callId);
  }

  /** Events of one line. */
  map(parsed: ParsedLine): AgentEvent[] {
    if (!parsed.known) {
      return this.entries([this.unknown(parsed.type, parsed.json)]);
    }
    const line = parsed.line;
    switch (line.type) {
      case 'stream_event':
        return this.live.events(line);
      case 'user':
      case 'assistant':
        return [...this.sessionFacts(line.session_id), ...this.message(line)];
      case 'system':
        return [...this.sessionFacts(line.session_id), ...this.events(this.system.map(line))];
      case 'result':
        return this.result(line);
      case 'control_request':
        return this.request(line);
      case 'control_response':
        return [];
      case 'control_cancel_request':
        return this.withdraw(line.request_id, 'Withdrawn by Claude Code.');
      case 'command_lifecycle':
        return this.lifecycle(line.command_uuid, line.state);
      case 'conversation_reset': {
        const entry: Entry = {
          kind: 'reset',
          id: line.uuid,
          at: this.options.now(),
        };
        return [...this.live.endAll(), ...this.entries([entry])];
      }
      case 'transcript_mirror':
        return this.mirror(line.filePath, line.entries);
      default:
        return this.entries([this.unknown(String(line['type']), parsed.line as Json)]);
    }
  }

  /** Events for the end of the process: live text and open requests are gone. */
  end(): AgentEvent[] {
    return [
      ...this.live.endAll(),
      ...[...this.open.keys()].flatMap((id) => this.withdraw(id, 'The session ended.')),
    ];
  }

  private message(line: MessageLine): AgentEvent[] {
    const parent = line.parent_tool_use_id ?? undefined;
    if (this.hold.isHolding && parent === undefined && line.type === 'user') {
      return this.entries(this.hold.summary(line));
    }
    const mapped = messageEntries(line, {
      now: this.options.now(),
      parent,
      deniedCalls: this.denied,
    });
    const entries = this.options.hasMirror ? mapped.filter((e) => e.kind !== 'command') : mapped;
    if (parent === undefined) this.system.anchor(line.uuid);
    const folded = line.isReplay === true && this.isTurnRunning;
    const out: AgentEvent[] = [];
    for (const entry of entries) {
      if (entry.kind === 'prompt' && entry.promptId !== undefined) {
        out.push(...this.promptStarted(entry.promptId));
      }
    }
    if (line.type === 'user' && parent === undefined && line.isReplay === true) {
      this.isTurnRunning = true;
    }
    const shown = this.entries(
      folded
        ? entries.map((e) => (e.kind === 'prompt' && !e.folded ? { ...e, folded: true } : e))
        : entries,
    );
    const ends = line.type === 'assistant' ? this.live.finished(line) : [];
    return [...out, ...shown, ...ends, ...this.usage(line, parent)];
  }

  private usage(line: MessageLine, parent: string | undefined): AgentEvent[] {
    const usage = line.message.usage;
    if (line.type !== 'assistant' || parent !== undefined || usage === undefined) return [];
    const contextTokens =
      (usage.input_tokens ?? 0) +
      (usage.cache_read_input_tokens ?? 0) +
      (usage.cache_creation_input_tokens ?? 0);
    return contextTokens > 0 ? [{ kind: 'facts', facts: { contextTokens } }] : [];
  }

  private result(line: ResultLine): AgentEvent[] {
    this.isTurnRunning = false;
    const out: AgentEvent[] = [
      ...this.sessionFacts(line.session_id),
      ...this.live.endAll(),
      ...this.entries(this.hold.release()),
    ];
    if (line.local_command === undefined) {
      out.push(...this.entries([turnEntry(line, this.options.now())]));
    }
    const limits = Object.values(line.modelUsage ?? {}).flatMap((model) =>
      model.contextWindow === undefined ? [] : [model.contextWindow],
    );
    const facts: AgentFacts = {
      ...(line.total_cost_usd === undefined ? {} : { costUsd: line.total_cost_usd }),
      ...(limits.length === 0 ? {} : { contextLimit: Math.max(...limits) }),
    };
    if (Object.keys(facts).length > 0) out.push({ kind: 'facts', facts });
    for (const promptId of line.user_message_uuids ?? []) {
      out.push({ kind: 'prompt', promptId, state: 'completed' });
    }
    return out;
  }

  private request(line: ControlRequestLine): AgentEvent[] {
    const parsed = canUseToolSchema.safeParse(line.request);
    if (!parsed.success) return [];
    if (this.open.has(line.request_id)) return [];
    this.open.set(line.request_id, { callId: parsed.data.tool_use_id });
    const entry = requestEntry(line.request_id, parsed.data, {
      at: this.options.now(),
      hash: inputHash(parsed.data.input),
      plan: this.options.readPlan,
    });
    return [
      ...this.entries([entry]),
      { kind: 'status', status: 'waiting', waitingFor: entry.request },
    ];
  }

  private withdraw(requestId: string, detail: string): AgentEvent[] {
    if (!this.open.delete(requestId)) return [];
    return [
      ...this.entries([
        {
          kind: 'decision',
          id: `${requestId}+withdrawn`,
          at: this.options.now(),
          requestId,
          outcome: 'withdrawn',
          detail,
        },
      ]),
      { kind: 'request-withdrawn', requestId },
    ];
  }

  private lifecycle(promptId: string, state: string): AgentEvent[] {
    switch (state) {
      case 'queued':
      case 'cancelled':
      case 'completed':
        return [{ kind: 'prompt', promptId, state }];
      case 'started':
        return this.promptStarted(promptId);
      default:
        return [];
    }
  }

  private promptStarted(promptId: string): AgentEvent[] {
    if (this.started.has(promptId)) return [];
    remember(this.started, promptId);
    return [{ kind: 'prompt', promptId, state: 'started' }];
  }

  /** The file's own lines: kept raw, and what the live stream leaves out is shown from here. */
  private mirror(file: string, lines: readonly Json[]): AgentEvent[] {
    const out: AgentEvent[] = [];
    if (!/[\\/]subagents[\\/]/.test(file)) {
      if (file !== this.transcriptPath) {
        this.transcriptPath = file;
        out.push({ kind: 'facts', facts: { transcriptPath: file } });
      }
      for (const line of lines) {
        const mapped = this.fromFile.map(line);
        out.push(...this.entries(mapped.entries.filter((entry) => MIRROR_KINDS.has(entry.kind))));
        if (mapped.facts.branch !== undefined) {
          out.push(...this.events([{ kind: 'facts', facts: { branch: mapped.facts.branch } }]));
        }
      }
    }
    return [...out, ...lines.map((line): AgentEvent => ({ kind: 'raw', file, line }))];
  }

  private events(events: readonly AgentEvent[]): AgentEvent[] {
    return events.flatMap((event) => {
      if (event.kind === 'entry') {
        return this.entries(
          event.entry.kind === 'compaction' ? this.hold.boundary(event.entry) : [event.entry],
        );
      }
      if (event.kind === 'facts') return this.changedFacts(event.facts);
      return [event];
    });
  }

  private readonly known: Record<string, unknown> = {};

  private changedFacts(facts: AgentFacts): AgentEvent[] {
    const changed = Object.entries(facts).filter(([key, value]) => this.known[key] !== value);
    if (changed.length === 0) return [];
    for (const [key, value] of changed) this.known[key] = value;
    return [{ kind: 'facts', facts: Object.fromEntries(changed) }];
  }

  private sessionFacts(sessionId: string | undefined): AgentEvent[] {
    if (sessionId === undefined || sessionId === '' || sessionId === this.agentSessionId) return [];
    this.agentSessionId = sessionId;
    return [{ kind: 'facts', facts: { agentSessionId: sessionId } }];
  }

  private entries(entries: readonly Entry[]): AgentEvent[] {
    return entries.flatMap((entry): AgentEvent[] => {
      if (this.seen.has(entry.id)) return [];
      remember(this.seen, entry.id);
      return [{ kind: 'entry', entry }];
    });
  }

  private unknown(type: string, json: Json): Entry {
    const text = boundedJson(json);
    return {
      kind: 'unknown',
      id: `unknown:${inputHash(text).slice(0, 22)}`,
      at: this.options.now(),
      type,
      json: text,
    };
  }
}

/** Kinds that the live stream may leave out and the file has. */
const MIRROR_KINDS: ReadonlySet<string> = new Set(['prompt', 'command', 'compaction', 'retry']);

function remember(set: Set<string>, id: string): void {
  set.add(id);
  if (set.size <= MAX_SEEN) return;
  const first = set.values().next();
  if (first.done !== true) set.delete(first.value);
}

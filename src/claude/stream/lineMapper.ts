// Maps a line of a running stream-json child to events; what was told before may be told again.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentEvent, AgentFacts } from '../../protocol/agent.ts';
import type { Entry } from '../../protocol/transcript.ts';
import type { Json } from '../../protocol/json.ts';
import { jsonField } from '../wire/jsonField.ts';
import type { MessageLine } from '../wire/messageLine.ts';
import type { OutLine, ParsedLine, ResultLine } from '../wire/streamJson.ts';
import { CauseHold } from './causeHold.ts';
import { CompactionHold } from '../entries/compactionHold.ts';
import { inlineImages } from '../entries/inlineImages.ts';
import { LiveBlocks } from './liveBlocks.ts';
import { isLocalOutput, messageEntries } from '../entries/messageEntries.ts';
import { MirrorMapper } from './mirrorMapper.ts';
import type { OpenRequests } from './openRequests.ts';
import type { PromptMapper } from './promptMapper.ts';
import type { Subagent } from '../entries/requestEntry.ts';
import { resetEntry } from '../entries/resetEntry.ts';
import { BackgroundWork } from './backgroundWork.ts';
import { SystemMapper } from '../entries/systemMapper.ts';
import { contextLimitOf, isLocalCommand, isTaskNews, turnEntry } from '../entries/turnEntry.ts';
import { unknownEntry } from '../entries/unknownEntry.ts';

/** What the mapping of lines needs. */
export interface LineMapperOptions {
  readonly now: () => number;
  /** Mirror frames are asked for: what local commands print is taken from them, under the ids of the file. */
  readonly hasMirror: boolean;
  readonly requests: OpenRequests;
  readonly prompts: PromptMapper;
  /** Facts of the session as they were told so far. */
  readonly facts: () => AgentFacts;
}

/** One per child process; lines come in the order of its output. */
export class LineMapper {
  private readonly options: LineMapperOptions;
  private readonly live: LiveBlocks;
  private readonly hold = new CompactionHold();
  private readonly system: SystemMapper;
  private readonly background: BackgroundWork;
  private readonly mirror: MirrorMapper;
  private readonly cause = new CauseHold();

  constructor(options: LineMapperOptions) {
    this.options = options;
    this.live = new LiveBlocks(options.now);
    this.background = new BackgroundWork(options.now);
    this.system = new SystemMapper(options.now, () => options.prompts.takeBlocked());
    this.mirror = new MirrorMapper(options);
  }

  /** A subagent that was started in this process. */
  subagent(agentId: string): Subagent | undefined {
    return this.system.subagent(agentId);
  }

  /** Events of one line, and those that waited for it. */
  map(parsed: ParsedLine): AgentEvent[] {
    const { hasMirror } = this.options;
    if (parsed.known && parsed.line.type === 'transcript_mirror') {
      return this.mirrored(parsed.line.filePath, parsed.line.entries);
    }
    const events = this.events(parsed);
    if (!parsed.known || !hasMirror) return events;
    return this.inOrder(parsed.line, events);
  }

  /** The events of a live line, unless they wait for the mirror to tell what caused them. */
  private inOrder(line: OutLine, events: readonly AgentEvent[]): AgentEvent[] {
    const { cause } = this;
    const { prompts } = this.options;
    if (line.type === 'result') return [...cause.end(), ...events];
    const began = events.find(isBeginning);
    if (began?.kind === 'entry' && began.entry.kind === 'prompt') cause.caused();
    const isMessage = line.type === 'user' || line.type === 'assistant';
    const isMain = isMessage && (line.parent_tool_use_id ?? undefined) === undefined;
    const now = cause.pass(events, isMain);
    if (began?.kind === 'entry' && began.entry.kind === 'command') cause.commandCame();
    for (const event of events) this.watch(event);
    if (line.type !== 'system') return now;
    if (line.subtype === 'init') cause.turnBegan(prompts.isInTurn);
    if (line.subtype === 'task_notification') {
      cause.newsCame();
      cause.watchEnded(line.tool_use_id ?? '');
    }
    return now;
  }

  /** A call whose events come into whatever the agent does then. */
  private watch(event: AgentEvent): void {
    if (event.kind !== 'entry' || event.entry.kind !== 'tool-call') return;
    if (event.entry.tool === 'Monitor') this.cause.watchBegan(event.entry.callId);
  }

  private mirrored(file: string, entries: readonly Json[]): AgentEvent[] {
    const { facts, lines, raw } = this.mirror.map(file, entries);
    const wasOwed = this.cause.isOwed;
    const events = this.cause.mirrored(lines);
    if (wasOwed && !this.cause.isOwed) this.options.prompts.turnStarted();
    return [...facts, ...events, ...raw];
  }

  private events(parsed: ParsedLine): AgentEvent[] {
    if (!parsed.known) {
      const id = jsonField(parsed.json, 'uuid');
      return entryEvents([
        unknownEntry(parsed.type, parsed.json, {
          at: this.options.now(),
          id: typeof id === 'string' && id !== '' ? id : undefined,
        }),
      ]);
    }
    const { requests, prompts } = this.options;
    const line = parsed.line;
    switch (line.type) {
      case 'stream_event':
        return this.live.events(line);
      case 'user':
      case 'assistant':
        return [...this.session(line.session_id), ...this.message(line)];
      case 'system':
        return [
          ...this.session(line.session_id),
          ...(line.subtype === 'api_retry' ? this.live.retried() : []),
          ...this.held(this.system.map(line)),
          ...this.background.take(line),
        ];
      case 'result':
        return [...this.session(line.session_id), ...this.result(line)];
      case 'control_request':
        return requests.add(line);
      case 'control_cancel_request':
        return requests.withdraw(line.request_id, 'Withdrawn by Claude Code.');
      case 'command_lifecycle':
        return prompts.applyLifecycle(line.command_uuid, line.state);
      case 'transcript_mirror':
      case 'control_response':
      case 'conversation_reset':
      case 'rate_limit_event':
        // The id of the new conversation comes with the next line.
        return [];
    }
  }

  /** Events for the end of the process: live text and open requests are gone. */
  end(): AgentEvent[] {
    return [
      ...this.cause.end(),
      ...this.live.endAll(),
      ...entryEvents(this.hold.release()),
      ...this.options.requests.withdrawAll('The session ended.'),
    ];
  }

  private message(line: MessageLine): AgentEvent[] {
    const parent = line.parent_tool_use_id ?? undefined;
    const isMain = parent === undefined;
    if (this.hold.isHolding && isMain && line.isSynthetic === true) {
      return entryEvents(this.hold.summary(line));
    }
    // Without its summary a compaction is shown before what comes after it.
    const held = isMain ? this.hold.release() : [];
    const tookMs = line.type === 'assistant' ? this.live.tookMs(line) : 0;
    return [
      ...entryEvents(held),
      // Before its entry: both go in one step, and nobody reads the text twice.
      ...(line.type === 'assistant' ? this.live.finished(line) : []),
      ...this.messageEntries(line, parent).flatMap((entry) =>
        this.entryEvents(line, thought(entry, tookMs)),
      ),
      ...contextFacts(line, isMain),
    ];
  }

  private messageEntries(line: MessageLine, parent: string | undefined): Entry[] {
    const { hasMirror, now, requests } = this.options;
    // With the mirror, local commands come from the file, under the file's ids.
    if (hasMirror && isLocalOutput(line)) return [];
    const { deniedCalls } = requests;
    return messageEntries(line, { now: now(), parent, deniedCalls });
  }

  private entryEvents(line: MessageLine, entry: Entry): AgentEvent[] {
    const { hasMirror, prompts } = this.options;
    const isReplay = line.isReplay === true && entry.parent === undefined;
    const images = inlineImages(line, entry);
    if (entry.kind === 'prompt') {
      return prompts.returned({ entry, images }, isReplay ? 'replay' : 'live');
    }
    if (entry.kind !== 'command') {
      return [{ kind: 'entry', entry, ...omitUndefined({ images }) }];
    }
    // What a command has printed begins nothing.
    if (isReplay && entry.command !== '') prompts.turnStarted();
    // The file has it under the same id, and comes up to 100 ms later: its answer may be there by then.
    const isCause = isReplay && entry.command !== '';
    return hasMirror && !isCause
      ? []
      : [{ kind: 'entry', entry }, ...prompts.commandStarted(entry.id)];
  }

  private result(line: ResultLine): AgentEvent[] {
    const { now, prompts, facts } = this.options;
    const ended = turnEntry(line, now());
    // Versions before 2.1.259 do not name all the prompts of a turn.
    const ids = ended.promptIds ?? prompts.inTurn;
    const turn = ids.length === 0 ? ended : { ...ended, promptIds: [...ids] };
    const isLocal = isLocalCommand(line);
    const state = turn.outcome === 'interrupted' ? 'cancelled' : 'completed';
    return [
      ...this.live.endAll(),
      ...entryEvents(this.hold.release()),
      ...(isLocal ? [] : entryEvents([turn])),
      {
        kind: 'facts',
        facts: omitUndefined({
          costUsd: line.total_cost_usd,
          contextLimit: contextLimitOf(line, facts().model ?? ''),
        }),
      },
      ...(isTaskNews(line) ? [] : isLocal ? prompts.commandEnded() : prompts.turnEnded(state)),
      ...this.background.turnEnded(),
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
    const known = this.options.facts().agentSessionId;
    if (sessionId === undefined || sessionId === '' || sessionId === known) return [];
    const facts: AgentEvent = { kind: 'facts', facts: { agentSessionId: sessionId } };
    if (known === undefined) return [facts];
    return [
      ...this.live.endAll(),
      ...entryEvents([resetEntry(sessionId, this.options.now())]),
      facts,
    ];
  }
}

/** [N4] Thinking says how long it took, where that was seen. */
function thought(entry: Entry, tookMs: number): Entry {
  return entry.kind === 'thinking' && tookMs > 0 ? { ...entry, durationMs: tookMs } : entry;
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

/** The live line of what somebody typed. */
function isBeginning(event: AgentEvent): boolean {
  if (event.kind !== 'entry') return false;
  const { entry } = event;
  return (
    (entry.kind === 'prompt' && entry.origin === 'person') ||
    (entry.kind === 'command' && entry.command !== '')
  );
}

// Takes what an agent reports into a room: bounded entries with their authors, live text, facts, requests.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { newId } from '../../base/ids.ts';
import type { Agent, AgentEvent, AgentFacts, ReportedEntry } from '../../protocol/agent.ts';
import type {
  Capability,
  Others,
  Problem,
  SessionStatus,
  SessionSummary,
} from '../../protocol/state.ts';
import { problemOf, saidText } from '../../protocol/said.ts';
import type { Author } from '../../protocol/entryParts.ts';
import type { Entry, EntryOf } from '../../protocol/transcript.ts';
import type { Wait } from '../../protocol/wait.ts';
import type { PlacedEntry } from '../../session/view.ts';
import type { HostRoom } from '../../sync/host/hostRoom.ts';
import type { SessionApp } from '../../sync/host/hostRoomOptions.ts';
import { CallCauses } from './callCauses.ts';
import { completeEntry, firstLine, nameImages, newEntries } from './completeEntry.ts';
import { LiveTexts } from './liveTexts.ts';
import { markPrompt } from '../queue/markPrompt.ts';
import type { Notice } from './notice.ts';
import type { PromptBook } from '../queue/promptBook.ts';
import { RawLines } from './rawLines.ts';
import { type OpenRequest, openRequestsIn, RequestBook } from './requestBook.ts';
import { seenHash } from './seenHash.ts';
import { SessionWait } from './sessionWait.ts';
import type { OutputStore } from '../journal/outputStore.ts';
import type { RoomTables } from '../journal/roomTables.ts';
import type { SessionTables, StoredSession } from '../journal/sessionTables.ts';
import { summaryOf } from './sessionSummary.ts';

/** What a recorder works on. */
export interface SessionRecorderOptions {
  readonly stored: StoredSession;
  readonly room: Pick<HostRoom, 'append' | 'delta' | 'endLive' | 'setState' | 'onDidLose'>;
  readonly tables: RoomTables;
  readonly outputs: OutputStore;
  readonly sessions: SessionTables;
  readonly prompts: PromptBook;
  readonly clock: Clock;
  readonly computer: string;
  readonly agent: Pick<Agent, 'name' | 'rules'>;
  /** What can be done with the session now. */
  readonly can: () => readonly Capability[];
}

/** How a request ended. */
export type Verdict = Pick<EntryOf<'decision'>, 'outcome' | 'author' | 'detail' | 'answers'>;

/** The one writer of a session's room. */
export class SessionRecorder {
  readonly prompts: PromptBook;
  /** What the agent waits for. */
  readonly wait: SessionWait;
  private readonly options: SessionRecorderOptions;
  private readonly changed = new Emitter<void>();
  private readonly raw: RawLines;
  private readonly requests = new RequestBook();
  private readonly callCauses = new CallCauses();
  private readonly live: LiveTexts;
  private current: StoredSession;
  private statusNow: SessionStatus;
  private waitingFor: string | undefined;
  private problemNow: Problem | undefined;
  private othersNow: Others | undefined;
  private interruptedBy: Author | undefined;
  private facts: AgentFacts = {};

  constructor(options: SessionRecorderOptions) {
    this.options = options;
    this.prompts = options.prompts;
    this.current = options.stored;
    this.live = new LiveTexts(options.room);
    this.wait = new SessionWait({ stored: options.stored.wait, clock: options.clock });
    this.prompts.isRefused = () => this.wait.holdsQueue;
    const isNext = this.prompts.nextAccepted() !== undefined;
    this.statusNow = options.stored.ended ? 'ended' : isNext ? 'starting' : 'idle';
    this.raw = new RawLines(options.sessions, options.stored.id, options.clock);
    // The room itself can tell nobody any more; this computer's list does.
    options.room.onDidLose((problem) => this.setProblem(problem));
    this.wait.onDidEnd(() => this.setWait(undefined));
  }

  /** Fires when the summary or anything else of the state changed. */
  get onDidChange() {
    return this.changed.event;
  }

  get stored(): StoredSession {
    return this.current;
  }

  get status(): SessionStatus {
    return this.statusNow;
  }

  get problem(): Problem | undefined {
    return this.problemNow;
  }

  /** Slash commands and models as the agent told them. */
  get agentFacts(): AgentFacts {
    return this.facts;
  }

  get openRequests(): readonly OpenRequest[] {
    return this.requests.open;
  }

  request(requestId: string): OpenRequest | undefined {
    return this.requests.find(requestId);
  }

  /** Remembers the requests that an earlier host left open in the log. */
  restoreRequests(): void {
    for (const { index, entry } of openRequestsIn(this.options.tables)) this.follow(index, entry);
  }

  /** Takes an event of the agent; prompts, refusals, withdrawals and the exit are the driver's. */
  take(event: AgentEvent): void {
    switch (event.kind) {
      case 'entry':
        this.recordReported([event]);
        return;
      case 'delta':
        this.live.add(event);
        return;
      case 'delta-end':
        this.live.end(event);
        return;
      case 'wait':
        this.setWait(event.wait);
        return;
      case 'status':
        return this.setStatus(event.status, event.waitingFor);
      case 'facts':
        this.takeFacts(event.facts);
        return;
      case 'raw':
        this.raw.add(event.file, event.line);
        return;
      case 'problem':
        return this.setProblem(event.problem && problemOf(event.problem));
      case 'others':
        return this.setOthers(event.others);
      case 'prompt':
      case 'refused':
      case 'request-withdrawn':
      case 'tasks':
      case 'exit':
        return;
    }
  }

  /** Appends what an agent reports; how many of them were new. */
  recordReported(reported: readonly ReportedEntry[]): number {
    const { tables } = this.options;
    return this.record(reported.map(({ entry, images }) => nameImages(entry, images ?? [], tables)))
      .length;
  }

  /** Appends what is new: an entry whose id is in the log already is skipped. */
  record(entries: readonly Entry[]): readonly PlacedEntry[] {
    const { room, tables, clock } = this.options;
    const bounded = newEntries(
      entries.map((entry) => this.completed(entry)),
      tables,
      this.current.sharing?.commandOutput === true,
    );
    if (bounded.length === 0) return [];
    const placed = room.append(bounded, this.live.takeEnding());
    for (const { index, entry } of placed) this.follow(index, entry);
    this.current = { ...this.current, lastActivityAt: clock.now() };
    this.publish();
    return placed;
  }

  /** Says something to everybody. */
  notice({ words, ...notice }: Notice): void {
    const at = this.options.clock.now();
    this.record([{ kind: 'notice', id: newId(), at, ...notice, ...saidText(words) }]);
  }

  /** Settles a request, once; false if it waits no more. */
  decide(requestId: string, verdict: Verdict): boolean {
    if (!this.requests.settle(requestId, verdict.author?.name ?? 'Somebody')) return false;
    this.record([
      {
        kind: 'decision',
        id: `decision:${requestId}`,
        at: this.options.clock.now(),
        requestId,
        ...verdict,
      },
    ]);
    return true;
  }

  /** What an answer to a waiting request names that was seen whole; undefined if nobody can say it. */
  seenHash({ index }: OpenRequest): string | undefined {
    return seenHash(index, this.options.tables);
  }

  /** Name of who settled this request; undefined if it is not known here. */
  answeredBy(requestId: string): string | undefined {
    return this.requests.answeredBy(requestId);
  }

  /** Streamed text that no entry will follow: removed, and whether there was any. */
  dropLive(): boolean {
    return this.live.drop();
  }

  /** Who asked for the interruption that the next turn's end reports. */
  noteInterrupt(author: Author | undefined): void {
    this.interruptedBy = author;
  }

  setStatus(status: SessionStatus, waitingFor?: string): void {
    if (this.statusNow === status && this.waitingFor === waitingFor) return;
    this.statusNow = status;
    this.waitingFor = waitingFor;
    if (status === 'idle' || status === 'ended') this.save();
    this.publish();
  }

  setProblem(problem: Problem | undefined): void {
    if (this.problemNow === undefined && problem === undefined) return;
    this.problemNow = problem;
    this.publish();
  }

  /** [W1] What the agent waits for; undefined: it goes on. */
  setWait(wait: Wait | undefined): void {
    // [O14] What was broken off is gone before anybody is told that the agent tries again.
    this.live.settle();
    this.wait.set(wait);
    const { lasting } = this.wait;
    if (lasting === this.current.wait) this.publish();
    else this.update({ wait: lasting });
  }

  /** Who else is on the conversation; undefined: nobody. */
  setOthers(others: Others | undefined): void {
    this.othersNow = others;
    this.publish();
  }

  /** Changes stored facts; on disk when this returns. */
  update(change: Partial<StoredSession>): void {
    this.current = { ...this.current, ...change };
    this.save();
    this.publish();
  }

  /** What lists and headers show. */
  summary(): SessionSummary {
    const { computer, agent, can } = this.options;
    return summaryOf(this.current, {
      status: this.statusNow,
      waitingFor: this.waitingFor,
      waiting: this.requests.open,
      queued: this.prompts.queue().length,
      problem: this.problemNow,
      wait: this.wait.current,
      others: this.othersNow,
      computer,
      agent,
      can: can(),
    });
  }

  /** Brings the room's state in line; the room decides when it goes out. */
  publish(): void {
    const app: SessionApp = {
      kind: 'session',
      session: this.summary(),
      pending: this.requests.pending(),
      queue: this.prompts.queue(),
      ...omitUndefined({ sharing: this.current.sharing }),
    };
    this.options.room.setState(app);
    this.changed.fire();
  }

  /** Writes what is still in memory. */
  flush(): void {
    this.raw.flush();
    this.save();
  }

  dispose(): void {
    this.wait.dispose();
    this.raw.dispose();
    this.changed.dispose();
  }

  private save(): void {
    this.options.sessions.saveSession(this.current);
  }

  private completed(entry: Entry): Entry {
    const { tables } = this.options;
    const complete = completeEntry(entry, {
      prompts: this.prompts,
      tables,
      outputs: this.options.outputs,
      callCauses: this.callCauses,
      interruptedBy: this.interruptedBy,
    });
    if (entry.kind === 'turn') this.interruptedBy = undefined;
    markPrompt(complete, this.prompts);
    return complete;
  }

  /** What follows from an entry that is in the log now. */
  private follow(index: number, entry: Entry): void {
    switch (entry.kind) {
      case 'request':
        this.requests.add(index, entry);
        return;
      case 'prompt':
        if (this.current.title === '') this.update({ title: firstLine(entry.text) });
        return;
      case 'turn':
        for (const id of entry.promptIds ?? []) this.prompts.mark(id, 'completed');
        return;
      default:
    }
  }

  private takeFacts(facts: AgentFacts): void {
    const { commands, models, ...rest } = facts;
    this.facts = { ...this.facts, ...omitUndefined({ commands, models }) };
    const before = this.current;
    const title = rest.title ?? before.title;
    this.current = { ...before, ...rest, title };
    const isMinor = Object.keys(rest).every((key) => MINOR_FACTS.has(key));
    if (!isMinor) this.save();
    this.publish();
  }
}

/** Facts that change with every message: written to disk with the next status. */
const MINOR_FACTS: ReadonlySet<string> = new Set(['contextTokens', 'contextLimit', 'costUsd']);

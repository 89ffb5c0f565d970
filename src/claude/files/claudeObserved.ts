// A session that runs in a terminal: registry + transcript, live and read-only.
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type {
  AgentEvent,
  AgentFacts,
  FoundSession,
  ObservedSession,
  ReportedEntry,
} from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import type { SessionStatus } from '../../protocol/state.ts';
import { diffFacts } from '../entries/diffFacts.ts';
import { ConversationReader } from './conversationReader.ts';
import type { FolderWatches } from './folderWatches.ts';
import { LookPace } from './lookPace.ts';
import { ObservedOthers, type RunningSessions } from './observedOthers.ts';
import { ObservedWatches } from './observedWatches.ts';
import type { Projects } from './projects.ts';
import { SeenIds } from '../entries/seenIds.ts';
import { resetEntry } from '../entries/resetEntry.ts';
import {
  nameOfRecord,
  pidOfFile,
  type Registry,
  type RegistryRecord,
  statusOfRecord,
} from './registry.ts';
import type { TranscriptSummary } from './transcriptSummary.ts';

/** Whether the process still runs, and where a file that is not in its place is, is asked once in so many looks. */
const SLOW_EVERY = 10;

/** What an observed session needs. */
export interface ClaudeObservedOptions {
  readonly session: FoundSession;
  readonly registry: Registry;
  readonly projects: Projects;
  readonly watches: FolderWatches;
  readonly running: RunningSessions;
  readonly clock: Clock;
  readonly log: Logger;
  /** Nothing more will be read. */
  readonly onDidStop?: () => void;
}

/** Follows one session until it ends or `close`. */
export class ClaudeObserved implements ObservedSession {
  readonly key: string;
  readonly onDidEmit;
  private readonly emitter = new Emitter<AgentEvent>();
  private readonly disposables = new DisposableStore();
  private readonly options: ClaudeObservedOptions;
  private readonly pace: LookPace;
  private readonly watches: ObservedWatches;
  private readonly others: ObservedOthers;
  private reader: ConversationReader | undefined;
  /** Counts what was told to listeners: a look that adds to it has found something. */
  private news = 0;
  private record: RegistryRecord | undefined;
  private sessionId: string;
  private readonly seen = new SeenIds();
  private known: AgentFacts = {};
  private status: SessionStatus | undefined;
  private waitingFor: string | undefined;
  private looking: Promise<void> | undefined;
  private isLookAsked = false;
  private looks = 0;
  private failure: string | undefined;

  constructor(options: ClaudeObservedOptions) {
    this.options = options;
    this.key = options.session.key;
    this.sessionId = options.session.agentSessionId;
    this.onDidEmit = this.emitter.event;
    const { clock, registry, watches } = options;
    const { pid = 0, processStart } = options.session;
    const look = (): void => void this.look();
    const isStill = (): boolean => registry.isStill(pid, processStart);
    this.pace = this.disposables.add(new LookPace({ clock, look, isStill }));
    const onDidTell = (): void => this.pace.wake();
    this.watches = this.disposables.add(new ObservedWatches({ watches, onDidTell }));
    this.others = this.disposables.add(
      new ObservedOthers({
        ...options,
        pid,
        conversation: () => this.sessionId,
        tell: (others) => this.tell({ kind: 'others', others }),
      }),
    );
  }

  async open(): Promise<void> {
    const { session } = this.options;
    this.facts({
      agentSessionId: session.agentSessionId,
      ...omitUndefined({
        title: session.title,
        branch: session.branch,
        agentVersion: session.agentVersion,
      }),
    });
    if (session.pid === undefined) {
      await this.readFile();
      this.entries(this.reader?.flush() ?? []);
      this.setStatus('ended');
      this.stop();
      return;
    }
    const { registry } = this.options;
    await this.watches.followRegistry(registry.folder, (name) => pidOfFile(name) === session.pid);
    await this.look();
    if (!this.disposables.isDisposed && this.status !== 'ended') this.pace.start();
  }

  async close(): Promise<void> {
    this.stop();
    await this.looking;
    this.emitter.dispose();
  }

  /** One look at a time; one that is asked for meanwhile follows at once, or with the next poll. */
  private look(): Promise<void> {
    if (this.looking !== undefined) {
      this.isLookAsked = true;
      return this.looking;
    }
    this.isLookAsked = false;
    this.looking = this.lookNow()
      .then(() => (this.failure = undefined))
      .catch((error: unknown) => this.failed(errorText(error)))
      .finally(() => {
        this.looking = undefined;
        if (this.isLookAsked && !this.disposables.isDisposed) void this.look();
      });
    return this.looking;
  }

  /** Ten times a second would fill the log. */
  private failed(error: string): void {
    if (error === this.failure) return;
    this.failure = error;
    this.options.log.warn('observing failed', { error });
  }

  private async lookNow(): Promise<void> {
    const wasResting = this.pace.isResting;
    const { news, record: known } = this;
    if (this.isSlowLook) await this.watches.renew();
    await this.takeNews();
    if (this.disposables.isDisposed) return;
    const isNews = this.news !== news;
    // A watch that has told something meanwhile has ended the rest.
    const isUntold = wasResting && this.pace.isResting;
    this.pace.note({ isNews, mayRest: this.mayRest() });
    if (!isUntold) return;
    const { watches } = this;
    if (this.record !== known) watches.suspect('registry');
    else if (isNews && watches.tells('subagents') === undefined) watches.suspect('transcript');
  }

  /** Whether all that may come next would be told by a watch; nothing else but a sign of life is needed then. */
  private mayRest(): boolean {
    const { record, watches } = this;
    const isCalm = this.status === 'idle' || this.status === 'waiting';
    if (!isCalm || record === undefined || watches.tells('registry') !== true) return false;
    const isTold = watches.tells('transcript');
    // Without a transcript its first prompt is told by the registry, if that tells states at all.
    if (isTold === undefined) return statusOfRecord(record) !== undefined;
    return isTold && watches.tells('subagents') !== false;
  }

  private async takeNews(): Promise<void> {
    const { session, registry } = this.options;
    const record = await registry.record(session.pid ?? 0);
    this.record = record;
    const isCheck = this.isSlowLook || record === undefined;
    const isAlive = !isCheck || (await this.isAlive(record));
    if (record !== undefined && record.sessionId !== this.sessionId) {
      await this.readFile();
      this.startNext(record);
    }
    await this.readFile();
    this.looks += 1;
    if (this.disposables.isDisposed) return;
    if (!isAlive) {
      this.entries(this.reader?.flush() ?? []);
      this.setStatus('ended');
      this.tell({ kind: 'exit', code: null, signal: null, expected: true });
      this.stop();
      return;
    }
    if (record === undefined) return;
    const recordStatus = statusOfRecord(record);
    // The summary costs a read of the file's edges: only when the state changes, or only it tells.
    const summary =
      recordStatus === undefined || recordStatus !== this.status ? await this.summary() : undefined;
    const title = nameOfRecord(record) ?? summary?.title;
    if (title !== undefined) this.facts({ title });
    const status = recordStatus ?? summary?.status ?? 'idle';
    this.setStatus(status, status === 'waiting' ? (record.waitingFor ?? undefined) : undefined);
  }

  /** The record may be missing for a moment while it is written: only the process counts. */
  private async isAlive(record: RegistryRecord | undefined): Promise<boolean> {
    const { session, registry } = this.options;
    return registry.isAlive(
      record ?? {
        pid: session.pid ?? 0,
        sessionId: session.agentSessionId,
        cwd: session.cwd,
        ...omitUndefined({ procStart: session.processStart }),
      },
    );
  }

  /** Title and state from the file; what was read is kept while it is unchanged. */
  private async summary(): Promise<TranscriptSummary | undefined> {
    const path = this.reader?.path;
    return path === undefined ? undefined : this.options.projects.summary(path);
  }

  /** After /clear the same process goes on in a new conversation. */
  private startNext(record: RegistryRecord): void {
    this.entries(this.reader?.flush() ?? []);
    this.sessionId = record.sessionId;
    this.reader = undefined;
    this.others.begin();
    this.watches.leave('transcript');
    this.watches.leave('subagents');
    this.entries([{ entry: resetEntry(record.sessionId, this.options.clock.now()) }]);
    this.facts({ agentSessionId: record.sessionId });
  }

  private async readFile(): Promise<void> {
    const { session, projects, clock } = this.options;
    if (this.reader === undefined) {
      // Everywhere only now and then: a terminal may wait for its first prompt for hours.
      const path = this.isSlowLook
        ? await projects.find(this.sessionId, session.cwd)
        : await projects.findIn(this.sessionId, session.cwd);
      // It appears with the first prompt.
      if (path === undefined) return;
      const onLine = (line: Json): void => this.others.read(line);
      this.reader = new ConversationReader({ path, now: () => clock.now(), onLine });
      this.facts({ transcriptPath: path });
      if (session.pid !== undefined) await this.watches.followTranscript(path, this.sessionId);
    }
    const read = await this.reader.read();
    if (this.disposables.isDisposed) return;
    const { hasSubagents, subagentsFolder } = this.reader;
    if (hasSubagents && session.pid !== undefined) {
      await this.watches.followSubagents(subagentsFolder);
    }
    this.facts(read.facts);
    this.entries(read.entries);
    this.others.look();
  }

  private get isSlowLook(): boolean {
    return this.pace.isResting || this.looks % SLOW_EVERY === 0;
  }

  private stop(): void {
    this.disposables.dispose();
    this.options.onDidStop?.();
  }

  private tell(event: AgentEvent): void {
    this.news += 1;
    this.emitter.fire(event);
  }

  private facts(facts: AgentFacts): void {
    const changed = diffFacts(this.known, facts);
    if (changed === undefined) return;
    this.known = { ...this.known, ...changed };
    this.tell({ kind: 'facts', facts: changed });
  }

  private entries(entries: readonly ReportedEntry[]): void {
    for (const reported of entries) {
      if (this.seen.add(reported.entry.id)) this.tell({ kind: 'entry', ...reported });
    }
  }

  private setStatus(status: SessionStatus, waitingFor?: string): void {
    if (status === this.status && waitingFor === this.waitingFor) return;
    this.status = status;
    this.waitingFor = waitingFor;
    this.tell({ kind: 'status', status, ...omitUndefined({ waitingFor }) });
  }
}

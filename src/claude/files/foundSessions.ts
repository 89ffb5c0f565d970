// The list of sessions on this computer that this host does not own, and the news that it changed.
import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { FoundSession } from '../../protocol/agent.ts';
import type { Projects } from './projects.ts';
import {
  keyOfRecord,
  nameOfRecord,
  type Registry,
  type RegistryRecord,
  statusOfRecord,
} from './registry.ts';
import type { TranscriptSummary } from './transcriptSummary.ts';

/** Ended sessions in the list. */
const MAX_ENDED = 50;
/** A watch can be missing or deaf (network file systems): the signature is asked this often anyway. */
const POLL_MS = 500;
/** Transcripts that come and go without a process are looked for once in so many looks. */
const FOLDERS_EVERY = 10;

/** What the list is made of. */
export interface FoundSessionsOptions {
  readonly configDir: string;
  readonly registry: Registry;
  readonly projects: Projects;
  /** Processes of this host's own sessions. */
  readonly ownPids: () => ReadonlySet<number>;
  /** Conversations of this host's own sessions. */
  readonly ownConversations: () => ReadonlySet<string>;
  readonly clock: Clock;
}

/** Lists, and watches while somebody listens. */
export class FoundSessions {
  /** Fires when a session has come, gone or changed its state. */
  readonly onDidChange: Event<void>;
  private readonly changed = new Emitter<void>();
  private readonly options: FoundSessionsOptions;
  private readonly disposables = new DisposableStore();
  private watcher: FSWatcher | undefined;
  private isWatching = false;
  private isLooking = false;
  private signature: string | undefined;
  private folders = '';
  private looks = 0;

  constructor(options: FoundSessionsOptions) {
    this.options = options;
    this.onDidChange = (listener) => {
      this.startWatching();
      return this.changed.event(listener);
    };
  }

  /** Running ones first, then ended ones, newest first. */
  async list(): Promise<readonly FoundSession[]> {
    const { registry, projects } = this.options;
    const records = await registry.running();
    const own = this.options.ownPids();
    const conversations = this.options.ownConversations();
    // The pid of a wrapper script is not the one in the registry: the conversation tells, too.
    const foreign = records.filter(
      (record) =>
        !own.has(record.pid) && !conversations.has(record.sessionId) && record.kind !== 'daemon',
    );
    const running = await Promise.all(foreign.map((record) => this.running(record)));
    const listedElsewhere = new Set([
      ...records.map((record) => record.sessionId),
      ...conversations,
    ]);
    const ended = (await projects.newest(MAX_ENDED + listedElsewhere.size))
      .filter((summary) => !listedElsewhere.has(summary.sessionId))
      .slice(0, MAX_ENDED)
      .map((summary) => endedSession(summary));
    running.sort((a, b) => (b.lastActivityAt ?? 0) - (a.lastActivityAt ?? 0));
    return [...running, ...ended];
  }

  dispose(): void {
    this.watcher?.close();
    this.disposables.dispose();
    this.changed.dispose();
  }

  private async running(record: RegistryRecord): Promise<FoundSession> {
    const summary = await this.summaryOf(record);
    const title = nameOfRecord(record) ?? summary?.title ?? record.name ?? undefined;
    const status = statusOfRecord(record) ?? summary?.status ?? 'idle';
    const lastActivityAt = Math.max(
      record.statusUpdatedAt ?? 0,
      record.updatedAt ?? 0,
      record.startedAt ?? 0,
      summary?.modifiedAt ?? 0,
    );
    return {
      key: keyOfRecord(record),
      agentSessionId: record.sessionId,
      pid: record.pid,
      cwd: record.cwd,
      status,
      lastActivityAt,
      ...omitUndefined({
        processStart: record.procStart,
        title,
        branch: summary?.branch,
        waitingFor: (status === 'waiting' && record.waitingFor) || undefined,
        startedAt: record.startedAt,
        transcriptPath: summary?.path,
        agentVersion: record.version,
      }),
    };
  }

  private startWatching(): void {
    if (this.isWatching || this.disposables.isDisposed) return;
    this.isWatching = true;
    this.disposables.add(this.options.clock.every(POLL_MS, () => void this.look()));
    void this.look();
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      this.openWatcher();
      const signature = await this.newSignature();
      // The first look is news, too: a list that was made before may have missed what came meanwhile.
      const isNews = signature !== this.signature;
      this.signature = signature;
      if (isNews && !this.disposables.isDisposed) this.changed.fire();
    } finally {
      this.isLooking = false;
    }
  }

  /** Changes when the list would. */
  private async newSignature(): Promise<string> {
    const { registry, projects } = this.options;
    const isDue = this.looks % FOLDERS_EVERY === 0;
    this.looks += 1;
    if (isDue) this.folders = await projects.signature();
    return [await registry.signature(), await this.summarySignature(), this.folders].join('\n');
  }

  /** States that only the transcript tells: 2.1.197 writes none without a terminal. */
  private async summarySignature(): Promise<string> {
    const own = this.options.ownPids();
    const records = (await this.options.registry.running()).filter(
      (record) => statusOfRecord(record) === undefined && !own.has(record.pid),
    );
    const parts = await Promise.all(
      records.map(async (record) => {
        const summary = await this.summaryOf(record);
        return `${record.pid}:${summary?.status ?? ''}:${summary?.title ?? ''}`;
      }),
    );
    return parts.join('|');
  }

  private async summaryOf(record: RegistryRecord): Promise<TranscriptSummary | undefined> {
    const { projects } = this.options;
    const path = await projects.find(record.sessionId, record.cwd);
    return path === undefined ? undefined : projects.summary(path);
  }

  /** The folder appears with the first session. */
  private openWatcher(): void {
    if (this.watcher !== undefined || this.disposables.isDisposed) return;
    try {
      this.watcher = watch(join(this.options.configDir, 'sessions'), () => void this.look());
      this.watcher.on('error', () => {
        this.watcher?.close();
        this.watcher = undefined;
      });
    } catch {
      // Not there yet, or not watchable: the poll does it.
    }
  }
}

function endedSession(summary: TranscriptSummary): FoundSession {
  return {
    key: `ended-${summary.sessionId}`,
    agentSessionId: summary.sessionId,
    cwd: summary.cwd ?? '',
    status: 'ended',
    lastActivityAt: summary.modifiedAt,
    transcriptPath: summary.path,
    ...omitUndefined({
      title: summary.title,
      branch: summary.branch,
      agentVersion: summary.version,
    }),
  };
}

// Rows of sessions that were found: running ones by registry and transcript, ended ones by transcript alone.
import type { Clock } from '../../base/clock.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { FoundSession } from '../../protocol/agent.ts';
import type { Projects } from './projects.ts';
import { keyOfRecord, nameOfRecord, type RegistryRecord, statusOfRecord } from './registry.ts';
import type { TranscriptSummary } from './transcriptSummary.ts';

/** Ended sessions in the list. */
const MAX_ENDED = 50;
/** What is not told (title and time of a transcript that grows) is as old as this in a list at the most. */
const KEPT_MS = 5000;
/** So long after the registry has told something a transcript may still lag behind it. */
const COMING_MS = 10_000;

/** What rows are made of. */
export interface FoundRowsOptions {
  readonly projects: Projects;
  /** Processes of this host's own sessions. */
  readonly ownPids: () => ReadonlySet<number>;
  /** Conversations of this host's own sessions. */
  readonly ownConversations: () => ReadonlySet<string>;
  readonly clock: Clock;
}

interface KeptRow {
  readonly record: RegistryRecord;
  readonly row: FoundSession;
  /** Its title is one of its own, not the one that the CLI gives to every session of a folder. */
  readonly isTitled: boolean;
  readonly atMs: number;
}

interface KeptEnded {
  readonly key: string;
  readonly rows: readonly FoundSession[];
  readonly atMs: number;
}

/** Makes rows, and keeps them while what they are made of has not changed. */
export class FoundRows {
  private readonly options: FoundRowsOptions;
  private rows = new Map<number, KeptRow>();
  private ended: KeptEnded | undefined;
  /** Where a conversation's transcript was found. */
  private readonly paths = new Map<string, string>();

  constructor(options: FoundRowsOptions) {
    this.options = options;
  }

  /**
   * The list: running ones first, then ended ones, newest first. `folders` changes when a transcript
   * comes or goes; undefined if nobody watches, and nothing is kept.
   */
  async list(
    records: readonly RegistryRecord[],
    folders: string | undefined,
  ): Promise<readonly FoundSession[]> {
    const own = this.options.ownPids();
    const conversations = this.options.ownConversations();
    // The pid of a wrapper script is not the one in the registry: the conversation tells, too.
    const foreign = records.filter(
      (record) =>
        !own.has(record.pid) && !conversations.has(record.sessionId) && record.kind !== 'daemon',
    );
    const kept = this.rows;
    this.rows = new Map();
    const running = await Promise.all(
      foreign.map(async (record) => {
        const old = folders === undefined ? undefined : kept.get(record.pid);
        const isKept = old !== undefined && this.isFresh(old, record);
        const next = isKept ? old : await this.rowOf(record);
        this.rows.set(record.pid, next);
        return next.row;
      }),
    );
    running.sort((a, b) => (b.lastActivityAt ?? 0) - (a.lastActivityAt ?? 0));
    const elsewhere = new Set([...records.map(({ sessionId }) => sessionId), ...conversations]);
    return [...running, ...(await this.endedRows(elsewhere, folders))];
  }

  /** Title and state from a session's transcript. */
  async summaryOf(record: RegistryRecord): Promise<TranscriptSummary | undefined> {
    const { projects } = this.options;
    const { sessionId, cwd } = record;
    const known = this.paths.get(sessionId);
    const kept = known === undefined ? undefined : await projects.summary(known);
    if (kept !== undefined) return kept;
    this.paths.delete(sessionId);
    const path = await projects.find(sessionId, cwd);
    if (path === undefined) return undefined;
    this.paths.set(sessionId, path);
    return projects.summary(path);
  }

  /**
   * Whether its transcript may still get the line that gives it its title: lines are written a moment
   * after the registry says that something was done, and no watch tells of them.
   */
  isComing(record: RegistryRecord): boolean {
    return this.isRecent(record) && this.rows.get(record.pid)?.isTitled !== true;
  }

  private isRecent({ statusUpdatedAt, updatedAt, startedAt }: RegistryRecord): boolean {
    const toldAt = Math.max(statusUpdatedAt ?? 0, updatedAt ?? 0, startedAt ?? 0);
    return this.options.clock.now() - toldAt < COMING_MS;
  }

  private isFresh({ record, isTitled, atMs }: KeptRow, now: RegistryRecord): boolean {
    if (!isTitled && this.isRecent(now)) return false;
    const isYoung = this.options.clock.monotonic() - atMs < KEPT_MS;
    return record === now && isYoung && statusOfRecord(record) !== undefined;
  }

  private async rowOf(record: RegistryRecord): Promise<KeptRow> {
    const atMs = this.options.clock.monotonic();
    const summary = await this.summaryOf(record);
    const isTitled = (nameOfRecord(record) ?? summary?.title) !== undefined;
    return { record, row: runningSession(record, summary), isTitled, atMs };
  }

  private async endedRows(
    elsewhere: ReadonlySet<string>,
    folders: string | undefined,
  ): Promise<readonly FoundSession[]> {
    const { clock, projects } = this.options;
    const key = [folders, ...elsewhere].join('\n');
    const atMs = clock.monotonic();
    const kept = this.ended;
    if (folders !== undefined && kept?.key === key && atMs - kept.atMs < KEPT_MS) return kept.rows;
    for (const id of this.paths.keys()) if (!elsewhere.has(id)) this.paths.delete(id);
    const rows = (await projects.newest(MAX_ENDED, elsewhere)).map(endedSession);
    this.ended = { key, rows, atMs };
    return rows;
  }
}

function runningSession(
  record: RegistryRecord,
  summary: TranscriptSummary | undefined,
): FoundSession {
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

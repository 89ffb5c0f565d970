// The sessions of Claude Code that run on this computer, from its own registry; key files are never read.
import { readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { SessionStatus } from '../../protocol/state.ts';
import { isRecord } from '../../base/isRecord.ts';
import { parseJson } from '../../protocol/json.ts';
import { isRunning, isStillRunning, processStart } from '../../node/processStart.ts';
import { type FileAccess, type FileFacts, systemFiles } from './fileAccess.ts';

/** The CLI writes its file in place: one that is read in that moment is read again. */
const READ_TRIES = 4;
const READ_AGAIN_MS = 10;
/** Times of files can be as coarse as this: one that was changed a moment ago may change again without showing it. */
const COARSE_MS = 2000;

const REGISTRY_FILE = /^(\d{1,10})\.json$/;

const recordSchema = z.looseObject({
  pid: z.number(),
  sessionId: z.string(),
  cwd: z.string(),
  startedAt: z.optional(z.number()),
  procStart: z.optional(z.string()),
  version: z.optional(z.string()),
  kind: z.optional(z.string()),
  entrypoint: z.optional(z.string()),
  pidDomain: z.nullish(z.string()),
  name: z.nullish(z.string()),
  nameSource: z.nullish(z.string()),
  status: z.optional(z.string()),
  statusUpdatedAt: z.optional(z.number()),
  updatedAt: z.optional(z.number()),
  waitingFor: z.nullish(z.string()),
});

/** One running session as its registry file says. */
export type RegistryRecord = z.infer<typeof recordSchema>;

const STATUS: ReadonlyMap<string, SessionStatus> = new Map([
  ['busy', 'working'],
  ['idle', 'idle'],
  ['waiting', 'waiting'],
]);

/** What a registry reads from. */
export interface RegistryOptions {
  readonly configDir: string;
  readonly processStart?: (pid: number) => Promise<string | undefined>;
  /** Whether the process that started then still runs, see isStillRunning; `start` undefined: any process. */
  readonly isStillRunning?: (pid: number, start: string | undefined) => boolean;
  /** Waits before a file is read again. */
  readonly pause?: (ms: number) => Promise<unknown>;
  readonly platform?: NodeJS.Platform;
  readonly files?: FileAccess;
}

/** What was read of a file, and whether its facts would show another content. */
interface ReadFile {
  readonly facts: FileFacts;
  readonly isSettled: boolean;
  readonly text: string;
  readonly record: RegistryRecord;
}

/** Reads the registry and checks that its processes still run. A file that has not changed is not read again. */
export class Registry {
  readonly folder: string;
  private readonly options: RegistryOptions;
  private readonly files: FileAccess;
  private readonly platform: NodeJS.Platform;
  private readonly read = new Map<number, ReadFile>();
  private pidDomain: Promise<string | undefined> | undefined;

  constructor(options: RegistryOptions) {
    this.options = options;
    this.folder = join(options.configDir, 'sessions');
    this.files = options.files ?? systemFiles;
    this.platform = options.platform ?? process.platform;
  }

  /** Whether the file of this process is gone: the CLI takes it away when it ends by itself, and leaves it when it is killed. */
  async isSignedOff(pid: number): Promise<boolean> {
    return stat(join(this.folder, `${pid}.json`)).then(
      () => false,
      (error: unknown) => isRecord(error) && error['code'] === 'ENOENT',
    );
  }

  /** All running sessions; files of processes that are gone, or of another computer, are left out. */
  async running(): Promise<readonly RegistryRecord[]> {
    const all = await Promise.all(
      (await this.pids()).map(async (pid) => {
        const record = await this.record(pid);
        return record !== undefined && (await this.isAlive(record)) ? [record] : [];
      }),
    );
    return all.flat();
  }

  /** Processes that have a file. */
  async pids(): Promise<readonly number[]> {
    const names = await this.files.names(this.folder);
    return names.flatMap((name) => pidOfFile(name) ?? []);
  }

  /** The file of one process; undefined if there is none, or none that can be read. The same object while it says the same. */
  async record(pid: number): Promise<RegistryRecord | undefined> {
    const path = join(this.folder, `${pid}.json`);
    const known = this.read.get(pid);
    for (let tries = 1; ; tries += 1) {
      const facts = await this.files.facts(path);
      if (known?.isSettled === true && facts !== undefined && isSame(known.facts, facts)) {
        return known.record;
      }
      const text = facts && (await this.files.text(path));
      if (facts === undefined || text === undefined) {
        this.read.delete(pid);
        return undefined;
      }
      // A time in the future says that clocks differ: nothing is settled then.
      const isSettled = Date.now() - facts.mtimeMs > COARSE_MS;
      if (known?.text === text) {
        this.read.set(pid, { ...known, facts, isSettled });
        return known.record;
      }
      const parsed = recordSchema.safeParse(parseJson(text));
      if (parsed.success) {
        const record = parsed.data.pid === pid ? parsed.data : undefined;
        if (record !== undefined) this.read.set(pid, { facts, isSettled, text, record });
        return record;
      }
      if (tries === READ_TRIES) return undefined;
      await (this.options.pause ?? pause)(READ_AGAIN_MS);
    }
  }

  /** Whether the process of a record runs: same pid and, where it can be compared, same start. */
  async isAlive(record: RegistryRecord): Promise<boolean> {
    return (await this.startOf(record)) !== undefined;
  }

  /** Start of a record's process, if it is the one that runs; where none can be asked, a word that stands for it. */
  async startOf(record: RegistryRecord): Promise<string | undefined> {
    if (!(await this.isOwnPidDomain(record.pidDomain))) return undefined;
    // Where asking for the start would start a program, only whether there is a process.
    if (this.platform !== 'linux') return isRunning(record.pid) ? 'running' : undefined;
    const start = await (this.options.processStart ?? processStart)(record.pid);
    // Elsewhere the CLI writes the time in a form of its own.
    return record.procStart === undefined || record.procStart === start ? start : undefined;
  }

  /** Whether the process that `startOf` told of is still there, at once; without a start, any with its pid. */
  isStill(pid: number, start: string | undefined): boolean {
    const { isStillRunning: ask } = this.options;
    if (ask !== undefined) return ask(pid, start);
    if (start === undefined || this.platform !== 'linux') return isRunning(pid);
    return isStillRunning(pid, start);
  }

  /** A record of another container or machine that shares the folder names a foreign process. */
  private async isOwnPidDomain(domain: string | null | undefined): Promise<boolean> {
    const theirs = /pid:\[\d+\]/.exec(domain ?? '')?.[0];
    if (theirs === undefined || this.platform !== 'linux') return true;
    this.pidDomain ??= readlink('/proc/self/ns/pid').catch(() => undefined);
    return theirs === ((await this.pidDomain) ?? theirs);
  }
}

/** Pid that a file of the registry is named for; undefined for other files, keys among them. */
export function pidOfFile(name: string): number | undefined {
  const pid = REGISTRY_FILE.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

function isSame(one: FileFacts, other: FileFacts): boolean {
  return one.ino === other.ino && one.size === other.size && one.mtimeMs === other.mtimeMs;
}

/** Our word for a record's status; undefined where the CLI writes none (2.1.197 without a terminal). */
export function statusOfRecord(record: RegistryRecord): SessionStatus | undefined {
  return STATUS.get(record.status ?? '');
}

/** Name that a person gave the session; derived names say less than its first prompt. */
export function nameOfRecord(record: RegistryRecord): string | undefined {
  return record.name && record.nameSource !== 'derived' ? record.name : undefined;
}

/** Key of a running session: it stays when /clear changes the conversation. */
export function keyOfRecord(record: RegistryRecord): string {
  return `pid-${record.pid}-${record.procStart ?? record.startedAt ?? 0}`;
}

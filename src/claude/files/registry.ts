// The sessions of Claude Code that run on this computer, from its own registry; key files are never read.
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { SessionStatus } from '../../protocol/state.ts';
import { parseJson } from '../../protocol/json.ts';
import { hasErrorCode } from '../../node/files.ts';
import { processStart } from '../../node/processStart.ts';

/** The CLI writes its file in place: one that is read in that moment is read again. */
const READ_TRIES = 4;
const READ_AGAIN_MS = 10;

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

/** Reads the registry and checks that its processes still run. */
export class Registry {
  private readonly folder: string;
  private readonly processStart: (pid: number) => Promise<string | undefined>;
  private readonly pause: (ms: number) => Promise<unknown>;
  private readonly platform: NodeJS.Platform;

  constructor(options: {
    readonly configDir: string;
    readonly processStart?: (pid: number) => Promise<string | undefined>;
    /** Waits before a file is read again. */
    readonly pause?: (ms: number) => Promise<unknown>;
    readonly platform?: NodeJS.Platform;
  }) {
    this.folder = join(options.configDir, 'sessions');
    this.pause = options.pause ?? ((ms) => pause(ms));
    this.platform = options.platform ?? process.platform;
    this.processStart = options.processStart ?? ((pid) => processStart(pid));
  }

  /** All running sessions; files of processes that are gone, or of another computer, are left out. */
  async running(): Promise<readonly RegistryRecord[]> {
    const names = await readdir(this.folder).catch(() => []);
    const pids = names.flatMap((name) => {
      const pid = REGISTRY_FILE.exec(name)?.[1];
      return pid === undefined ? [] : [Number(pid)];
    });
    const records = await Promise.all(pids.map((pid) => this.record(pid)));
    const alive = await Promise.all(
      records.map(async (record) => record !== undefined && (await this.isAlive(record))),
    );
    return records.flatMap((record, index) =>
      record !== undefined && alive[index] === true ? [record] : [],
    );
  }

  /** The file of one process; undefined if there is none, or none that can be read. */
  async record(pid: number): Promise<RegistryRecord | undefined> {
    for (let tries = 1; ; tries += 1) {
      const path = join(this.folder, `${pid}.json`);
      const text = await readFile(path, 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const parsed = recordSchema.safeParse(parseJson(text));
      if (parsed.success) return parsed.data.pid === pid ? parsed.data : undefined;
      if (tries === READ_TRIES) return undefined;
      await this.pause(READ_AGAIN_MS);
    }
  }

  /** Whether the process of a record runs: same pid and, where it can be compared, same start. */
  async isAlive(record: RegistryRecord): Promise<boolean> {
    if (!(await isOwnPidDomain(record.pidDomain, this.platform))) return false;
    const start = await this.startOf(record.pid);
    if (start === undefined) return false;
    // Elsewhere the CLI writes the time in a form of its own.
    if (this.platform !== 'linux' || record.procStart === undefined) return true;
    return record.procStart === start;
  }

  /**
   * Changes when any registry file does, or when a process goes without a word (its file stays then):
   * cheap enough to be asked twice a second.
   */
  async signature(): Promise<string> {
    const names: string[] = await readdir(this.folder).catch(() => []);
    const parts = await Promise.all(
      names.sort().map(async (name) => {
        const pid = REGISTRY_FILE.exec(name)?.[1];
        if (pid === undefined) return '';
        const found = await stat(join(this.folder, name)).catch(() => undefined);
        const start = await this.startOf(Number(pid));
        return `${name}:${found?.mtimeMs ?? 0}:${found?.size ?? 0}:${start ?? 'gone'}`;
      }),
    );
    return parts.join('|');
  }

  /** Start of a process; where asking for it starts a program, only whether there is one. */
  private async startOf(pid: number): Promise<string | undefined> {
    if (this.platform === 'linux') return this.processStart(pid);
    return isRunning(pid) ? 'running' : undefined;
  }
}

function isRunning(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return hasErrorCode(error, 'EPERM');
  }
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

/** A record of another container or machine that shares the folder names a foreign process. */
async function isOwnPidDomain(
  domain: string | null | undefined,
  platform: NodeJS.Platform,
): Promise<boolean> {
  const theirs = /pid:\[\d+\]/.exec(domain ?? '')?.[0];
  if (theirs === undefined || platform !== 'linux') return true;
  const own = await readlink('/proc/self/ns/pid').catch(() => theirs);
  return own === theirs;
}

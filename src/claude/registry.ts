// The sessions of Claude Code that run on this computer, from its own registry; key files are never read.
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { AgentStatus } from '../protocol/agent.ts';
import { parseJson } from '../protocol/json.ts';
import { processStart } from './processStart.ts';

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

const STATUS: ReadonlyMap<string, AgentStatus> = new Map([
  ['busy', 'working'],
  ['idle', 'idle'],
  ['waiting', 'waiting'],
]);

/** Reads the registry and checks that its processes still run. */
export class Registry {
  private readonly folder: string;
  private readonly processStart: (pid: number) => Promise<string | undefined>;

  constructor(options: {
    readonly configDir: string;
    readonly processStart?: (pid: number) => Promise<string | undefined>;
  }) {
    this.folder = join(options.configDir, 'sessions');
    this.processStart = options.processStart ?? processStart;
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

  /** The file of one process; undefined if there is none or it is being written. */
  async record(pid: number): Promise<RegistryRecord | undefined> {
    const text = await readFile(join(this.folder, `${pid}.json`), 'utf8').catch(() => '');
    const parsed = recordSchema.safeParse(parseJson(text));
    return parsed.success && parsed.data.pid === pid ? parsed.data : undefined;
  }

  /** Whether the process of a record runs: same pid and, where it can be compared, same start. */
  async isAlive(record: RegistryRecord): Promise<boolean> {
    if (!(await isOwnPidDomain(record.pidDomain))) return false;
    const start = await this.processStart(record.pid);
    if (start === undefined) return false;
    // Elsewhere the CLI writes the time in a form of its own.
    if (process.platform !== 'linux' || record.procStart === undefined) return true;
    return record.procStart === start;
  }

  /** Changes when any registry file does: cheap enough to be asked twice a second. */
  async signature(): Promise<string> {
    const names = (await readdir(this.folder).catch(() => [])).filter((name) =>
      REGISTRY_FILE.test(name),
    );
    const parts = await Promise.all(
      names.sort().map(async (name) => {
        const found = await stat(join(this.folder, name)).catch(() => undefined);
        return `${name}:${found?.mtimeMs ?? 0}:${found?.size ?? 0}`;
      }),
    );
    return parts.join('|');
  }
}

/** Our word for a record's status; undefined where the CLI writes none (2.1.197 without a terminal). */
export function statusOfRecord(record: RegistryRecord): AgentStatus | undefined {
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
async function isOwnPidDomain(domain: string | null | undefined): Promise<boolean> {
  const theirs = /pid:\[\d+\]/.exec(domain ?? '')?.[0];
  if (theirs === undefined || process.platform !== 'linux') return true;
  const own = await readlink('/proc/self/ns/pid').catch(() => theirs);
  return own === theirs;
}

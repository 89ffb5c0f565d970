// What the registry said last, and which of its processes run: brought up to date at the price of what changed.
import type { Registry, RegistryRecord } from './registry.ts';

interface Seen {
  readonly record: RegistryRecord;
  /** Start of its process; undefined: it does not run, or is another one. */
  start: string | undefined;
}

/** What is looked at: every file, only those that have come or gone beside the given ones, or only the given ones. */
export type RefreshScope = 'all' | 'names' | 'given';

/** Sessions of a registry, as they were when it was last looked at. */
export class RegistryView {
  private readonly registry: Registry;
  private readonly seen = new Map<number, Seen>();
  private changes = 0;
  private refreshing: Promise<unknown> = Promise.resolve();

  constructor(registry: Registry) {
    this.registry = registry;
  }

  /** Counts up with every change of what `running` says. */
  get version(): number {
    return this.changes;
  }

  /** Sessions whose process runs. */
  running(): readonly RegistryRecord[] {
    return [...this.seen.values()].flatMap(({ record, start }) =>
      start === undefined ? [] : [record],
    );
  }

  /** Looks at files; one refresh at a time. Resolves to whether a file said something new that was not among the given. */
  refresh(scope: RefreshScope, given: ReadonlySet<number> = new Set()): Promise<boolean> {
    const next = this.refreshing.catch(() => undefined).then(() => this.refreshNow(scope, given));
    this.refreshing = next;
    return next;
  }

  /** Asks each process for a sign of life, and if `thorough` for its start; at once. Whether one is gone. */
  checkLife(thorough: boolean): boolean {
    const { changes } = this;
    for (const [pid, seen] of this.seen) {
      if (seen.start === undefined) continue;
      if (this.registry.isStill(pid, thorough ? seen.start : undefined)) continue;
      seen.start = undefined;
      this.changes += 1;
    }
    return this.changes !== changes;
  }

  private async refreshNow(scope: RefreshScope, given: ReadonlySet<number>): Promise<boolean> {
    const pids = new Set(given);
    if (scope !== 'given') {
      const named = new Set(await this.registry.pids());
      for (const pid of this.seen.keys()) if (!named.has(pid)) pids.add(pid);
      for (const pid of named) if (scope === 'all' || !this.seen.has(pid)) pids.add(pid);
    }
    const found = await Promise.all(
      [...pids].map(async (pid) => (await this.look(pid, scope === 'all')) && !given.has(pid)),
    );
    return found.includes(true);
  }

  /** Whether its file says something new. */
  private async look(pid: number, isFull: boolean): Promise<boolean> {
    const record = await this.registry.record(pid);
    const known = this.seen.get(pid);
    if (record === undefined) {
      if (this.seen.delete(pid)) this.changes += 1;
      return known !== undefined;
    }
    if (record === known?.record) {
      // It may only have seemed to be gone: asking can fail, too.
      if (isFull && known.start === undefined) known.start = await this.startOf(record);
      return false;
    }
    const start = await this.registry.startOf(record);
    this.seen.set(pid, { record, start });
    if (start !== undefined || known?.start !== undefined) this.changes += 1;
    return true;
  }

  private async startOf(record: RegistryRecord): Promise<string | undefined> {
    const start = await this.registry.startOf(record);
    if (start !== undefined) this.changes += 1;
    return start;
  }
}

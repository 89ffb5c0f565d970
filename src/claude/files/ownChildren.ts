// Processes of our own, the conversations they write, and the lines of transcripts that they told us of.
import { Emitter } from '../../base/emitter.ts';
import type { RegistryRecord } from './registry.ts';

/** A record of the registry may be this much older than what it was started by: clocks of files are coarse. */
const STARTED_MS = 2000;

interface OwnChild {
  conversation: string;
  /** Wall time of its start, ms. */
  readonly since: number;
  /** It stands in the registry under its own pid. */
  isListed?: true;
  /** The record that was taken for its own while it did not. */
  guess?: string;
}

/** What one host knows of its children. */
export class OwnChildren {
  private readonly now: () => number;
  private readonly children = new Map<number, OwnChild>();
  private readonly lines = new Map<string, Set<string>>();
  /** Keys of records that are ours for good: a process outlives what it was started by for a moment. */
  private readonly known = new Set<string>();
  private readonly told = new Emitter<string>();
  private readonly crashed = new Emitter<string>();

  /** Tells the conversation of which a child has told lines. */
  readonly onDidTell = this.told.event;
  /** Tells the conversation whose child has ended by itself: it may have written more than it told. */
  readonly onDidCrash = this.crashed.event;

  constructor(now: () => number) {
    this.now = now;
  }

  get pids(): ReadonlySet<number> {
    return new Set(this.children.keys());
  }

  get conversations(): ReadonlySet<string> {
    return new Set([...this.children.values()].map(({ conversation }) => conversation));
  }

  /** The process of ours that writes a conversation. */
  writerOf(conversation: string): number | undefined {
    for (const [pid, child] of this.children) if (child.conversation === conversation) return pid;
    return undefined;
  }

  started(pid: number, conversation: string): void {
    this.children.set(pid, { conversation, since: this.now() });
  }

  /** After /clear it writes another one. */
  moved(pid: number, conversation: string): void {
    const child = this.children.get(pid);
    if (child !== undefined) child.conversation = conversation;
  }

  exited(pid: number, isExpected: boolean): void {
    const child = this.children.get(pid);
    this.children.delete(pid);
    if (child !== undefined && !isExpected) this.crashed.fire(child.conversation);
  }

  /** A child has written these lines to a conversation. */
  wrote(conversation: string, uuids: readonly string[]): void {
    if (uuids.length === 0) return;
    const lines = this.lines.get(conversation) ?? new Set();
    this.lines.set(conversation, lines);
    for (const uuid of uuids) lines.add(uuid);
    this.told.fire(conversation);
  }

  /** Whether a child has told of this line; each is asked for once. */
  take(conversation: string, uuid: string): boolean {
    return this.lines.get(conversation)?.delete(uuid) === true;
  }

  /** Nobody will ask for the lines of a conversation any more. */
  forget(conversation: string): void {
    this.lines.delete(conversation);
  }

  /** Of the running processes on a conversation, those that are not ours. */
  others(conversation: string, running: readonly RegistryRecord[]): readonly RegistryRecord[] {
    const there = running.filter(
      ({ sessionId, kind }) => sessionId === conversation && kind !== 'daemon',
    );
    for (const [pid, child] of this.children) {
      if (child.conversation !== conversation) continue;
      const itself = there.find((record) => record.pid === pid);
      if (itself !== undefined) this.listed(child);
      const own = itself ?? this.behind(child, there);
      if (own !== undefined) this.known.add(keyOf(own));
      if (own !== undefined && itself === undefined) child.guess = keyOf(own);
    }
    return there.filter((record) => !this.known.has(keyOf(record)));
  }

  /** It was only slow to come into the registry: what was taken for it is another. */
  private listed(child: OwnChild): void {
    child.isListed = true;
    this.known.delete(child.guess ?? '');
    delete child.guess;
  }

  /** A child that a script has started stands in the registry under another pid: the first that came after it. */
  private behind(
    { since, isListed }: OwnChild,
    there: readonly RegistryRecord[],
  ): RegistryRecord | undefined {
    const ours = there.filter((record) => this.known.has(keyOf(record)));
    if (ours.length > 0 || isListed === true) return undefined;
    return there
      .filter(
        ({ entrypoint, startedAt = 0 }) => entrypoint !== 'cli' && startedAt >= since - STARTED_MS,
      )
      .sort((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0))[0];
  }
}

/** Names a process for good. */
export function keyOf({ pid, procStart, startedAt }: RegistryRecord): string {
  return `${pid} ${procStart ?? startedAt ?? 0}`;
}

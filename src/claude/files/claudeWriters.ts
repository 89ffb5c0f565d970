// Sees who else writes a conversation of ours: by lines of its transcript that no child of ours has told, and by the registry.
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { errorText, type Logger } from '../../base/log.ts';
import type {
  ReportedEntry,
  SeenOthers,
  TheirsBefore,
  WritersWatch,
} from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import { ConversationReader } from './conversationReader.ts';
import type { FolderWatch, FolderWatches } from './folderWatches.ts';
import { LeavingProcesses } from './leavingProcesses.ts';
import { LineTree, parentOf, placeOf, type PlacedLine } from './lineTree.ts';
import type { OwnChildren } from './ownChildren.ts';
import type { RunningSessions } from './observedOthers.ts';
import { partConversation } from './partConversation.ts';
import type { Projects } from './projects.ts';
import { TranscriptFile } from './transcriptFile.ts';
import { dirname } from 'node:path';
import { WriterList } from './writerList.ts';

/** A child tells what it writes within 10 ms; a host that has much to do hears it later. */
const TOLD_MS = 300;
/** A timer that is this late says that the computer is overloaded: then the child is late as well. */
const LATE_MS = 100;
/** More is given while no other process is seen beside our child: its computer may be at its limit. */
const TOLD_ALONE_MS = 800;
/** Where no watch tells, the transcript is looked at this often, every tenth time also where one does. */
const POLL_MS = 500;
const LOOK_EVERY = 10;

/** What is watched, and with what. */
export interface ClaudeWritersOptions {
  readonly sessionId: string;
  readonly cwd: string;
  /** Lines that others' parts began with, and the last one, as an earlier watch has named them. */
  readonly before: TheirsBefore;
  readonly own: OwnChildren;
  /** Whether our children tell what they write: lines say nothing while one runs that does not. */
  readonly hasMirror: () => boolean;
  readonly registry: RunningSessions;
  readonly projects: Projects;
  readonly watches: FolderWatches;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Watches one conversation. */
export class ClaudeWriters implements WritersWatch {
  readonly onDidSeeWriters;
  private readonly options: ClaudeWritersOptions;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly list: WriterList;
  private file: TranscriptFile | undefined;
  private watch: FolderWatch | undefined;
  private readonly tree = new LineTree();
  private baseEnds = 1;
  private isBase = true;
  /** Lines that were ours, or are by now. */
  private readonly known = new Set<string>();
  /** Lines that nobody has told yet, and since when they are known. */
  private readonly pending = new Map<
    string,
    { readonly line: PlacedLine; readonly sinceMs: number }
  >();
  private readonly foreign = new Map<string, PlacedLine>();
  /** What was there at the first look, in its order. */
  private base: PlacedLine[] = [];
  private last: string | undefined;
  private readonly leaving = new LeavingProcesses((key) => this.judgeLast(key));
  private looking: Promise<void> = Promise.resolve();
  private isAsked = false;
  private looks = 0;
  private due: Disposable | undefined;
  private told = '';

  constructor(options: ClaudeWritersOptions) {
    this.options = options;
    this.list = new WriterList(options.clock);
    this.onDidSeeWriters = this.changed.event;
  }

  /** Takes what is there as ours, but for what follows from the marks or stands behind the end; then follows. */
  async open(): Promise<this> {
    const { clock, own, registry, sessionId } = this.options;
    const { marks, end } = this.options.before;
    for (const mark of marks) this.foreign.set(mark, { type: 'user', uuid: mark, isPrompt: false });
    await registry.look();
    await this.look();
    this.takeOver(end);
    this.baseEnds = this.tree.ends;
    this.isBase = false;
    const look = (): void => this.ask();
    this.disposables.add(clock.every(POLL_MS, () => this.poll()));
    this.disposables.add(registry.onDidChange(() => this.tell()));
    this.disposables.add(own.onDidTell((id) => id === sessionId && this.judge()));
    this.disposables.add(own.onDidCrash((id) => id === sessionId && void this.ownEnded()));
    this.disposables.defer(() => own.forget(sessionId));
    this.disposables.defer(() => this.due?.dispose());
    this.disposables.defer(() => this.watch?.dispose());
    look();
    this.tell();
    return this;
  }

  get others(): SeenOthers | undefined {
    const { own, registry, sessionId } = this.options;
    const running = own.others(sessionId, registry.running());
    const leaving = this.leaving.beside(running);
    const lines = [...this.foreign.values()];
    const messages = lines.filter(({ type }) => type === 'user' || type === 'assistant');
    // What they have written holds by itself.
    const there = messages.length > 0 ? running : [...running, ...leaving];
    const writers = this.list.seen(there, messages);
    if (writers.length === 0 && messages.length === 0) return undefined;
    const branches = this.tree.ends - this.baseEnds + 1;
    return {
      writers: [...writers],
      ...(messages.length > 0 && { messages: messages.length }),
      ...(messages.length > 0 && branches > 1 && { branches }),
    };
  }

  get marks(): readonly string[] {
    return [...this.foreign.values()]
      .filter((line) => !this.foreign.has(parentOf(line)))
      .map(({ uuid }) => uuid);
  }

  isTheirs(entryId: string): boolean {
    return this.foreign.has(entryId.replace(/#.*$/, ''));
  }

  async theirs(): Promise<readonly ReportedEntry[]> {
    await this.judgeAll();
    const path = this.file?.path;
    if (path === undefined || this.foreign.size === 0) return [];
    const { clock } = this.options;
    const isTheirs = (line: Json): boolean => this.foreign.has(placeOf(line)?.uuid ?? '');
    const reader = new ConversationReader({ path, now: () => clock.now(), isWanted: isTheirs });
    const { entries } = await reader.read();
    const all = [...entries, ...reader.flush()];
    const calls = new Set(
      all.flatMap(({ entry }) =>
        entry.kind === 'tool-call' && entry.parent === undefined ? [entry.callId] : [],
      ),
    );
    // Subagents lie in files of their own: those that theirs have called.
    return all.filter(
      ({ entry }) =>
        entry.kind !== 'retry' && (entry.parent === undefined || calls.has(entry.parent)),
    );
  }

  settle(): void {
    for (const uuid of this.foreign.keys()) this.known.add(uuid);
    this.foreign.clear();
    this.list.clear();
    this.baseEnds = this.tree.ends;
    this.tell();
  }

  async part(): Promise<string> {
    await this.judgeAll();
    const { sessionId, cwd, projects } = this.options;
    const path = this.file?.path ?? (await projects.find(sessionId, cwd));
    return partConversation(path, (uuid) => this.known.has(uuid));
  }

  async end(): Promise<string | undefined> {
    await this.ownEnded();
    return this.last;
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** [Z5] What stands behind the end that was noted is others'. */
  private takeOver(end: string | undefined): void {
    const at = this.base.findIndex(({ uuid }) => uuid === end);
    const later = at < 0 ? [] : this.base.slice(at + 1);
    for (const line of later) {
      if (!this.known.delete(line.uuid)) continue;
      if (this.isOwn(line.uuid)) this.known.add(line.uuid);
      else this.foreign.set(line.uuid, line);
    }
    this.base = [];
  }

  private judgeLast(key: string): void {
    this.ask();
    void this.looking.then(() => {
      this.disposables.add(
        this.options.clock.after(TOLD_MS, () => {
          this.judge('due');
          this.leaving.gone(key);
          this.tell();
        }),
      );
    });
  }

  private poll(): void {
    this.looks += 1;
    const isDue = this.looks % LOOK_EVERY === 0;
    if (isDue) void this.watch?.renew();
    if (isDue || this.watch?.isOn !== true) this.ask();
    // A process that has gone is told by nobody at once.
    this.tell();
  }

  /** One look at a time; one that is asked for meanwhile follows. */
  private ask(): void {
    if (this.isAsked || this.disposables.isDisposed) return;
    this.isAsked = true;
    this.looking = this.looking.then(async () => {
      this.isAsked = false;
      await this.look();
      this.judge();
    });
  }

  private async look(): Promise<void> {
    try {
      await this.find();
      await this.file?.read({
        line: (line) => line !== undefined && this.take(line),
        // It was replaced: its lines are judged by what is known of them.
        restart: () => undefined,
      });
    } catch (error) {
      this.options.log.warn('transcript not watched', { error: errorText(error) });
    }
  }

  private async find(): Promise<void> {
    if (this.file !== undefined) return;
    const { projects, watches, sessionId, cwd } = this.options;
    const isDue = this.isBase || this.looks % LOOK_EVERY === 0;
    const path = isDue
      ? await projects.find(sessionId, cwd)
      : await projects.findIn(sessionId, cwd);
    if (path === undefined || this.disposables.isDisposed) return;
    this.file = new TranscriptFile(path);
    this.watch = watches.listen(dirname(path), (name) => {
      if (name === undefined || name === `${sessionId}.jsonl`) this.ask();
    });
    await this.watch.renew();
  }

  private take(json: Json): void {
    const line = placeOf(json);
    if (line === undefined) return;
    this.tree.add(line);
    const { uuid } = line;
    this.last = uuid;
    if (this.isBase) this.base.push(line);
    if (this.known.has(uuid) || this.pending.has(uuid)) return;
    if (this.foreign.has(uuid) || this.foreign.has(parentOf(line))) this.foreign.set(uuid, line);
    else if (this.isBase || this.isOwn(uuid)) this.known.add(uuid);
    else this.pending.set(uuid, { line, sinceMs: this.options.clock.monotonic() });
  }

  private get hasOwnChild(): boolean {
    return this.options.own.writerOf(this.options.sessionId) !== undefined;
  }

  /** How long a child may take to tell a line: longer while only our own could have written it. */
  private get toldMs(): number {
    const { own, registry, sessionId } = this.options;
    const running = own.others(sessionId, registry.running());
    const beside = running.length + this.leaving.beside(running).length;
    return this.hasOwnChild && beside === 0 ? TOLD_ALONE_MS : TOLD_MS;
  }

  private isOwn(uuid: string): boolean {
    return this.options.own.take(this.options.sessionId, uuid);
  }

  /** What was told is ours; what nobody tells is another's after a while, or `now`. */
  private judge(when: 'now' | 'due' | 'told' = 'told'): void {
    const dueBy = { now: Infinity, due: this.options.clock.monotonic(), told: -Infinity }[when];
    for (const uuid of this.foreign.keys()) if (this.isOwn(uuid)) this.becomesOwn(uuid);
    let nextMs = Infinity;
    const isUntold = !this.options.hasMirror() && this.hasOwnChild;
    for (const [uuid, { line, sinceMs }] of this.pending) {
      const dueMs = sinceMs + this.toldMs;
      if (isUntold || this.isOwn(uuid)) this.becomesOwn(uuid);
      else if (dueMs <= dueBy || this.foreign.has(parentOf(line))) {
        this.pending.delete(uuid);
        this.foreign.set(uuid, line);
      } else nextMs = Math.min(nextMs, dueMs);
    }
    this.judgeAt(nextMs);
    this.tell();
  }

  private judgeAt(dueMs: number): void {
    const { clock } = this.options;
    this.due?.dispose();
    this.due = undefined;
    if (dueMs === Infinity || this.disposables.isDisposed) return;
    const atMs = Math.max(dueMs, clock.monotonic() + 1);
    this.due = clock.after(atMs - clock.monotonic(), () => {
      if (clock.monotonic() - atMs > LATE_MS) this.postpone();
      // One turn of the loop later: what the child has told meanwhile is read first.
      else setImmediate(() => this.judge('due'));
    });
  }

  private postpone(): void {
    const now = this.options.clock.monotonic();
    for (const [uuid, { line }] of this.pending) this.pending.set(uuid, { line, sinceMs: now });
    this.judgeAt(now + this.toldMs);
  }

  private becomesOwn(uuid: string): void {
    this.pending.delete(uuid);
    this.foreign.delete(uuid);
    this.known.add(uuid);
  }

  /** Our child has ended without a word: what it has not told of its last lines is ours. */
  private async ownEnded(): Promise<void> {
    this.ask();
    await this.looking;
    this.judge();
    for (const uuid of this.pending.keys()) this.becomesOwn(uuid);
    this.tell();
  }

  private async judgeAll(): Promise<void> {
    this.ask();
    await this.looking;
    this.judge('now');
  }

  private tell(): void {
    if (this.disposables.isDisposed || this.isBase) return;
    const now = JSON.stringify(this.others ?? null);
    if (now === this.told) return;
    this.told = now;
    this.changed.fire();
  }
}

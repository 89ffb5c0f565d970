// Sees who else writes a conversation of ours: by lines of its transcript that no child of ours has told, and by the registry.
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { errorText, type Logger } from '../../base/log.ts';
import type { ReportedEntry, SeenOthers, WritersWatch } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import { ConversationReader } from './conversationReader.ts';
import type { FolderWatch, FolderWatches } from './folderWatches.ts';
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
/** While a child of ours runs and no other process is seen on the conversation, more is given: its computer may be at its limit. */
const TOLD_ALONE_MS = 800;
/** Where no watch tells, the transcript is looked at this often … */
const POLL_MS = 500;
/** … and once in so many looks also where one does. */
const LOOK_EVERY = 10;

/** What is watched, and with what. */
export interface ClaudeWritersOptions {
  readonly sessionId: string;
  readonly cwd: string;
  /** Lines that others' parts began with, as an earlier watch has named them. */
  readonly marks: readonly string[];
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
  private looking: Promise<void> = Promise.resolve();
  private isAsked = false;
  private looks = 0;
  private told = '';

  constructor(options: ClaudeWritersOptions) {
    this.options = options;
    this.list = new WriterList(options.clock);
    this.onDidSeeWriters = this.changed.event;
  }

  /** Takes what is there as ours, but for what follows from the marks; then follows. */
  async open(): Promise<this> {
    const { clock, own, registry, sessionId } = this.options;
    for (const mark of this.options.marks)
      this.foreign.set(mark, { type: 'user', uuid: mark, isPrompt: false });
    await this.look();
    this.baseEnds = this.tree.ends;
    this.isBase = false;
    const look = (): void => this.ask();
    this.disposables.add(clock.every(POLL_MS, () => this.poll()));
    this.disposables.add(registry.onDidChange(() => this.tell()));
    this.disposables.add(own.onDidTell((id) => id === sessionId && this.judge()));
    this.disposables.add(own.onDidCrash((id) => id === sessionId && void this.ownEnded()));
    this.disposables.defer(() => own.forget(sessionId));
    this.disposables.defer(() => this.watch?.dispose());
    look();
    this.tell();
    return this;
  }

  get others(): SeenOthers | undefined {
    const { own, registry, sessionId } = this.options;
    const lines = [...this.foreign.values()];
    const messages = lines.filter(({ type }) => type === 'user' || type === 'assistant');
    const writers = this.list.seen(own.others(sessionId, registry.running()), messages);
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
    // What came since is not known at all: only what is ours goes along.
    return partConversation(path, (uuid) => this.known.has(uuid));
  }

  dispose(): void {
    this.disposables.dispose();
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
    if (this.known.has(uuid) || this.pending.has(uuid)) return;
    if (this.foreign.has(uuid) || this.foreign.has(parentOf(line))) this.foreign.set(uuid, line);
    else if (this.isBase || this.isOwn(uuid)) this.known.add(uuid);
    else this.pending.set(uuid, { line, sinceMs: this.options.clock.monotonic() });
  }

  private get hasOwnChild(): boolean {
    return this.options.own.writerOf(this.options.sessionId) !== undefined;
  }

  /** Only our own child is there that could have written. */
  private get isAlone(): boolean {
    const { own, registry, sessionId } = this.options;
    return this.hasOwnChild && own.others(sessionId, registry.running()).length === 0;
  }

  private isOwn(uuid: string): boolean {
    return this.options.own.take(this.options.sessionId, uuid);
  }

  /** What was told is ours; what nobody tells is another's after a while. */
  private judge(isNow = false): void {
    const { clock } = this.options;
    for (const uuid of this.foreign.keys()) if (this.isOwn(uuid)) this.becomesOwn(uuid);
    let nextMs = Infinity;
    const isUntold = !this.options.hasMirror() && this.hasOwnChild;
    const toldMs = this.isAlone ? TOLD_ALONE_MS : TOLD_MS;
    for (const [uuid, { line, sinceMs }] of this.pending) {
      const dueMs = sinceMs + toldMs;
      if (isUntold || this.isOwn(uuid)) this.becomesOwn(uuid);
      else if (isNow || dueMs <= clock.monotonic() || this.foreign.has(parentOf(line))) {
        this.pending.delete(uuid);
        this.foreign.set(uuid, line);
      } else nextMs = Math.min(nextMs, dueMs);
    }
    if (nextMs < Infinity) {
      this.disposables.add(
        clock.after(Math.max(1, nextMs - clock.monotonic()), () => this.judge()),
      );
    }
    this.tell();
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
    this.judge(true);
  }

  private tell(): void {
    if (this.disposables.isDisposed || this.isBase) return;
    const now = JSON.stringify(this.others ?? null);
    if (now === this.told) return;
    this.told = now;
    this.changed.fire();
  }
}

// The list of sessions on this computer that this host does not own, and the news that it changed.
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore, toDisposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import type { FoundSession } from '../../protocol/agent.ts';
import type { FolderWatch, FolderWatches } from './folderWatches.ts';
import { FoundRows } from './foundRows.ts';
import type { Projects } from './projects.ts';
import { pidOfFile, type Registry, type RegistryRecord, statusOfRecord } from './registry.ts';
import { type RefreshScope, RegistryView } from './registryView.ts';

/** Signs of life are asked for this often; and files, where no watch tells. */
const POLL_MS = 500;
/** A process is asked for its start once in so many looks: its pid may be another's by now, or it a zombie. */
const START_EVERY = 4;
/** Files are looked at once in so many looks though a watch tells, and transcripts that come and go without a process. */
const FILES_EVERY = 10;

/** What the list is made of. */
export interface FoundSessionsOptions {
  readonly registry: Registry;
  readonly projects: Projects;
  readonly watches: FolderWatches;
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
  private readonly view: RegistryView;
  private readonly rows: FoundRows;
  /** Set while somebody listens. */
  private watch: FolderWatch | undefined;
  private timer: Disposable | undefined;
  private listeners = 0;
  private isLooking = false;
  private isLookAsked = false;
  private told: string | undefined;
  private folders = '';
  private looks = 0;
  private isDue = true;
  /** Files that a watch has named since they were looked at. */
  private dirty = new Set<number>();
  private isAllDirty = true;

  constructor(options: FoundSessionsOptions) {
    this.options = options;
    this.view = new RegistryView(options.registry);
    this.rows = new FoundRows(options);
    this.onDidChange = (listener) => {
      this.startWatching();
      this.listeners += 1;
      const subscription = this.changed.event(listener);
      return toDisposable(() => {
        subscription.dispose();
        this.listeners -= 1;
        if (this.listeners === 0) this.stopWatching();
      });
    };
  }

  /** Running ones first, then ended ones, newest first. */
  async list(): Promise<readonly FoundSession[]> {
    const isTold = this.isTold;
    await this.refresh(isTold ? 'names' : 'all');
    this.view.checkLife(!isTold);
    return this.rows.list(this.view.running(), isTold ? this.folders : undefined);
  }

  /** Every running session, ours too, as they were when the registry was last looked at; of what is gone none. */
  running(): readonly RegistryRecord[] {
    const { registry } = this.options;
    return this.view.running().filter(({ pid, procStart }) => registry.isStill(pid, procStart));
  }

  /** Reads the whole registry once, so that `running` is up to date. */
  async lookOnce(): Promise<void> {
    await this.refresh('all');
  }

  dispose(): void {
    this.watch?.dispose();
    this.disposables.dispose();
    this.changed.dispose();
  }

  /** Whether a watch tells what changes in files that were looked at before. */
  private get isTold(): boolean {
    return this.watch?.isOn === true && !this.isAllDirty;
  }

  private startWatching(): void {
    if (this.watch !== undefined || this.disposables.isDisposed) return;
    const { watches, registry, clock } = this.options;
    this.watch = watches.listen(registry.folder, (name) => this.hear(name));
    this.timer = this.disposables.add(clock.every(POLL_MS, () => this.tick()));
    this.tick();
  }

  private stopWatching(): void {
    this.watch?.dispose();
    this.watch = undefined;
    this.isAllDirty = true;
    if (this.timer) this.disposables.delete(this.timer);
    this.timer = undefined;
  }

  private hear(name: string | undefined): void {
    const pid = name === undefined ? undefined : pidOfFile(name);
    if (name !== undefined && pid === undefined) return;
    if (pid === undefined) this.isAllDirty = true;
    else this.dirty.add(pid);
    void this.look();
  }

  private tick(): void {
    this.isDue ||= this.looks % FILES_EVERY === 0;
    const isGone = this.view.checkLife(this.looks % START_EVERY === 0);
    this.looks += 1;
    if (!this.isLooking || isGone) void this.look();
  }

  /** One at a time; one that is asked for meanwhile follows. */
  private async look(): Promise<void> {
    if (this.isLooking) {
      this.isLookAsked = true;
      return;
    }
    this.isLooking = true;
    try {
      const { projects } = this.options;
      const { isDue } = this;
      this.isDue = false;
      if (isDue) await this.watch?.renew();
      // The folder appears with the first session: every look tries, until it can be watched.
      else if (this.watch?.isOn === false) await this.watch.renew();
      if (isDue) this.folders = await projects.signature();
      const isUntold = await this.refresh(isDue || !this.isTold ? 'all' : 'given');
      // What it has told meanwhile is not looked at yet.
      if (isUntold && this.dirty.size === 0 && !this.isAllDirty) this.watch?.suspect();
      const signature = [this.view.version, await this.states(), this.folders].join('\n');
      // The first look is news, too: a list that was made before may have missed what came meanwhile.
      const isNews = signature !== this.told;
      this.told = signature;
      if (isNews && !this.disposables.isDisposed) this.changed.fire();
    } finally {
      this.isLooking = false;
      if (this.isLookAsked && !this.disposables.isDisposed) {
        this.isLookAsked = false;
        void this.look();
      }
    }
  }

  /** Whether a file has changed of which nobody told though the watch was on. */
  private async refresh(scope: RefreshScope): Promise<boolean> {
    const wasTold = this.isTold;
    const given = this.dirty;
    this.dirty = new Set();
    if (scope === 'all') this.isAllDirty = false;
    return (await this.view.refresh(scope, given)) && wasTold;
  }

  /** What only the transcript tells: states, which 2.1.197 writes none of without a terminal, and titles that are about to come. */
  private async states(): Promise<string> {
    const own = this.options.ownPids();
    const records = this.view
      .running()
      .filter(
        (record) =>
          !own.has(record.pid) &&
          (statusOfRecord(record) === undefined || this.rows.isComing(record)),
      );
    const parts = await Promise.all(
      records.map(async (record) => {
        const summary = await this.rows.summaryOf(record);
        return `${record.pid}:${summary?.status ?? ''}:${summary?.title ?? ''}`;
      }),
    );
    return parts.join('|');
  }
}

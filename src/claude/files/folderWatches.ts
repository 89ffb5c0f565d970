// Watches of folders, one for all who ask about a folder; and whether one can be relied on.
import { type FSWatcher, watch } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Logger } from '../../base/log.ts';
import { hasErrorCode } from '../../node/files.ts';
import { type FileAccess, systemFiles } from './fileAccess.ts';

/** A change that was found and is not told within this time was not told at all. */
const DEAF_MS = 1000;
/** Many sessions lie in one folder: it is looked at once for all of them. */
const RENEW_MS = 1000;

/** A name in the folder, or undefined: anything may have changed. */
export type WatchListener = (name: string | undefined) => void;

/** One listener's part in the watch of a folder. */
export interface FolderWatch extends Disposable {
  /** Whether changes are told. While they are not, the folder is to be looked at by the clock. */
  readonly isOn: boolean;
  /** Opens a watch that could not be opened before, or whose folder is another one by now. */
  renew(): Promise<void>;
  /** A change was found that nobody told: if nothing follows soon, the watch is deaf, and off for good. */
  suspect(): void;
}

/** What watches are made of. */
export interface FolderWatchesOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly files?: FileAccess;
  /** Default: that of Node. */
  readonly open?: OpenWatch;
}

/** Opens a watch of the system; throws where there is none to be had. */
export type OpenWatch = (
  folder: string,
  listener: (event: string, name: string | null) => void,
) => Pick<FSWatcher, 'close' | 'on'>;

/**
 * Network file systems take a watch and tell nothing; a system runs out of watches (ENOSPC, EMFILE). So
 * nobody may rely on one without asking `isOn`, nor go wholly without a look.
 */
export class FolderWatches {
  private readonly options: FolderWatchesOptions;
  private readonly watched = new Map<string, WatchedFolder>();
  private readonly complaints = new Set<string>();

  constructor(options: FolderWatchesOptions) {
    this.options = options;
  }

  /** Number of folders that somebody listens to, for leak checks. */
  get size(): number {
    return this.watched.size;
  }

  /** Tells the listener of changes in a folder until it is disposed; `renew` opens the watch. */
  listen(folder: string, listener: WatchListener): FolderWatch {
    const known = this.watched.get(folder);
    const entry = known ?? new WatchedFolder(folder, this.options, (about) => this.complain(about));
    this.watched.set(folder, entry);
    // The same function may listen twice.
    const own: WatchListener = (name) => listener(name);
    entry.listeners.add(own);
    return {
      get isOn() {
        return entry.isOn && entry.listeners.has(own);
      },
      renew: () => entry.renew(),
      suspect: () => entry.suspect(),
      dispose: () => {
        entry.listeners.delete(own);
        if (entry.listeners.size > 0 || this.watched.get(folder) !== entry) return;
        this.watched.delete(folder);
        entry.dispose();
      },
    };
  }

  /** Once each: a system that is out of watches is so for all folders. */
  private complain(about: string): void {
    if (this.complaints.has(about)) return;
    this.complaints.add(about);
    const message = 'a folder is looked at by the clock, because it cannot be watched';
    this.options.log.warn(message, { error: about });
  }
}

/** One folder, watched for all its listeners. */
class WatchedFolder implements Disposable {
  readonly listeners = new Set<WatchListener>();
  private readonly folder: string;
  private readonly options: FolderWatchesOptions;
  private readonly complain: (about: string) => void;
  private readonly disposables = new DisposableStore();
  private watcher: ReturnType<OpenWatch> | undefined;
  private inode: number | undefined;
  private isDeaf = false;
  private renewedMs = -Infinity;
  private suspicion: Disposable | undefined;

  constructor(folder: string, options: FolderWatchesOptions, complain: (about: string) => void) {
    this.folder = folder;
    this.options = options;
    this.complain = complain;
  }

  get isOn(): boolean {
    return this.watcher !== undefined && !this.isDeaf;
  }

  /** A folder that was taken away and made again has another inode; the old watch tells nothing of it. */
  async renew(): Promise<void> {
    const { clock, files = systemFiles } = this.options;
    if (clock.monotonic() - this.renewedMs < RENEW_MS) return;
    this.renewedMs = clock.monotonic();
    const inode = this.isDeaf ? undefined : (await files.facts(this.folder))?.ino;
    if (this.watcher !== undefined && inode === this.inode) return;
    this.close();
    if (inode === undefined || this.disposables.isDisposed) return;
    this.inode = inode;
    this.open();
  }

  suspect(): void {
    if (this.suspicion !== undefined || !this.isOn) return;
    const { clock } = this.options;
    this.suspicion = this.disposables.add(clock.after(DEAF_MS, () => this.giveUp()));
  }

  dispose(): void {
    this.close();
    this.disposables.dispose();
  }

  private open(): void {
    const { open = openWatch } = this.options;
    try {
      const watcher = open(this.folder, (_event, name) => this.tell(name ?? undefined));
      this.watcher = watcher;
      watcher.on('error', (error) => {
        if (this.watcher === watcher) this.close();
        this.complain(codeOf(error));
      });
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) this.complain(codeOf(error));
    }
  }

  private tell(name: string | undefined): void {
    this.clearSuspicion();
    for (const listener of this.listeners) listener(name);
  }

  private giveUp(): void {
    this.isDeaf = true;
    this.close();
    this.complain('it tells nothing');
    for (const listener of this.listeners) listener(undefined);
  }

  private close(): void {
    this.clearSuspicion();
    this.watcher?.close();
    this.watcher = undefined;
  }

  private clearSuspicion(): void {
    if (this.suspicion !== undefined) this.disposables.delete(this.suspicion);
    this.suspicion = undefined;
  }
}

function openWatch(...[folder, listener]: Parameters<OpenWatch>): FSWatcher {
  return watch(folder, listener);
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : String(error);
}

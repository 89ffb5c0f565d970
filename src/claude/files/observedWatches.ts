// The folders in which an observed session's files change: its registry, its transcript, its subagents.
import { dirname } from 'node:path';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { FolderWatch, FolderWatches } from './folderWatches.ts';

/** What an observed session has files of. */
type Place = 'registry' | 'transcript' | 'subagents';

/** What the watches are made of. */
export interface ObservedWatchesOptions {
  readonly watches: FolderWatches;
  readonly onDidTell: () => void;
}

/** The watches of one observed session. */
export class ObservedWatches implements Disposable {
  private readonly options: ObservedWatchesOptions;
  private readonly places = new Map<Place, FolderWatch>();
  private readonly disposables = new DisposableStore();

  constructor(options: ObservedWatchesOptions) {
    this.options = options;
  }

  /** Tells of the registry's files that are the session's. */
  followRegistry(folder: string, isOwn: (name: string) => boolean): Promise<void> {
    return this.follow('registry', folder, isOwn);
  }

  /** Tells of a transcript, instead of another one. */
  async followTranscript(path: string, sessionId: string): Promise<void> {
    this.leave('subagents');
    // Its subagents lie in a folder of that name.
    await this.follow('transcript', dirname(path), (name) => name.startsWith(sessionId));
  }

  /** Tells of subagents, once there are some. */
  async followSubagents(folder: string): Promise<void> {
    if (!this.places.has('subagents')) await this.follow('subagents', folder, () => true);
  }

  leave(place: Place): void {
    const watch = this.places.get(place);
    if (watch) this.disposables.delete(watch);
    this.places.delete(place);
  }

  /** Whether changes of a place are told; undefined if it is not followed. */
  tells(place: Place): boolean | undefined {
    return this.places.get(place)?.isOn;
  }

  /** Something new was found there that nobody told. */
  suspect(place: Place): void {
    this.places.get(place)?.suspect();
  }

  async renew(): Promise<void> {
    for (const watch of this.places.values()) await watch.renew();
  }

  dispose(): void {
    this.disposables.dispose();
    this.places.clear();
  }

  private async follow(
    place: Place,
    folder: string,
    isOwn: (name: string) => boolean,
  ): Promise<void> {
    this.leave(place);
    if (this.disposables.isDisposed) return;
    const watch = this.options.watches.listen(folder, (name) => {
      if (name === undefined || isOwn(name)) this.options.onDidTell();
    });
    this.places.set(place, this.disposables.add(watch));
    await watch.renew();
  }
}

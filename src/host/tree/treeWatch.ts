// [H9] [H10] Looks at a session's working tree and at what it has changed whenever a turn has ended.
import type { Disposable } from '../../base/disposable.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { SessionStatus } from '../../protocol/state.ts';
import { gitTree } from '../../node/git.ts';
import type { RoomTables } from '../journal/roomTables.ts';
import { ChangedFiles } from './changedFiles.ts';
import type { SessionRecorder } from '../session/sessionRecorder.ts';

/** Records of the log that are read at once. */
const PAGE = 500;

/** What looking needs. */
export interface TreeWatchOptions {
  readonly recorder: Pick<SessionRecorder, 'stored' | 'status' | 'update' | 'onDidChange'>;
  readonly tables: Pick<RoomTables, 'readLog'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As git tells it; for tests another one. */
  readonly look?: typeof gitTree;
}

/** Follows one session: one look at a time. */
export class TreeWatch implements Disposable {
  private readonly options: TreeWatchOptions;
  private readonly closing = new AbortController();
  private readonly following: Disposable;
  private readonly files: ChangedFiles;
  private before: SessionStatus | undefined;
  private looking: Promise<void> | undefined;
  private isWanted = false;

  constructor(options: TreeWatchOptions) {
    this.options = options;
    const { recorder } = options;
    this.files = new ChangedFiles(recorder.stored.changedFiles ?? []);
    this.following = recorder.onDidChange(() => this.changed());
  }

  /** Looks now, or once more after the look that is under way. Resolves when what was seen is told. */
  look(): Promise<void> {
    this.isWanted = true;
    this.looking ??= this.lookOn().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  dispose(): void {
    this.closing.abort();
    this.following.dispose();
  }

  private changed(): void {
    const { status } = this.options.recorder;
    const { before } = this;
    this.before = status;
    if (status === 'idle' && before !== 'idle') void this.look();
  }

  private async lookOn(): Promise<void> {
    const { recorder, env, look = gitTree } = this.options;
    const { signal } = this.closing;
    while (this.isWanted && !signal.aborted) {
      this.isWanted = false;
      // oxlint-disable-next-line no-await-in-loop -- one look after the other
      const seen = await look(recorder.stored.cwd, env, signal);
      if (signal.aborted) return;
      this.tell(seen);
    }
  }

  private tell(seen: Awaited<ReturnType<typeof gitTree>>): void {
    const { recorder } = this.options;
    const { tree, branch, changedFiles } = recorder.stored;
    this.readLog();
    const { dirty, ahead, behind } = seen ?? {};
    const next = dirty === undefined ? undefined : { dirty, ...omitUndefined({ ahead, behind }) };
    const isSame =
      JSON.stringify(next) === JSON.stringify(tree) &&
      (seen?.branch ?? branch) === branch &&
      this.files.all.length === (changedFiles?.length ?? 0);
    if (isSame) return;
    recorder.update({
      tree: next,
      changedFiles: this.files.all.length === 0 ? undefined : [...this.files.all],
      ...omitUndefined({ branch: seen?.branch }),
    });
  }

  private readLog(): void {
    const { tables } = this.options;
    for (;;) {
      const { nextIndex } = this.files;
      const records = tables.readLog(nextIndex, nextIndex + PAGE);
      this.files.take(records);
      if (records.length === 0 || this.files.nextIndex === nextIndex) return;
    }
  }
}

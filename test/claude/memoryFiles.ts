// Files in memory that count what is asked of them, and a watch on them that a test can break.
import type { FileAccess, FileFacts } from '../../src/claude/files/fileAccess.ts';
import type { OpenWatch } from '../../src/claude/files/folderWatches.ts';

/** Long ago: no time of a file is taken for coarse. */
const FIRST_MS = 1_700_000_000_000;

/** Folders and files by path, and how often they were looked at. */
export class MemoryFiles implements FileAccess {
  readonly counts = { names: 0, facts: 0, text: 0 };
  /** Why no watch can be opened; undefined: it can. */
  refusal: string | undefined;
  /** A deaf watch is opened, and tells nothing. */
  isDeaf = false;
  /** Runs before a path is looked at. */
  onLook: (path: string) => void = () => undefined;
  private readonly files = new Map<string, { text: string; facts: FileFacts }>();
  private readonly listeners = new Map<string, Set<(event: string, name: string | null) => void>>();
  private changes = 0;

  /** Writes a file, and tells who watches its folder. */
  write(path: string, text: string): void {
    this.changes += 1;
    const mtimeMs = FIRST_MS + this.changes;
    const { size } = new Blob([text]);
    const kind = { isFile: () => true, isDirectory: () => false };
    this.files.set(path, { text, facts: { ino: 1, size, mtimeMs, ...kind } });
    this.tell(path);
  }

  remove(path: string): void {
    this.files.delete(path);
    this.tell(path);
  }

  /** Calls since the last time. */
  take(): { readonly names: number; readonly facts: number; readonly text: number } {
    const taken = { ...this.counts };
    Object.assign(this.counts, { names: 0, facts: 0, text: 0 });
    return taken;
  }

  readonly open: OpenWatch = (folder, listener) => {
    const { refusal } = this;
    if (refusal !== undefined) throw Object.assign(new Error(refusal), { code: refusal });
    const listeners = this.listeners.get(folder) ?? new Set();
    this.listeners.set(folder, listeners.add(listener));
    const watcher = { close: () => void listeners.delete(listener), on: () => watcher };
    // Only these two are asked of it.
    return watcher as unknown as ReturnType<OpenWatch>;
  };

  async names(folder: string): Promise<readonly string[]> {
    this.counts.names += 1;
    return [...this.files.keys()]
      .filter((path) => path.startsWith(`${folder}/`))
      .map((path) => path.slice(folder.length + 1));
  }

  async facts(path: string): Promise<FileFacts | undefined> {
    this.counts.facts += 1;
    this.onLook(path);
    const known = this.files.get(path)?.facts;
    if (known !== undefined) return known;
    const isFolder = [...this.files.keys()].some((file) => file.startsWith(`${path}/`));
    const kind = { isFile: () => false, isDirectory: () => true };
    return isFolder ? { ino: 7, size: 0, mtimeMs: 0, ...kind } : undefined;
  }

  async text(path: string): Promise<string | undefined> {
    this.counts.text += 1;
    return this.files.get(path)?.text;
  }

  private tell(path: string): void {
    if (this.isDeaf) return;
    const slash = path.lastIndexOf('/');
    for (const listener of this.listeners.get(path.slice(0, slash)) ?? []) {
      listener('change', path.slice(slash + 1));
    }
  }
}

// Long outputs whole: taken over from where the agent has put them, and served part by part.
import {
  closeSync,
  constants,
  createReadStream,
  createWriteStream,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
} from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { newId } from '../../base/ids.ts';
import { jsonHead, jsonTail } from '../../base/jsonText.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { CutText } from '../../protocol/entryParts.ts';
import type { BlobRead } from '../../sync/host/hostRoomOptions.ts';

/** Of one output; what is longer keeps its beginning. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** Of all outputs of a session: the oldest go. */
const MAX_SESSION_BYTES = 1024 * 1024 * 1024;
const BLOB = /^output-[a-z2-7]{26}$/;

/** What an output store works with. */
export interface OutputStoreOptions {
  /** Folder of this session's outputs; made when there is one. */
  readonly folder: string;
  readonly log: Logger;
}

/** The long outputs of one session. */
export class OutputStore {
  private readonly options: OutputStoreOptions;
  /** Copies under way, by blob. */
  private readonly copying = new Map<string, Promise<void>>();

  constructor(options: OutputStoreOptions) {
    this.options = options;
  }

  /**
   * Takes a file over: head and tail at once, the whole soon after. Only a regular file that is no
   * link; undefined for anything else, and for one that is gone.
   */
  take(path: string): CutText | undefined {
    let file: number | undefined;
    try {
      file = openSync(
        path,
        constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
      );
      const info = fstatSync(file);
      if (!info.isFile()) throw new Error('it is no file');
      const totalBytes = Math.min(info.size, MAX_OUTPUT_BYTES);
      const text = jsonHead(readAt(file, 0, LIMITS.toolHeadBytes), LIMITS.toolHeadBytes);
      const from = Math.max(0, totalBytes - LIMITS.toolTailBytes);
      const tail = jsonTail(readAt(file, from, LIMITS.toolTailBytes), LIMITS.toolTailBytes);
      const blob = `output-${newId()}`;
      this.copying.set(blob, this.copy(file, blob, totalBytes));
      // The copy closes it.
      file = undefined;
      return { text, cut: { tail, totalBytes, blob } };
    } catch (error) {
      this.options.log.warn('an output was not taken over', { error: errorText(error) });
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  /** A part of an output; undefined if it is none, or is not kept any more. */
  async read(blob: string, offset: number, maxBytes: number): Promise<BlobRead | undefined> {
    if (!BLOB.test(blob)) return undefined;
    await this.copying.get(blob);
    const file = await open(join(this.options.folder, blob)).catch(() => undefined);
    try {
      if (file === undefined) return undefined;
      const { size: totalBytes } = await file.stat();
      const buffer = Buffer.alloc(Math.max(0, Math.min(maxBytes, totalBytes - offset)));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
      return { totalBytes, bytes: buffer.subarray(0, bytesRead) };
    } finally {
      await file?.close();
    }
  }

  /** Resolves when nothing is being copied. Never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.copying.values());
  }

  private async copy(file: number, blob: string, bytes: number): Promise<void> {
    const { folder, log } = this.options;
    const part = join(folder, `${blob}.part`);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const from = createReadStream('', { fd: file, start: 0, end: Math.max(0, bytes - 1) });
      await pipeline(from, createWriteStream(part, { mode: 0o600, flags: 'wx' }));
      await rename(part, join(folder, blob));
      await this.dropOldest();
    } catch (error) {
      log.warn('an output was not kept', { error: errorText(error) });
      await rm(part, { force: true }).catch(() => undefined);
    } finally {
      this.copying.delete(blob);
    }
  }

  private async dropOldest(): Promise<void> {
    const { folder } = this.options;
    const names = (await readdir(folder)).filter((name) => BLOB.test(name));
    const files = await Promise.all(
      names.map(async (name) => {
        const { size, mtimeMs } = await stat(join(folder, name));
        return { name, size, mtimeMs };
      }),
    );
    let sum = files.reduce((all, { size }) => all + size, 0);
    for (const { name, size } of files.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (sum <= MAX_SESSION_BYTES) return;
      // oxlint-disable-next-line no-await-in-loop -- the oldest first
      await rm(join(folder, name), { force: true });
      sum -= size;
    }
  }
}

function readAt(file: number, offset: number, bytes: number): string {
  const buffer = Buffer.alloc(bytes);
  return buffer.subarray(0, readSync(file, buffer, 0, bytes, offset)).toString('utf8');
}

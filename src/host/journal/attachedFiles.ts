// [I6] Files that came with prompts, kept for the agent outside its project.
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Bytes } from '../../base/bytes.ts';
import { errorText, type Logger } from '../../base/log.ts';

/** Of all files of a session: the folders of the oldest prompts go. */
const MAX_SESSION_BYTES = 512 * 1024 * 1024;
/** A name as it is kept. */
const MAX_NAME = 80;
const MAX_EXTENSION = 16;
/** Names that mean a device on Windows, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A file that came with a prompt. */
export interface KeptFile {
  /** As it is kept: letters, digits, points, dashes and underscores of any script. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** The files of one session; each prompt has a folder of its own. */
export class AttachedFiles {
  private readonly folder: string;
  private readonly log: Logger;
  private readonly maxBytes: number;

  constructor(options: {
    /** Folder of this session's files; made when there is one. */
    readonly folder: string;
    readonly log: Logger;
    /** Default: 512 MiB. */
    readonly maxBytes?: number;
  }) {
    this.folder = options.folder;
    this.maxBytes = options.maxBytes ?? MAX_SESSION_BYTES;
    this.log = options.log;
  }

  /** Keeps the files of a prompt under its id (a UUID), for their owner only, in their order. */
  async keep(
    promptId: string,
    files: readonly { readonly name: string; readonly bytes: Bytes }[],
  ): Promise<readonly KeptFile[]> {
    if (files.length === 0) return [];
    const folder = join(this.folder, promptId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const kept: KeptFile[] = [];
    for (const [at, { name, bytes }] of files.entries()) {
      const own = freeName(keptName(name), kept, at);
      const path = join(folder, own);
      // What was begun before a crash is written again.
      // oxlint-disable-next-line no-await-in-loop -- two may have the same name
      await writeFile(path, bytes, { mode: 0o600 });
      kept.push({ name: own, path, bytes: bytes.length });
    }
    await this.dropOldest(promptId).catch((error: unknown) => {
      this.log.warn('old files were not removed', { error: errorText(error) });
    });
    return kept;
  }

  private async dropOldest(promptId: string): Promise<void> {
    const prompts = (await readdir(this.folder)).filter((name) => name !== promptId);
    const all = await Promise.all([...prompts, promptId].map((name) => this.sizeOf(name)));
    let sum = all.reduce((bytes, one) => bytes + one.bytes, 0);
    for (const { name } of all.slice(0, -1).toSorted((a, b) => a.at - b.at)) {
      if (sum <= this.maxBytes) return;
      sum -= all.find((one) => one.name === name)?.bytes ?? 0;
      // oxlint-disable-next-line no-await-in-loop -- the oldest first
      await rm(join(this.folder, name), { recursive: true, force: true });
    }
  }

  private async sizeOf(name: string) {
    const folder = join(this.folder, name);
    const { mtimeMs: at } = await stat(folder);
    const sizes = await Promise.all(
      (await readdir(folder)).map(async (file) => (await stat(join(folder, file))).size),
    );
    return { name, at, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }
}

/** A file name without what leads elsewhere, starts something or cannot be seen. */
export function keptName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^[._-]+/, '');
  const extension = extname(plain).slice(0, MAX_EXTENSION);
  const stem = plain.slice(0, plain.length - extname(plain).length).slice(0, MAX_NAME);
  const own = `${stem}${extension}`.replace(/\.+$/, '');
  return own === '' || DEVICE.test(own) ? `file_${own}` : own;
}

function freeName(name: string, kept: readonly KeptFile[], at: number): string {
  const isTaken = kept.some((one) => one.name.toLowerCase() === name.toLowerCase());
  return isTaken ? `${at + 1}_${name}` : name;
}

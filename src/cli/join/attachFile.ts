// Files of this computer that go with a prompt from a terminal or a script.
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { MAX_PIXELS, pictureKind } from '../../base/pictures.ts';
import { say, type Words } from '../../base/say.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { Outgoing } from '../../session/attached/parts.ts';
import { notAttachable } from './errors.ts';

/** Reads one; a picture that the agent takes goes as one. Rejects with AppError 'invalid-input'. */
export async function readAttachment(path: string): Promise<Outgoing & { readonly name: string }> {
  const full = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
  const bytes = await readBounded(full, path);
  const kind = pictureKind(bytes);
  const isFine =
    kind !== undefined &&
    bytes.length <= LIMITS.pictureBytes &&
    kind.width * kind.height <= MAX_PIXELS;
  return { use: isFine ? 'picture' : 'file', name: basename(full), bytes };
}

async function readBounded(full: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const refuse = (why: Words): never => {
    throw notAttachable(path, why);
  };
  const file = await open(full).catch(() => refuse(say`it cannot be read`));
  try {
    const info = await file.stat();
    if (!info.isFile()) return refuse(say`it is no file`);
    if (info.size === 0) return refuse(say`it is empty`);
    if (info.size > LIMITS.attachedBytes) {
      const megabytes = Math.ceil(info.size / 1024 / 1024);
      return refuse(
        say`it has ${megabytes} MB, and ${LIMITS.attachedBytes / 1024 / 1024} MB go with one prompt`,
      );
    }
    return new Uint8Array(await file.readFile());
  } finally {
    await file.close();
  }
}

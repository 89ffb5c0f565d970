// The identity of this command line: made once per home folder, kept in a file that only its owner reads.
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '../../base/ids.ts';
import {
  createIdentity,
  exportIdentity,
  type Identity,
  importIdentity,
} from '../../crypto/identity.ts';
import { identityUnusable } from '../errors.ts';

/** Name of the file below the home folder. */
export const IDENTITY_FILE = 'cli-identity';

/** Reads the identity of a home folder, or makes one. Throws AppError 'invalid-input' for a file that is none. */
export async function loadIdentity(home: string): Promise<Identity> {
  const file = join(home, IDENTITY_FILE);
  const text = readIfThere(file);
  if (text !== undefined) return readIdentity(file, text);
  const identity = await createIdentity();
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const next = `${file}.${newId()}.tmp`;
  const exported = await exportIdentity(identity);
  try {
    // Another command shall see a whole identity or none: link(2) makes the file with its content.
    writeFileSync(next, `${exported}\n`, { mode: 0o600, flag: 'wx' });
    linkSync(next, file);
    return identity;
  } catch (error) {
    // Another command made one at the same moment: that one counts.
    const other = readIfThere(file);
    if (other === undefined) throw error;
    return readIdentity(file, other);
  } finally {
    rmSync(next, { force: true });
  }
}

async function readIdentity(file: string, text: string): Promise<Identity> {
  const isOpen = process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;
  if (isOpen) throw identityUnusable(file, 'others may read or write it');
  const identity = await importIdentity(text.trim());
  if (identity === undefined) throw identityUnusable(file, 'it is damaged');
  return identity;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing) return undefined;
    throw error;
  }
}

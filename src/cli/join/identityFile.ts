// The identity of this command line: one per home folder, in a file that only its owner reads.
import { say } from '../../base/say.ts';
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { newId } from '../../base/ids.ts';
import { type IdentityStorage, IdentityStore } from '../../client/rooms/identityStore.ts';
import type { Identity } from '../../crypto/identity.ts';
import { hasErrorCode, makePrivateFolder } from '../../node/files.ts';
import { identityUnusable } from '../errors.ts';

/** Name of the file below the home folder. */
export const IDENTITY_FILE = 'cli-identity';

/**
 * The identity of a home folder, made if there is none. Rejects with AppError 'invalid-input' for a
 * file that cannot be used: it is never replaced.
 */
export function loadIdentity(
  home: string,
  { platform = process.platform }: { readonly platform?: NodeJS.Platform } = {},
): Promise<Identity> {
  const file = join(home, IDENTITY_FILE);
  const store = new IdentityStore({
    storage: identityFile(file, platform),
    onTrouble: ({ kind, error }) => {
      throw kind === 'damaged' ? identityUnusable(file, say`it is damaged`) : error;
    },
  });
  return store.get();
}

function identityFile(file: string, platform: NodeJS.Platform): IdentityStorage {
  return {
    read: async () => readIfThere(file, platform),
    async keep(text) {
      makePrivateFolder(dirname(file));
      const next = `${file}.${newId()}.tmp`;
      try {
        // Another command shall see a whole identity or none: link(2) makes the file with its content.
        writeFileSync(next, `${text}\n`, { mode: 0o600, flag: 'wx' });
        linkSync(next, file);
        return text;
      } catch (error) {
        // Another command made one at the same moment: that one counts.
        const other = readIfThere(file, platform);
        if (other === undefined) throw error;
        return other;
      } finally {
        rmSync(next, { force: true });
      }
    },
  };
}

/** Its text, if it is there. Throws AppError 'invalid-input' if it is not its owner's alone. */
function readIfThere(file: string, platform: NodeJS.Platform): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const isOpen = platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;
  if (isOpen) throw identityUnusable(file, say`others may read or write it`);
  return text.trim();
}

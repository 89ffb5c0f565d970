// A copy of the program in the home: an update of the extension takes the original's folder away.
import { chmodSync, copyFileSync, existsSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makePrivateFolder } from '../../node/files.ts';
import { errorText, type Logger } from '../../base/log.ts';

/** Where the join page lies beside the bundle, and where the copy looks for it. */
const PAGES = ['../media/join/index.html', 'join/index.html'];

/** Forms of it that the build has made, beside the bundle or in its copy. */
const FORMS = ['join/index.html.br', 'join/index.html.gz'];

/**
 * Copies the bundle and the page that its relay serves into `folder`, and returns the copy's path:
 * a relay that has to be started again months later still finds its program. Sources are not copied.
 */
export function keepOwnCopy(script: string, folder: string, log: Logger): string {
  if (!script.endsWith('.mjs')) return script;
  try {
    const copy = join(folder, basename(script));
    copyAside(script, copy);
    const page = PAGES.map((place) => join(dirname(script), place)).find((file) =>
      existsSync(file),
    );
    if (page !== undefined) copyAside(page, join(folder, 'join/index.html'));
    for (const form of FORMS) {
      const made = join(dirname(script), form);
      if (existsSync(made)) copyAside(made, join(folder, form));
    }
    return copy;
  } catch (error) {
    log.warn('the program was not copied', { error: errorText(error) });
    return script;
  }
}

function copyAside(from: string, to: string): void {
  if (from === to) return;
  makePrivateFolder(dirname(to));
  // Another host that starts at the same moment may run the old copy: it is replaced, never written into.
  const part = `${to}.${process.pid}`;
  copyFileSync(from, part);
  // A copy has the mode of its original. It is read by Node, never run by itself.
  chmodSync(part, 0o600);
  renameSync(part, to);
}

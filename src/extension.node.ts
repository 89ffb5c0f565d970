// Entry of the extension where Node runs: finds or starts this computer's session host.
import { statSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import type * as vscode from 'vscode';
import { systemClock } from './base/clock.ts';
import type { FoundHost, HostFinder } from './client/rooms/hostFinder.ts';
import { type Editor, exportsOf, type ExtensionExports, startEditor } from './editor/editor.ts';
import { ensureHost } from './host/find/ensureHost.ts';
import { filterEnvironment } from './host/find/filterEnvironment.ts';
import { readHostFile, speaksOurProtocol } from './host/find/hostFile.ts';
import { hostPaths, resolveHome } from './host/find/paths.ts';

/** Environment variable by which the host is told where the agent's program is. */
const AGENT_PATH_VARIABLE = 'TWINHELM_CLAUDE';
/** A start command is one record of 48 KiB; the environment gets half of it, characters. */
const MAX_ENVIRONMENT = 24 * 1024;
/** An unchanged host file is believed this long before its process is looked at again, ms. */
const BELIEVED_MS = 10_000;

const NO_HOST: FoundHost = { kind: 'none' };

let editor: Editor | undefined;

/** Called by VS Code. */
export function activate(context: vscode.ExtensionContext): ExtensionExports {
  editor = startEditor(context, {
    host: createHostFinder(context.asAbsolutePath('dist/twinhelm.mjs')),
    clock: systemClock,
    random: Math.random,
    defaults: { name: userName(), device: hostname() },
  });
  return exportsOf(context, editor);
}

/** Called by VS Code before the extension host ends; sessions go on. */
export async function deactivate(): Promise<void> {
  await editor?.close();
}

function createHostFinder(hostScript: string): HostFinder {
  const home = resolveHome(process.env, homedir());
  const { hostFile } = hostPaths(home);
  let known: { changed: number; checked: number; found: FoundHost } | undefined;
  return {
    homeFolder: homedir(),
    async find(isLost) {
      const changed = statSync(hostFile, { throwIfNoEntry: false })?.mtimeMs;
      if (changed === undefined) return { kind: 'none' };
      const checked = systemClock.monotonic();
      const isBelieved = !isLost && checked - (known?.checked ?? 0) < BELIEVED_MS;
      if (known?.changed === changed && isBelieved) return known.found;
      const found = await lookAt(hostFile);
      known = { changed, checked, found };
      return found;
    },
    async ensure({ claudePath, signal, log }) {
      const env = withAgentPath(process.env, claudePath);
      const { execPath } = process;
      const cwdHome = homedir();
      const base = { home, hostScript, execPath, cwdHome, env, signal };
      const file = await ensureHost({ ...base, clock: systemClock, log });
      known = undefined;
      return file.link;
    },
    sessionEnvironment(claudePath) {
      const filtered = filterEnvironment(withAgentPath(process.env, claudePath));
      const smallFirst = Object.entries(filtered).toSorted(
        ([a, x], [b, y]) => a.length + x.length - (b.length + y.length),
      );
      let size = 0;
      return Object.fromEntries(
        smallFirst.filter(([name, value]) => {
          size += name.length + value.length + 6;
          return size <= MAX_ENVIRONMENT;
        }),
      );
    },
  };
}

async function lookAt(hostFile: string): Promise<FoundHost> {
  const found = await readHostFile(hostFile);
  if (found.kind === 'running') {
    return speaksOurProtocol(found.file) ? { kind: 'running', link: found.file.link } : NO_HOST;
  }
  // A host that ends by itself takes its file away.
  return found.kind === 'none' ? { kind: 'crashed' } : NO_HOST;
}

function withAgentPath(env: NodeJS.ProcessEnv, path: string): NodeJS.ProcessEnv {
  return path === '' ? env : { ...env, [AGENT_PATH_VARIABLE]: path };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

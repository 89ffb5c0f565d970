// The session host of a home as windows and terminals look for it: cheaply, again and again, and started when asked for.
import { statSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { PRODUCT_VERSION } from '../../base/product.ts';
import { ensureHost } from './ensureHost.ts';
import { filterEnvironment } from './filterEnvironment.ts';
import { readHostFile, speaksOurProtocol } from './hostFile.ts';
import { hostPaths } from './paths.ts';
import { wantedVersion } from './restartWish.ts';

/** Environment variable by which the host is told where the agent's program is. */
const AGENT_PATH_VARIABLE = 'TWINHELM_CLAUDE';
/** A start command is one record of 48 KiB; the environment gets half of it, characters. */
const MAX_ENVIRONMENT = 24 * 1024;
/** An unchanged host file is believed this long before its process is looked at again, ms. */
const BELIEVED_MS = 10_000;

/** Whose host is looked for, and how one is started. */
export interface HostFinderOptions {
  readonly home: string;
  /** The one file that holds the host. */
  readonly hostScript: string;
  readonly execPath: string;
  /** Environment of a host that is started, and of sessions. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly userHome: string;
  readonly clock: Clock;
}

type Found =
  | { readonly kind: 'running'; readonly link: string }
  | { readonly kind: 'none' | 'crashed' | 'replaced' };

/** Finds and starts the host; its form is that of client/rooms/hostFinder. */
export function createHostFinder(options: HostFinderOptions) {
  const { home, hostScript, execPath, env, userHome, clock } = options;
  const { hostFile } = hostPaths(home);
  let known: { changed: number; checked: number; found: Found } | undefined;
  return {
    homeFolder: userHome,
    async find(isLost: boolean): Promise<Found> {
      const changed = statSync(hostFile, { throwIfNoEntry: false })?.mtimeMs;
      if (changed === undefined) return { kind: isLeftFor(home) ? 'replaced' : 'none' };
      const checked = clock.monotonic();
      const isBelieved = !isLost && checked - (known?.checked ?? 0) < BELIEVED_MS;
      if (known?.changed === changed && isBelieved) return known.found;
      const found = await lookAt(hostFile);
      known = { changed, checked, found };
      return found;
    },
    async ensure(how: {
      readonly claudePath: string;
      readonly signal: AbortSignal;
      readonly log: Logger;
    }): Promise<string> {
      const { claudePath, signal, log } = how;
      const base = { home, hostScript, execPath, cwdHome: userHome, signal, clock, log };
      const file = await ensureHost({ ...base, env: withAgentPath(env, claudePath) });
      known = undefined;
      return file.link;
    },
    sessionEnvironment(claudePath: string): Readonly<Record<string, string>> {
      const filtered = filterEnvironment(withAgentPath(env, claudePath));
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

async function lookAt(hostFile: string): Promise<Found> {
  const found = await readHostFile(hostFile);
  if (found.kind === 'running') {
    const { file } = found;
    return speaksOurProtocol(file) ? { kind: 'running', link: file.link } : { kind: 'none' };
  }
  // A host that ends by itself takes its file away.
  return { kind: found.kind === 'none' ? 'crashed' : 'none' };
}

/** A host that ends in another way takes the wish with it. */
function isLeftFor(home: string): boolean {
  return wantedVersion(home) === PRODUCT_VERSION;
}

function withAgentPath(
  env: HostFinderOptions['env'],
  path: string,
): Readonly<Record<string, string | undefined>> {
  return path === '' ? env : { ...env, [AGENT_PATH_VARIABLE]: path };
}

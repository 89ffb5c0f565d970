// How a window finds and starts the session host of its computer; given by whoever can start processes.
import type { Logger } from '../../base/log.ts';

/** What a look for a host finds. */
export type FoundHost =
  /** Owner link of the machine room: secret. */
  | { readonly kind: 'running'; readonly link: string }
  | { readonly kind: 'none' }
  /** It ended without saying so: its sessions wait to be taken up again. */
  | { readonly kind: 'crashed' }
  /** [G9] It has made room for the version of this window. */
  | { readonly kind: 'replaced' };

/** The session host of this computer, as a window sees it. */
export interface HostFinder {
  /** Looks for a host; never starts one. Looks closer if the connection to the last one is lost. */
  find(isLost: boolean): Promise<FoundHost>;
  /** Finds or starts the host. Throws AppError 'host-runtime' | 'host-unreachable' | 'journal-locked' … */
  ensure(options: {
    readonly claudePath: string;
    readonly signal: AbortSignal;
    readonly log: Logger;
  }): Promise<string>;
  /** Environment of this window for a new session, filtered and bounded. */
  sessionEnvironment(claudePath: string): Readonly<Record<string, string>>;
  /** Folder for a session when the window has none: the home folder. */
  readonly homeFolder: string;
}

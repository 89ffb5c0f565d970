// Where the session host keeps its files: all below one private folder.
import { chmodSync, mkdirSync, statfsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HOME_FOLDER, HOME_VARIABLE } from '../../base/product.ts';
import { homeNotPrivate, homeOnNetwork, homeUnusable } from '../errors.ts';

/** Files of one session host. */
export interface HostPaths {
  readonly home: string;
  /** Held locked by the running host; it contains nothing. */
  readonly lock: string;
  readonly journal: string;
  /** Address of the running host. */
  readonly hostFile: string;
  readonly log: string;
  /** Written by an administrator; read only. */
  readonly policy: string;
  readonly relayData: string;
  /** Long outputs, a folder for each session. */
  readonly outputs: string;
  /** The program as it was when the host started. */
  readonly program: string;
}

/** The home folder of an environment: `TWINHELM_HOME`, else `~/.twinhelm`. Absolute. */
export function resolveHome(
  env: Readonly<Record<string, string | undefined>>,
  userHome: string,
): string {
  const chosen = env[HOME_VARIABLE];
  return resolve(chosen !== undefined && chosen !== '' ? chosen : join(userHome, HOME_FOLDER));
}

/** The files below a home folder. */
export function hostPaths(home: string): HostPaths {
  return {
    home,
    lock: join(home, 'host.lock'),
    journal: join(home, 'journal.sqlite'),
    hostFile: join(home, 'host.json'),
    log: join(home, 'host.log'),
    policy: join(home, 'policy.json'),
    relayData: join(home, 'relay'),
    outputs: join(home, 'outputs'),
    program: join(home, 'program'),
  };
}

/** Which system the folder is on; default: this one. */
export interface FolderOptions {
  readonly platform?: NodeJS.Platform;
  /** Type of its file system, as statfs has it. */
  readonly typeOf?: (folder: string) => number;
}

/**
 * Makes the home folder, readable by its owner only. On Windows the mode has no effect: there the
 * folder is private because it lies in the user's profile, whose ACL it inherits. Throws AppError 'journal-locked'.
 */
export function prepareHome(home: string, options: FolderOptions = {}): void {
  let isOnNetwork: boolean;
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    isOnNetwork = isNetworkFolder(home, options);
  } catch (error) {
    throw homeUnusable(home, error);
  }
  if (isOnNetwork) throw homeOnNetwork(home);
  try {
    if ((options.platform ?? process.platform) !== 'win32') chmodSync(home, 0o700);
  } catch (error) {
    throw homeNotPrivate(home, error);
  }
}

/** statfs types whose locks do not hold between machines: NFS, SMB, CIFS, SMB2, AFS, Ceph, Lustre. */
const NETWORK_TYPES: ReadonlySet<number> = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x00c36400, 0x0bd00bd0,
]);

/** Whether file locks in this folder cannot be trusted. */
export function isNetworkFolder(folder: string, options: FolderOptions = {}): boolean {
  const { platform = process.platform, typeOf = (path) => statfsSync(path).type } = options;
  if (platform === 'win32') return folder.startsWith('\\\\');
  if (platform !== 'linux') return false;
  return NETWORK_TYPES.has(typeOf(folder) >>> 0);
}

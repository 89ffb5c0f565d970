// Finds the running session host of a home folder, or starts one that outlives the window.
import { say, verbatim, type Words } from '../../base/say.ts';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';
import { heardText, saidPartsSchema } from '../../protocol/said.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { HOME_VARIABLE, PRODUCT_VERSION } from '../../base/product.ts';
import { isNewer } from '../../base/versions.ts';
import { parseJson } from '../../protocol/json.ts';
import { filterEnvironment } from './filterEnvironment.ts';
import { hostDidNotStart, hostOtherProtocol, hostStartCancelled } from '../errors.ts';
import { type HostFile, readHostFile, speaksOurProtocol } from './hostFile.ts';
import { type HostPaths, hostPaths, prepareHome } from './paths.ts';
import { wantVersion } from './restartWish.ts';
import { chooseRuntime } from './runtimeProbe.ts';

/** What is needed to find or start a host. */
export interface EnsureHostOptions {
  readonly home: string;
  /** The one file that holds the host; run as `<runtime> <hostScript> host`. */
  readonly hostScript: string;
  /** This process's own Node; not used if it lacks a part (see chooseRuntime). */
  readonly execPath: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder: the host must not pin a project's or the extension's folder. */
  readonly cwdHome: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal?: AbortSignal;
}

const READY_MS = 30_000;
const POLL_MS = 25;
/** Pause before another start after one that found the place taken; twice as long each time. */
const AGAIN_MS = 2_000;
const KEPT_OUTPUT_BYTES = 64 * 1024;

const failureSchema = z.object({
  ready: z.literal(false),
  code: z.string(),
  message: z.string(),
  said: z.optional(saidPartsSchema),
});

/**
 * The host that runs, or a new one. Of several that are started at once exactly one stays; one that
 * is on its way out is waited for. A host of an older version is used if its protocol fits, and asked
 * to end as soon as it is idle. Throws AppError 'host-unreachable', 'host-runtime', 'host-running',
 * 'journal-locked' or 'cancelled'.
 */
export async function ensureHost(options: EnsureHostOptions): Promise<HostFile> {
  const paths = hostPaths(options.home);
  const found = await findHost(paths, options.log);
  if (found !== undefined) return found;
  const env = filterEnvironment(options.env);
  const runtime = await chooseRuntime({ execPath: options.execPath, env });
  return startHost(paths, runtime, env, options);
}

async function findHost(paths: HostPaths, log?: Logger): Promise<HostFile | undefined> {
  const found = await readHostFile(paths.hostFile);
  switch (found.kind) {
    case 'none':
      return undefined;
    case 'invalid':
      log?.warn('host file ignored', { reason: found.error.parts.happened });
      return undefined;
    case 'running':
      if (!speaksOurProtocol(found.file)) throw hostOtherProtocol(found.file.version);
      if (isNewer(PRODUCT_VERSION, found.file.version)) wantVersion(paths.home, PRODUCT_VERSION);
      return found.file;
  }
}

async function startHost(
  paths: HostPaths,
  runtime: string,
  env: Readonly<Record<string, string>>,
  options: EnsureHostOptions,
): Promise<HostFile> {
  const { clock, signal } = options;
  const start = (): StartedHost => spawnHost(paths, runtime, env, options);
  const end = clock.monotonic() + READY_MS;
  let host = start();
  let againMs = AGAIN_MS;
  let againAt = Number.POSITIVE_INFINITY;
  for (;;) {
    if (signal?.aborted) throw hostStartCancelled();
    const now = clock.monotonic();
    // Read before the check: a host that lost the race has ended, the winner writes the file.
    const ended = host.ended();
    const found = await findHost(paths);
    if (found !== undefined) return found;
    const failure = ended === undefined ? undefined : host.failure();
    const its = failure && heardText(failure.message, failure.said);
    if (ended !== undefined && failure?.code !== 'host-running')
      throw hostDidNotStart(paths.log, its ?? ended);
    if (now > end) {
      throw hostDidNotStart(paths.log, its ?? say`not ready within ${READY_MS / 1000} s`);
    }
    // The winner of the race is getting ready, or an older host is on its way out: then its place is free soon.
    if (ended !== undefined && againAt === Number.POSITIVE_INFINITY) {
      againAt = now + againMs;
    } else if (now >= againAt) {
      host = start();
      againMs *= 2;
      againAt = Number.POSITIVE_INFINITY;
    }
    await pause(POLL_MS);
  }
}

/** A host process that was started. */
interface StartedHost {
  /** How it ended; undefined while it runs. */
  readonly ended: () => Words | undefined;
  /** The reason that it gave. */
  readonly failure: () => z.infer<typeof failureSchema> | undefined;
}

function spawnHost(
  paths: HostPaths,
  runtime: string,
  env: Readonly<Record<string, string>>,
  options: Pick<EnsureHostOptions, 'hostScript' | 'cwdHome' | 'log'>,
): StartedHost {
  prepareHome(paths.home);
  const outputFile = join(paths.home, 'host.out');
  const outputStart = trimOutput(outputFile);
  const output = openSync(outputFile, 'a', 0o600);
  const child = spawn(runtime, [options.hostScript, 'host'], {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', output, output],
    cwd: options.cwdHome,
    env: { ...env, [HOME_VARIABLE]: paths.home, ELECTRON_RUN_AS_NODE: '1' },
  });
  closeSync(output);
  child.unref();
  let ended: Words | undefined;
  child.once('error', (error) => (ended = verbatim(error.message)));
  child.once('exit', (code, killedBy) => (ended = say`exit ${String(code ?? killedBy)}`));
  options.log.info('session host started', { pid: child.pid ?? -1 });
  return { ended: () => ended, failure: () => lastFailure(outputFile, outputStart) };
}

/** Empties an output file that has grown; returns its size. */
function trimOutput(file: string): number {
  try {
    const { size } = statSync(file);
    if (size <= KEPT_OUTPUT_BYTES) return size;
    writeFileSync(file, '');
  } catch {
    // Not there yet.
  }
  return 0;
}

function lastFailure(file: string, from: number): z.infer<typeof failureSchema> | undefined {
  const bytes = readFileSync(file);
  // Somebody else may have emptied it meanwhile.
  const text = bytes.subarray(bytes.length < from ? 0 : from).toString('utf8');
  const failures = text
    .split('\n')
    .flatMap((line) => failureSchema.safeParse(parseJson(line)).data ?? []);
  return failures.at(-1);
}

// The built session host as a process, and its command line: what scripts and end-to-end tests talk to.
import { join } from 'node:path';
import * as z from 'zod/mini';
import { REPO_ROOT } from '../install/cache.ts';
import { exitOf, type ProcessGroup, spawnGroup } from './processes.ts';

/** The one file of host, relay and command line. */
export const TWINHELM: string = join(REPO_ROOT, 'dist/twinhelm.mjs');

const readySchema = z.looseObject({
  ready: z.literal(true),
  pid: z.number(),
  relayUrl: z.string(),
  home: z.string(),
});
const startedSchema = z.looseObject({ sessionId: z.string() });
const listSchema = z.looseObject({
  sessions: z.array(
    z.looseObject({
      id: z.string(),
      title: z.optional(z.string()),
      cwd: z.string(),
      source: z.string(),
      status: z.string(),
    }),
  ),
});
const sharedSchema = z.looseObject({ link: z.string() });

/** The last line of `text` that is JSON; throws if there is none. */
export function lastJsonLine(text: string): unknown {
  for (const line of text.trim().split('\n').toReversed()) {
    const value = jsonOrUndefined(line);
    if (value !== undefined) return value;
  }
  throw new Error(`no JSON in:\n${text.slice(-2000)}`);
}

function jsonOrUndefined(line: string): unknown {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Environment and file of a command line. */
export interface CommandLineOptions {
  /** All variables; holds TWINHELM_HOME. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: the built file of this clone. */
  readonly file?: string;
  readonly cwd?: string;
}

/** Runs one `twinhelm` command to its end; rejects with its output if it fails. */
export async function runTwinhelm(
  args: readonly string[],
  options: CommandLineOptions,
): Promise<string> {
  const group = spawnGroup(process.execPath, [options.file ?? TWINHELM, ...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env,
  });
  group.child.stdin?.end();
  const code = await exitOf(group);
  if (code === 0) return group.output();
  throw new Error(`twinhelm ${args.join(' ')} ended with ${code}:\n${group.output().slice(-3000)}`);
}

/** What `share` is told. */
export interface ShareOptions {
  readonly role: 'viewer' | 'controller';
  /** Admits holders of a controller link without the owner's click. */
  readonly allowControl?: boolean;
  /** `loopback` or the address under which the relay is reached. */
  readonly where?: string;
}

/** What `start` is told. */
export interface StartOptions {
  readonly cwd: string;
  readonly title?: string;
  readonly prompt?: string;
}

/** A session host in the foreground. */
export interface HostProcess {
  readonly process: ProcessGroup;
  readonly relayUrl: string;
  readonly relayPort: number;
  /** Runs a command against it and returns the last JSON line of its output. */
  cli(...args: string[]): Promise<unknown>;
  /** Id of a hosted session of that folder and title that can go on, if there is one. */
  find(options: StartOptions): Promise<string | undefined>;
  /** Starts a session; its id. */
  start(options: StartOptions): Promise<string>;
  /** Shares a session; the link. */
  share(sessionId: string, options: ShareOptions): Promise<string>;
  /** Asks it to stop, and ends it if it does not. */
  close(): Promise<void>;
}

/** Starts a session host in the foreground; resolves when it is ready. */
export async function startHostProcess(options: CommandLineOptions): Promise<HostProcess> {
  const file = options.file ?? TWINHELM;
  const group = spawnGroup(process.execPath, [file, 'host', '--foreground', '--json'], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env,
  });
  const ready = await group
    .line((line) => {
      const parsed = readySchema.safeParse(jsonOrUndefined(line));
      return parsed.success ? parsed.data : undefined;
    })
    .catch(async (error: unknown) => {
      await group.end();
      throw error;
    });
  const cli = async (...args: string[]): Promise<unknown> =>
    lastJsonLine(await runTwinhelm([...args, '--json'], options));
  return {
    process: group,
    relayUrl: ready.relayUrl,
    relayPort: Number(new URL(ready.relayUrl).port),
    cli,
    async find({ cwd, title }) {
      const { sessions } = listSchema.parse(await cli('sessions'));
      return sessions.find(
        (row) =>
          row.source === 'hosted' &&
          row.status !== 'ended' &&
          row.cwd === cwd &&
          row.title === title,
      )?.id;
    },
    async start({ cwd, title, prompt }) {
      const named = title === undefined ? [] : ['--title', title];
      const asked = prompt === undefined ? [] : ['--prompt', prompt];
      return startedSchema.parse(await cli('start', '--cwd', cwd, ...named, ...asked)).sessionId;
    },
    async share(sessionId, { role, allowControl, where }) {
      const allow = allowControl ? ['--allow-control'] : [];
      const args = ['share', sessionId, '--role', role, ...allow, '--where', where ?? 'loopback'];
      return sharedSchema.parse(await cli(...args)).link;
    },
    async close() {
      if (group.exitCode() === undefined) {
        await runTwinhelm(['host', 'stop'], options).catch(() => undefined);
      }
      await group.end();
    },
  };
}

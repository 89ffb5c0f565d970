// Claude Code as somebody else starts it beside a host: in a terminal, or from a script.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnGroup, type ProcessGroup } from '../../tools/run/processes.ts';
import { openTerminal } from '../../tools/run/terminal.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import type { HostRig } from './hostRig.ts';

/** What a process says of itself in the registry. */
export interface TuiRecord {
  readonly pid: number;
  readonly sessionId: string;
  readonly startedAt: number;
  readonly entrypoint?: string;
}

/** A terminal with Claude Code in it. */
export interface Tui {
  record(): TuiRecord;
  /** Its transcript's path, and what is in it. */
  file(): string;
  transcript(): string;
  type(text: string): Promise<void>;
  until(what: string, isTrue: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** What the registry has. */
export function records(rig: HostRig): readonly TuiRecord[] {
  const folder = join(rig.env['CLAUDE_CONFIG_DIR'] ?? '', 'sessions');
  return readdirSync(folder).flatMap((name) => {
    if (!/^\d+\.json$/.test(name)) return [];
    try {
      // The fields that a test asks for; a file that is just being written is left out.
      return [JSON.parse(readFileSync(join(folder, name), 'utf8')) as TuiRecord];
    } catch {
      return [];
    }
  });
}

/** Opens a terminal; resolves when it stands in the registry and takes keys. */
export async function openTui(rig: HostRig, args: readonly string[]): Promise<Tui> {
  const before = new Set(records(rig).map(({ pid }) => pid));
  const terminal = openTerminal([rig.env['TWINHELM_CLAUDE'] ?? '', ...args], {
    cwd: rig.project,
    env: rig.env,
  });
  const find = (): TuiRecord | undefined =>
    records(rig).find(({ pid, entrypoint }) => entrypoint === 'cli' && !before.has(pid));
  const until = async (what: string, isTrue: () => boolean): Promise<void> => {
    await waitUntil(what, isTrue).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${terminal.screen().slice(-1500)}`);
    });
  };
  await until('the terminal is in the registry', () => find() !== undefined);
  const started = find();
  if (started === undefined) throw new Error('invariant');
  const record = (): TuiRecord => records(rig).find(({ pid }) => pid === started.pid) ?? started;
  const file = (): string => transcriptOf(rig, record().sessionId);
  return {
    record,
    file,
    transcript: () => readFileSync(file(), 'utf8'),
    type: (text) => terminal.type(text),
    until,
    async close() {
      process.kill(started.pid, 'SIGTERM');
      await terminal.close();
    },
  };
}

/** Runs one prompt from a script, to its end. */
export async function openScript(rig: HostRig, args: readonly string[]): Promise<string> {
  const script = startScript(rig, args);
  await waitUntil('the script has ended', () => script.exitCode() !== undefined);
  return script.output();
}

/** Starts a prompt from a script. */
export function startScript(rig: HostRig, args: readonly string[]): ProcessGroup {
  const command = [rig.env['TWINHELM_CLAUDE'] ?? '', '-p', ...args].map((word) => `'${word}'`);
  const line = `exec ${command.join(' ')} < /dev/null`;
  return spawnGroup('sh', ['-c', line], { cwd: rig.project, env: rig.env });
}

/** Where a conversation's transcript lies. */
export function transcriptOf(rig: HostRig, sessionId: string): string {
  const projects = join(rig.env['CLAUDE_CONFIG_DIR'] ?? '', 'projects');
  for (const slug of readdirSync(projects)) {
    if (readdirSync(join(projects, slug)).includes(`${sessionId}.jsonl`)) {
      return join(projects, slug, `${sessionId}.jsonl`);
    }
  }
  throw new Error(`no transcript of ${sessionId}`);
}

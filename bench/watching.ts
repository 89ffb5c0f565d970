// What running terminal sessions cost a session host that nobody looks at: `node bench/watching.ts [seconds] [program …]`. Needs `npm run build`; Linux. Several programs (an older build's twinhelm.mjs) are measured at once.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectSlug } from '../src/claude/files/projects.ts';
import { processStart } from '../src/node/processStart.ts';
import { REPO_ROOT } from '../tools/install/cache.ts';
import { type ProcessGroup, spawnGroup } from '../tools/run/processes.ts';

const SESSIONS = 200;
/** What a host does after its start is not counted. */
const SETTLE_MS = 5000;
/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

interface Terminal {
  readonly child: ChildProcess;
  readonly file: string;
  readonly record: Readonly<Record<string, unknown>>;
}

const seconds = Number(process.argv[2] ?? 30);
const given = process.argv.slice(3);
const programs = given.length > 0 ? given : [join(REPO_ROOT, 'dist/twinhelm.mjs')];
const folder = mkdtempSync(join(tmpdir(), 'twinhelm-watching-'));
const configDir = join(folder, 'claude');
const terminals: Terminal[] = [];
const hosts: ProcessGroup[] = [];
try {
  mkdirSync(join(configDir, 'sessions'), { recursive: true });
  for (const [at, program] of programs.entries()) hosts.push(await startHost(program, at));
  const rows: Record<string, string>[] = [];
  rows.push(await measure('no session', async () => undefined));
  for (let at = 0; at < SESSIONS; at += 1) terminals.push(await startTerminal(at));
  rows.push(await measure(`${SESSIONS} that stand still`, async () => undefined));
  let flips = 0;
  const flip = async (): Promise<void> => {
    flips += 1;
    const terminal = terminals[(flips * 37) % SESSIONS];
    if (terminal) writeRecord(terminal, flips % 2 === 0 ? 'idle' : 'busy');
  };
  rows.push(await measure(`${SESSIONS}, one change a second`, flip));
  console.table(rows);
} finally {
  for (const { child } of terminals) child.kill('SIGKILL');
  for (const host of hosts) await host.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}

async function startHost(program: string, at: number): Promise<ProcessGroup> {
  const home = join(folder, `home${at}`);
  const env = { ...process.env, TWINHELM_HOME: home, CLAUDE_CONFIG_DIR: configDir };
  const host = spawnGroup(process.execPath, [program, 'host', '--json'], { env });
  await host.line((line) => (line.includes('"ready":true') ? line : undefined), 30_000);
  return host;
}

/** A process that stands for a terminal, with a registry file and a conversation of some KB. */
async function startTerminal(at: number): Promise<Terminal> {
  const child = spawn('sleep', ['3600'], { stdio: 'ignore' });
  const pid = child.pid ?? 0;
  const cwd = `/home/dev/project${at % 10}`;
  const sessionId = `${String(at).padStart(8, '0')}-0000-4000-8000-000000000000`;
  const project = join(configDir, 'projects', projectSlug(cwd));
  mkdirSync(project, { recursive: true });
  const lines = Array.from({ length: 20 }, (_, line) =>
    JSON.stringify({
      type: line % 2 === 0 ? 'user' : 'assistant',
      uuid: `${sessionId}-${line}`,
      sessionId,
      cwd,
      timestamp: new Date().toISOString(),
      message: { role: 'user', content: `prompt ${line} of ${at} ${'word '.repeat(50)}` },
    }),
  );
  writeFileSync(join(project, `${sessionId}.jsonl`), `${lines.join('\n')}\n`);
  const terminal: Terminal = {
    child,
    file: join(configDir, 'sessions', `${pid}.json`),
    record: {
      pid,
      sessionId,
      cwd,
      startedAt: Date.now(),
      procStart: await processStart(pid),
      version: '2.1.332',
      kind: 'interactive',
      entrypoint: 'cli',
    },
  };
  writeRecord(terminal, 'idle');
  return terminal;
}

function writeRecord({ file, record }: Terminal, status: string): void {
  const now = Date.now();
  writeFileSync(file, JSON.stringify({ ...record, status, statusUpdatedAt: now, updatedAt: now }));
}

/** Percent of a core that each host used while `everySecond` was done. */
async function measure(name: string, everySecond: () => Promise<void>) {
  await pause(SETTLE_MS);
  const before = hosts.map(({ pid }) => cpuMs(pid));
  const startMs = performance.now();
  for (let second = 1; second <= seconds; second += 1) {
    await everySecond();
    await pause(startMs + second * 1000 - performance.now());
  }
  const elapsedMs = performance.now() - startMs;
  const used = hosts.map(({ pid }, at) => cpuMs(pid) - (before[at] ?? 0));
  const percent = (ms: number): string => `${((100 * ms) / elapsedMs).toFixed(2)} %`;
  return {
    sessions: name,
    ...Object.fromEntries(used.map((ms, at) => [programs[at], percent(ms)])),
  };
}

/** Processor time of one process, its children left out. */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

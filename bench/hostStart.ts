// What a clean start of the session host costs with a journal of some MB: `node bench/hostStart.ts [MB …]`. Needs `npm run build`.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/log.ts';
import { hostPaths } from '../src/host/find/paths.ts';
import { Journal } from '../src/host/journal/journal.ts';
import { RoomLog } from '../src/session/roomLog.ts';
import { REPO_ROOT } from '../tools/install/cache.ts';
import { spawnGroup } from '../tools/run/processes.ts';

const PROGRAM = join(REPO_ROOT, 'dist/twinhelm.mjs');
const ROUNDS = 7;
const ENTRY_BYTES = 4000;
const sizes = process.argv.slice(2).map(Number);

for (const megabytes of sizes.length > 0 ? sizes : [0, 50, 274]) await measure(megabytes);

async function measure(megabytes: number): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'twinhelm-bench-'));
  try {
    fill(home, megabytes);
    const checkMs = checkPages(hostPaths(home).journal);
    const starts: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) starts.push(await startMs(home));
    starts.sort((a, b) => a - b);
    const size = Math.round(statSync(hostPaths(home).journal).size / 1024 ** 2);
    console.log(
      `journal of ${size} MB: pages checked in ${checkMs.toFixed(0)} ms; ready after ${starts[3]?.toFixed(0)} ms (median of ${ROUNDS}, ${starts[0]?.toFixed(0)} to ${starts.at(-1)?.toFixed(0)})`,
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Ended sessions, as most of a journal is: 200 entries each. */
function fill(home: string, megabytes: number): void {
  const journal = Journal.open({ paths: hostPaths(home), clock: systemClock, log: silentLogger });
  const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
  const entries = (megabytes * 1024 ** 2) / ENTRY_BYTES;
  for (let made = 0, session = 0; made < entries; session += 1) {
    const room = `room${session}`.padEnd(26, 'a');
    journal.addRoom({ room, kind: 'session', privateKey: 'k' }, 's');
    const facts = { cwd: '/p', title: `${session}`, startedAt: 1, lastActivityAt: 1, ended: true };
    const id = `session${session}`.padEnd(26, 'a');
    journal.sessions.saveSession({ id, room, source: 'hosted', ...facts });
    const log = new RoomLog({ journal: journal.room(room), sha256 });
    const texts = Array.from({ length: 200 }, (_, at) =>
      `${at} `.padEnd(ENTRY_BYTES - 300, 'text '),
    );
    log.append(
      texts.map((text, at) => ({ kind: 'text', id: `${session}-${at}`, at, messageId: 'm', text })),
    );
    made += texts.length;
  }
  journal.close();
}

function checkPages(file: string): number {
  const database = new DatabaseSync(file);
  const start = performance.now();
  database.prepare('PRAGMA quick_check(1)').get();
  const ms = performance.now() - start;
  database.close();
  return ms;
}

async function startMs(home: string): Promise<number> {
  const start = performance.now();
  const host = spawnGroup(process.execPath, [PROGRAM, 'host', '--json'], {
    env: { ...process.env, TWINHELM_HOME: home },
  });
  await host.line((line) => (line.includes('"ready":true') ? line : undefined));
  const ms = performance.now() - start;
  await host.end('SIGTERM');
  return ms;
}

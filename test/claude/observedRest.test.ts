// An observed session at rest: few looks, and yet nothing is missed, late or untrue.
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { ClaudeObserved } from '../../src/claude/files/claudeObserved.ts';
import { type FileAccess, systemFiles } from '../../src/claude/files/fileAccess.ts';
import { FolderWatches, type OpenWatch } from '../../src/claude/files/folderWatches.ts';
import { Projects, projectSlug } from '../../src/claude/files/projects.ts';
import { Registry } from '../../src/claude/files/registry.ts';
import { processStart } from '../../src/node/processStart.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { createFakeClock, type FakeClock } from '../probes/fakeClock.ts';
import { Recorder } from './realRig.ts';

const ID = '11111111-1111-4111-8111-111111111111';
const CWD = '/home/dev/project';

let configDir = '';
let child: ChildProcess;
let clock: FakeClock;
let procStart: string | undefined;
let looks = 0;
let warnings: string[] = [];
let observed: ClaudeObserved;

const countingFiles: FileAccess = {
  ...systemFiles,
  facts: (path) => {
    if (path.endsWith(`${child.pid}.json`)) looks += 1;
    return systemFiles.facts(path);
  },
};
/** A file system that takes a watch and tells nothing. */
const deafWatch: OpenWatch = () => {
  const watcher = { close: () => undefined, on: () => watcher };
  return watcher as unknown as ReturnType<OpenWatch>; // only these two are asked of it
};
const noWatch: OpenWatch = () => {
  throw Object.assign(new Error('none left'), { code: 'ENOSPC' });
};

beforeEach(async () => {
  configDir = await mkdtemp(join(tmpdir(), 'rest-'));
  await mkdir(join(configDir, 'sessions'));
  await mkdir(join(configDir, 'projects', projectSlug(CWD)), { recursive: true });
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  procStart = await processStart(child.pid ?? 0);
  clock = createFakeClock();
  looks = 0;
  warnings = [];
});
afterEach(async () => {
  child.kill('SIGKILL');
  await observed.close();
  await rm(configDir, { recursive: true, force: true });
});

async function register(more: object = {}): Promise<void> {
  const record = { pid: child.pid, sessionId: ID, cwd: CWD, procStart, status: 'idle', ...more };
  await writeFile(join(configDir, 'sessions', `${child.pid}.json`), JSON.stringify(record));
}

async function say(uuid: string): Promise<void> {
  const message = { role: 'user', content: uuid };
  const path = join(configDir, 'projects', projectSlug(CWD), `${ID}.jsonl`);
  await appendFile(path, `${JSON.stringify({ type: 'user', uuid, sessionId: ID, message })}\n`);
}

async function open(watch?: OpenWatch): Promise<Recorder> {
  const log = {
    ...silentLogger,
    warn: (message: string, fields?: object) =>
      void warnings.push(`${message} ${JSON.stringify(fields)}`),
  };
  observed = new ClaudeObserved({
    session: {
      key: 'k',
      agentSessionId: ID,
      pid: child.pid ?? 0,
      cwd: CWD,
      status: 'idle',
      ...(procStart && { processStart: procStart }),
    },
    registry: new Registry({ configDir, files: countingFiles }),
    projects: new Projects(configDir),
    watches: new FolderWatches({ clock, log, ...(watch && { open: watch }) }),
    running: {
      running: () => [],
      onDidChange: () => ({ dispose: () => undefined }),
      look: () => Promise.resolve(),
    },
    clock,
    log,
  });
  const seen = new Recorder();
  observed.onDidEmit((event) => seen.take(event));
  await observed.open();
  return seen;
}

/** Lets time pass; a look that falls due is done before it goes on. */
async function pass(ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 100) {
    clock.advance(100);
    // Nobody else may know; what is told meanwhile is looked at after it.
    while (Reflect.get(observed, 'looking') !== undefined) await turnOfLoop();
  }
}

async function rest(): Promise<Recorder> {
  await register();
  await say('u0');
  const seen = await open();
  await waitUntil('it rests', async () => {
    await pass(11_000);
    looks = 0;
    await pass(3000);
    return looks <= 1;
  });
  return seen;
}

describe('a session at rest', () => {
  it('is looked at twelve times a minute, not six hundred', async () => {
    const seen = await rest();
    const { length } = seen.events;
    looks = 0;
    await pass(60_000);
    expect(looks).toBeGreaterThanOrEqual(10);
    expect(looks).toBeLessThanOrEqual(13);
    expect(seen.events).toHaveLength(length);
  });

  it('shows what is written, and a new state, without any time passing', async () => {
    const seen = await rest();
    await say('u1');
    await waitUntil('it is shown', () => seen.entries.some(({ id }) => id === 'u1'));
    await register({ status: 'waiting', waitingFor: 'permission prompt' });
    await seen.until('waiting', (events) =>
      events.find((event) => event.kind === 'status' && event.status === 'waiting'),
    );
    expect(warnings).toEqual([]);
  });

  it('ends within a second when its process is killed, also while it goes to rest', async () => {
    const seen = await rest();
    child.kill('SIGKILL');
    await waitUntil('it has ended', async () => {
      await pass(1000);
      return seen.events.some((event) => event.kind === 'exit');
    });
    expect(seen.events.findLast((event) => event.kind === 'status')).toMatchObject({
      status: 'ended',
    });
  });

  it('wakes, works without rest, and rests again', async () => {
    const seen = await rest();
    await register({ status: 'busy' });
    await seen.until('working', (events) =>
      events.find((event) => event.kind === 'status' && event.status === 'working'),
    );
    await pass(20_000);
    looks = 0;
    await pass(3000);
    expect(looks).toBeGreaterThan(20);
    await register({ status: 'idle' });
    await pass(15_000);
    looks = 0;
    await pass(10_000);
    expect(looks).toBeLessThanOrEqual(3);
  });
});

describe('without a watch that can be relied on', () => {
  it('there is no rest, and the log says why, once', async () => {
    await register();
    await say('u0');
    const seen = await open(noWatch);
    await pass(15_000);
    looks = 0;
    await pass(3000);
    expect(looks).toBeGreaterThan(20);
    await say('u1');
    await pass(200);
    expect(seen.entries.map(({ id }) => id)).toEqual(['u0', 'u1']);
    expect(warnings).toEqual([expect.stringContaining('ENOSPC')]);
  });

  it('a deaf one costs five seconds once', async () => {
    await register();
    await say('u0');
    const seen = await open(deafWatch);
    await pass(15_000);
    await say('u1');
    await pass(6000);
    expect(seen.entries.map(({ id }) => id)).toEqual(['u0', 'u1']);
    await pass(15_000);
    await say('u2');
    await pass(300);
    expect(seen.entries.map(({ id }) => id)).toEqual(['u0', 'u1', 'u2']);
    expect(warnings).toEqual([expect.stringContaining('tells nothing')]);
  });
});

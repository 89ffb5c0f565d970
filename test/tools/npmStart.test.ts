// What `npm start` and `npm test` do before anything runs, and what they leave behind when they are stopped there.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { takeStartLock } from '../../scripts/start/startLock.ts';
import { processStart } from '../../src/node/processStart.ts';
import { temporaryFolder } from '../host/folders.ts';
import { REPO_ROOT, removeInterrupted, runToEnd } from '../../tools/install/cache.ts';
import { exitOf, type ProcessGroup, spawnGroup } from '../../tools/run/processes.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { isAlive } from '../../tools/run/processTable.ts';

const groups: ProcessGroup[] = [];
afterEach(() => Promise.all(groups.splice(0).map((group) => group.end())));

function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv): ProcessGroup {
  const group = spawnGroup(program, args, { env: { ...process.env, ...env } });
  groups.push(group);
  return group;
}

const WAIT = ['-e', 'setInterval(() => {}, 1000)'];

describe('one start per folder', () => {
  test('a second start is refused while the first runs, and possible afterwards', async () => {
    const file = join(temporaryFolder(), 'start.lock');
    const giveBack = await takeStartLock(file);
    await expect(takeStartLock(file)).rejects.toThrow(`process ${process.pid}`);
    giveBack();
    (await takeStartLock(file))();
    expect(existsSync(file)).toBe(false);
  });

  test('a pid that belongs to another program by now, or a garbled file, stops nobody', async () => {
    const file = join(temporaryFolder(), 'start.lock');
    for (const text of [JSON.stringify({ pid: process.pid, start: '1' }), '4711', '{']) {
      writeFileSync(file, text);
      // oxlint-disable-next-line no-await-in-loop -- one file after the other
      (await takeStartLock(file))();
    }
    expect(existsSync(file)).toBe(false);
  });

  test('a second start leaves what the first one runs alone', async () => {
    const folder = temporaryFolder();
    const owner = { pid: process.pid, start: await processStart(process.pid) };
    writeFileSync(join(folder, 'start.lock'), JSON.stringify(owner));
    // As the first start marks its host, and as an older one did.
    const marks = { TWINHELM_STARTED_IN: folder, TWINHELM_HOME: join(folder, 'home') };
    const host = start(process.execPath, WAIT, marks);
    const second = start(process.execPath, [join(REPO_ROOT, 'scripts/startAll.ts'), '--demo'], {
      TWINHELM_START_FOLDER: folder,
    });
    expect(await exitOf(second)).toBe(1);
    expect(second.output()).toContain('It was left alone.');
    expect(isAlive(host.pid)).toBe(true);
    expect(existsSync(join(folder, 'start.lock'))).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('stopped while it installs', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends npm with all it runs',
    async (signal) => {
      const clone = temporaryFolder();
      mkdirSync(join(clone, 'scripts'));
      cpSync(join(REPO_ROOT, 'scripts/bootstrap.mjs'), join(clone, 'scripts/bootstrap.mjs'));
      cpSync(join(REPO_ROOT, 'scripts/start.mjs'), join(clone, 'scripts/start.mjs'));
      writeFileSync(join(clone, 'package-lock.json'), '{"packages":{}}');
      const bin = join(clone, 'bin');
      mkdirSync(bin);
      const npm = '#!/bin/sh\nsleep 600 &\necho $! > "$PIDS"; echo $$ >> "$PIDS"\nwait\n';
      writeFileSync(join(bin, 'npm'), npm, { mode: 0o755 });
      const pids = join(clone, 'pids');
      const run = start(process.execPath, [join(clone, 'scripts/start.mjs')], {
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        PIDS: pids,
      });
      const isInstalling = (): boolean =>
        existsSync(pids) && readFileSync(pids, 'utf8').split('\n').length === 3;
      await waitUntil('npm runs', isInstalling);
      run.child.kill(signal);
      expect(await exitOf(run)).toBe(1);
      expect(run.output()).toContain('Stopped before everything was installed.');
      const all = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
      await waitUntil('npm and its child have ended', () => !all.some((pid) => isAlive(pid)));
    },
  );

  test('a program that is run to its end ends with who runs it', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'pid');
    const script = `import('${REPO_ROOT}/tools/install/cache.ts').then(({ runToEnd }) => {
      void runToEnd('sh', ['-c', 'echo $$ > ${file}; sleep 600 & wait'], { cwd: '/' });
      const { existsSync, readFileSync } = process.getBuiltinModule('node:fs');
      setInterval(() => existsSync('${file}') && readFileSync('${file}', 'utf8') && process.exit(0), 20);
    });`;
    const outer = start(process.execPath, ['-e', script], {});
    expect(await exitOf(outer)).toBe(0);
    const group = -Number(readFileSync(file, 'utf8'));
    await waitUntil('the whole group has ended', () => !isAlive(group));
  });

  test('what an interrupted installation left in the cache is removed, what another builds is not', async () => {
    const before = process.env['TWINHELM_CACHE'];
    const folder = temporaryFolder();
    process.env['TWINHELM_CACHE'] = folder;
    try {
      const ended = await runToEnd('sh', ['-c', 'echo $$'], { cwd: folder });
      const names = [
        `tool-1.${ended.trim()}.tmp`,
        `tool-1.${process.pid}.tmp`,
        'tool-1',
        'tool-10',
      ];
      for (const name of names) mkdirSync(join(folder, name));
      await removeInterrupted('tool-1');
      expect(readdirSync(folder).toSorted()).toEqual(names.slice(1).toSorted());
    } finally {
      if (before === undefined) delete process.env['TWINHELM_CACHE'];
      else process.env['TWINHELM_CACHE'] = before;
    }
  });
});

// Finding and starting the host: races, stale and hostile files, versions, its end.
import { errorMessage } from '../../src/client/translate.ts';
import { PSEUDO } from '../probes/pseudoLanguage.ts';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { isAppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { PRODUCT_VERSION } from '../../src/base/product.ts';
import { processStart } from '../../src/node/processStart.ts';
import { ensureHost } from '../../src/host/find/ensureHost.ts';
import { readHostFile, writeHostFile } from '../../src/host/find/hostFile.ts';
import { takeLock } from '../../src/host/journal/lock.ts';
import { hostPaths } from '../../src/host/find/paths.ts';
import { isNewer } from '../../src/base/versions.ts';
import { createHostFinder } from '../../src/host/find/lookForHost.ts';
import { forgetWish, wantedVersion, wantVersion } from '../../src/host/find/restartWish.ts';
import { assertNoneLeft, endProcessesWith } from '../../tools/run/processes.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { processesWith } from '../../tools/run/processTable.ts';
import { temporaryFolder } from './folders.ts';
import { HOST_PROGRAM } from './hostRig.ts';

const MARKER = 'TWINHELM_TEST_ENSURE';
const homes: string[] = [];

afterEach(async () => {
  for (const home of homes.splice(0)) await endProcessesWith(MARKER, home);
});

function newHome(): string {
  const home = join(temporaryFolder(), 'twinhelm');
  homes.push(home);
  return home;
}

function ensure(home: string, options: { env?: Record<string, string>; script?: string } = {}) {
  return ensureHost({
    home,
    hostScript: options.script ?? HOST_PROGRAM,
    execPath: process.execPath,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      [MARKER]: home,
      TWINHELM_CLAUDE: '/nowhere',
      ...options.env,
    },
    cwdHome: temporaryFolder(),
    clock: systemClock,
    log: silentLogger,
  });
}

/** Session hosts of this home that run now, without their relays. */
function hosts(home: string): number {
  const found = processesWith(MARKER, home);
  return found.filter(({ command }) => !command.includes('relay')).length;
}

describe('ensureHost', () => {
  it('starts a detached host once, and finds it the next time', async () => {
    const home = newHome();
    const file = await ensure(home);
    expect(await ensure(home)).toEqual(file);
    expect(hosts(home)).toBe(1);
    const stat = readFileSync(`/proc/${file.pid}/stat`, 'utf8').split(') ')[1]?.split(' ');
    // Session id equals the pid: it leads a session of its own, so no window takes it along.
    expect(Number(stat?.[3])).toBe(file.pid);
  });

  it('strips editor variables from the host', async () => {
    const home = newHome();
    const { pid } = await ensure(home, {
      env: { VSCODE_IPC_HOOK_CLI: 'x', BROWSER: 'x', NODE_OPTIONS: '--no-warnings' },
    });
    const env = readFileSync(`/proc/${pid}/environ`, 'utf8');
    expect(env).not.toMatch(/VSCODE_|BROWSER=|NODE_OPTIONS/);
    expect(env).toContain(`TWINHELM_HOME=${home}`);
  });

  it('two racing starts, and six, end in one host', async () => {
    for (const count of [2, 6]) {
      const home = newHome();
      const files = await Promise.all(Array.from({ length: count }, () => ensure(home)));
      expect(new Set(files.map(({ pid }) => pid)).size).toBe(1);
      // One that found the place taken may be on its way out.
      await waitUntil('one host is left', () => hosts(home) === 1);
    }
  });

  it('a host that is on its way out is waited for, and another one is started', async () => {
    const home = newHome();
    const paths = hostPaths(home);
    mkdirSync(home, { recursive: true, mode: 0o700 });
    // Its file is gone, its lock is not: agents may take a while to end.
    const old = takeLock(paths.lock, home);
    const started = ensure(home);
    const output = join(home, 'host.out');
    await waitUntil(
      'a start found the place taken',
      () => existsSync(output) && readFileSync(output, 'utf8').includes('host-running'),
    );
    old.dispose();
    expect((await started).pid).toBeGreaterThan(0);
    expect(hosts(home)).toBe(1);
  });

  it('a stale host.json does not keep a host from starting', async () => {
    const home = newHome();
    const first = await ensure(home);
    process.kill(first.pid, 'SIGKILL');
    const isGone = async (): Promise<boolean> => (await processStart(first.pid)) === undefined;
    await waitUntil('the first host is gone', isGone);
    const second = await ensure(home);
    expect(second.pid).not.toBe(first.pid);
    expect(second.link).not.toBe(first.link);
  });

  it('a hostile host.json is ignored and replaced', async () => {
    const home = newHome();
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const { hostFile } = hostPaths(home);
    writeFileSync(hostFile, '{"pid":1,"link":"http://evil.example/join#1"}', { mode: 0o600 });
    const file = await ensure(home);
    expect(await readHostFile(hostFile)).toEqual({ kind: 'running', file });
  });

  it('a running host of another version is used, an older one is asked to make room; of another protocol it is not used', async () => {
    const home = newHome();
    const file = await ensure(home);
    const { hostFile } = hostPaths(home);
    writeHostFile(hostFile, { ...file, version: '0.0.1' });
    expect((await ensure(home)).pid).toBe(file.pid);
    expect(wantedVersion(home)).toBe(PRODUCT_VERSION);
    forgetWish(home);
    writeHostFile(hostFile, { ...file, version: '99.0.0' });
    expect((await ensure(home)).pid).toBe(file.pid);
    expect(wantedVersion(home)).toBeUndefined();
    writeHostFile(hostFile, { ...file, protocol: 99 });
    const refused = await ensure(home).catch((error: unknown) => error);
    expect(isAppError(refused, 'host-running')).toBe(true);
    expect((await processStart(file.pid)) !== undefined).toBe(true);
  });

  it('[G9] a place that was left for this version is found so, another one is just empty', async () => {
    const home = newHome();
    mkdirSync(home, { recursive: true });
    const options = { hostScript: HOST_PROGRAM, execPath: process.execPath, env: {} };
    const finder = createHostFinder({ home, userHome: home, clock: systemClock, ...options });
    expect(await finder.find(false)).toEqual({ kind: 'none' });
    wantVersion(home, '0.0.1');
    expect(await finder.find(false)).toEqual({ kind: 'none' });
    wantVersion(home, PRODUCT_VERSION);
    expect(await finder.find(false)).toEqual({ kind: 'replaced' });
    // An older one that is open as well does not take the wish back, garbage is none.
    wantVersion(home, '0.0.2');
    expect(wantedVersion(home)).toBe(PRODUCT_VERSION);
    writeFileSync(join(home, 'restart-wanted'), '9.9.9 \u001b[2J');
    expect(wantedVersion(home)).toBeUndefined();
    wantVersion(home, '0.0.3');
    expect(wantedVersion(home)).toBe('0.0.3');
  });

  it('versions are compared by their numbers', () => {
    const newer = [
      ['0.10.0', '0.9.9'],
      ['1.0.0', '0.9.9'],
      ['0.1.1', '0.1.0'],
    ] as const;
    for (const [version, than] of newer) {
      expect([isNewer(version, than), isNewer(than, version)]).toEqual([true, false]);
    }
    expect(isNewer('0.1.0', '0.1.0')).toBe(false);
    expect(isNewer('0.1.0-rc.1', '0.1.0')).toBe(false);
    expect(isNewer('garbled', '0.1.0')).toBe(false);
  });

  it('a host that cannot start says why', async () => {
    const home = newHome();
    mkdirSync(home, { recursive: true });
    writeFileSync(hostPaths(home).lock, 'no database '.repeat(1000));
    const error = await ensure(home).catch((thrown: unknown) => thrown);
    if (!isAppError(error, 'host-unreachable')) throw error;
    expect(error.message).toMatch(/lock file .* cannot/);
    // [E1] What it says is not English within a sentence of another language.
    expect(errorMessage(error, PSEUDO)).toMatch(/^⟦[^⟧]*⟦ It said: ⟦The lock file [^⟧]* cannot/);
    const script = join(temporaryFolder(), 'broken.mjs');
    writeFileSync(script, 'throw new Error("broken");');
    const other = await ensure(newHome(), { script }).catch((thrown: unknown) => thrown);
    expect(isAppError(other, 'host-unreachable')).toBe(true);
  });

  it('SIGTERM ends host and relay, and takes host.json away', async () => {
    const home = newHome();
    const { pid } = await ensure(home);
    process.kill(pid, 'SIGTERM');
    await assertNoneLeft(MARKER, home);
    expect(await readHostFile(hostPaths(home).hostFile)).toEqual({ kind: 'none' });
  });

  it('kill -9 of the host ends its relay too', async () => {
    const home = newHome();
    const { pid } = await ensure(home);
    process.kill(pid, 'SIGKILL');
    await assertNoneLeft(MARKER, home);
  });

  it('an idle host ends by itself', async () => {
    const home = newHome();
    const { pid } = await ensure(home);
    process.kill(pid, 'SIGUSR2');
    await assertNoneLeft(MARKER, home);
    expect(readFileSync(hostPaths(home).log, 'utf8')).toContain('reason=idle');
  });
});

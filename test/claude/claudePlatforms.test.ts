// Claude Code on Windows and macOS: where it is looked for, how it is started and ended, whose rules count.
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { LineChild, type SpawnProgram } from '../../src/claude/cli/lineChild.ts';
import { locateClaude } from '../../src/claude/cli/locateClaude.ts';
import { probeClaude } from '../../src/claude/cli/probeClaude.ts';
import { managedFolders } from '../../src/claude/files/readRules.ts';
import { Registry } from '../../src/claude/files/registry.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twinhelm claude platforms '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program in a folder with spaces in its name. */
function program(name: string, script: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, mode);
  return path;
}

describe('where the program is looked for', () => {
  it('on Windows: PATH with semicolons, then the profile and npm, as .exe and as .cmd', async () => {
    const env = {
      Path: String.raw`C:\Tools;relative;D:\bin`,
      USERPROFILE: String.raw`C:\Users\Ada`,
      APPDATA: String.raw`C:\Users\Ada\AppData\Roaming`,
    };
    const folders = [
      String.raw`C:\Tools`,
      String.raw`D:\bin`,
      String.raw`C:\Users\Ada\.local\bin`,
      String.raw`C:\Users\Ada\.claude\local`,
      String.raw`C:\Users\Ada\AppData\Roaming\npm`,
    ];
    expect(await locateClaude({ env, platform: 'win32' })).toEqual({
      found: false,
      tried: folders.flatMap((path) => [`${path}\\claude.exe`, `${path}\\claude.cmd`]),
    });
  });

  it('on Windows ~ is the profile', async () => {
    const env = { USERPROFILE: String.raw`C:\Users\Ada` };
    const path = String.raw`~\bin\claude.exe`;
    expect(await locateClaude({ env, path, platform: 'win32' })).toEqual({
      found: false,
      tried: [String.raw`C:\Users\Ada\bin\claude.exe`],
    });
  });

  it('on macOS: PATH with colons, then the home and the places of Homebrew', async () => {
    const located = await locateClaude({
      env: { PATH: `${folder}/bin:relative`, HOME: folder },
      platform: 'darwin',
    });
    const tried = located.found ? [] : located.tried;
    expect(tried.slice(0, 2)).toEqual([`${folder}/bin/claude`, `${folder}/.local/bin/claude`]);
    expect(tried.slice(-2)).toEqual(['/opt/homebrew/bin/claude', '/usr/local/bin/claude']);
    expect(tried.filter((path) => !path.startsWith('/'))).toEqual([]);
  });

  it('a file that may not be run is none, but on Windows, where no mode says so', async () => {
    const path = program('claude.exe', '', 0o644);
    expect(await locateClaude({ env: {}, path, platform: 'win32' })).toEqual({ found: true, path });
    expect(await locateClaude({ env: {}, path, platform: 'darwin' })).toMatchObject({
      found: false,
    });
  });
});

describe('a script as npm makes it on Windows', () => {
  it('is asked for its version through a shell, whatever its path', async () => {
    const path = program('claude.cmd', 'echo "2.1.332 (Claude Code)"');
    const env = { PATH: process.env['PATH'], ANTHROPIC_API_KEY: 'k' };
    const probe = await probeClaude({ path, env, platform: 'win32' });
    expect(probe).toMatchObject({ path, version: '2.1.332' });
    expect(probe.problem).toBeUndefined();
  });

  it('is run through a shell by its quoted path, and gets its arguments', async () => {
    const path = program('claude.CMD', 'echo "$1 $2"');
    const { child, started } = lineChild(path, 'win32');
    const lines: string[] = [];
    child.onDidLine((line) => lines.push(JSON.stringify(line)));
    await child.exited;
    expect(lines.join()).toContain('-p --verbose');
    expect(started).toMatchObject([{ program: `"${path}"`, options: { shell: true } }]);
  });

  it('is a program like any other elsewhere', async () => {
    const path = program('claude.cmd', '');
    const { child, started } = lineChild(path, 'darwin');
    await child.exited;
    expect(started).toMatchObject([{ program: path, options: { shell: false } }]);
  });
});

interface Started {
  readonly program: string;
  readonly args: readonly string[];
  readonly options: SpawnOptions;
}

/** A child, and every program that was started for it; `taskkill` is played by `kill`. */
function lineChild(
  path: string,
  platform: NodeJS.Platform,
  kill: (pid: number) => ChildProcess = () => spawn('true'),
) {
  const started: Started[] = [];
  const record: SpawnProgram = (name, args, options) => {
    started.push({ program: name, args, options });
    return name === 'taskkill' ? kill(Number(args[1])) : spawn(name, [...args], options);
  };
  const child = new LineChild({
    path,
    args: ['-p', '--verbose'],
    cwd: folder,
    env: { PATH: `${process.env['PATH']}` },
    clock: systemClock,
    platform,
    spawn: record,
  });
  return { child, started };
}

describe('the end of a child with all that it has started', () => {
  it('is asked of taskkill on Windows, where there are no groups', async () => {
    const path = program('claude.exe', 'read line');
    const { child, started } = lineChild(path, 'win32', (pid) => spawn('kill', ['-9', `${pid}`]));
    child.kill();
    expect(await child.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(started).toMatchObject([
      { program: path, options: { detached: false, shell: false } },
      { program: 'taskkill', args: ['/pid', `${child.pid}`, '/T', '/F'] },
    ]);
  });

  it('falls back on the child alone where taskkill cannot be started', async () => {
    const path = program('claude.exe', 'read line');
    const { child } = lineChild(path, 'win32', () => spawn(join(folder, 'missing')));
    child.kill();
    expect(await child.exited).toMatchObject({ signal: 'SIGTERM' });
  });

  it('goes to the processes below it elsewhere', async () => {
    const path = program('claude', 'sleep 60 & echo started; wait');
    const { child, started } = lineChild(path, 'darwin');
    await new Promise<void>((resolve) => child.onDidLine(() => resolve()));
    child.kill();
    // Its output ends at once: what it had started has ended too.
    expect(await child.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(started).toMatchObject([{ program: path, options: { detached: true } }]);
  });
});

it('an administrator’s settings lie where each system keeps them', () => {
  expect(managedFolders('darwin')).toEqual(['/Library/Application Support/ClaudeCode']);
  expect(managedFolders('win32')).toEqual([
    String.raw`C:\Program Files\ClaudeCode`,
    String.raw`C:\ProgramData\ClaudeCode`,
  ]);
  expect(managedFolders('linux')).toEqual(['/etc/claude-code']);
});

describe('running sessions where the start of a process cannot be compared', () => {
  const running = async (platform: NodeJS.Platform, record: object) => {
    mkdirSync(join(folder, 'sessions'), { recursive: true });
    const base = { pid: process.pid, sessionId: 's', cwd: '/' };
    writeFileSync(
      join(folder, 'sessions', `${process.pid}.json`),
      JSON.stringify({ ...base, ...record }),
    );
    const asked: number[] = [];
    const registry = new Registry({
      configDir: folder,
      platform,
      processStart: async (pid) => {
        asked.push(pid);
        return '7';
      },
    });
    return { count: (await registry.running()).length, asked, registry };
  };

  it.each(['win32', 'darwin'] as const)(
    'on %s: a process that runs is enough, and no program is started to ask',
    async (platform) => {
      const { count, asked, registry } = await running(platform, { procStart: 'Thu Nov 26 2026' });
      expect([count, asked]).toEqual([1, []]);
      const [record] = await registry.running();
      expect(record && (await registry.startOf(record))).toBe('running');
      expect(asked).toEqual([]);
      expect((await running(platform, { pidDomain: 'linux:abc:pid:[1]' })).count).toBe(1);
    },
  );

  it('on Linux the start is compared', async () => {
    expect((await running('linux', { procStart: '8' })).count).toBe(0);
    expect((await running('linux', { procStart: '7' })).count).toBe(1);
  });

  it('a process that has ended is gone everywhere', async () => {
    const { registry } = await running('win32', {});
    const gone = { pid: 2 ** 30, sessionId: 's', cwd: '/' };
    expect(await registry.isAlive(gone)).toBe(false);
  });
});

// The journal: its lock and its file.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { isAppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Journal } from '../../src/host/journal/journal.ts';
import { hostPaths, isNetworkFolder } from '../../src/host/find/paths.ts';
import { spawnGroup } from '../../tools/run/processes.ts';
import { bundleProgram } from '../../tools/run/programBundle.ts';
import { temporaryFolder } from './folders.ts';

const RACER = await bundleProgram(new URL('./lockRacer.ts', import.meta.url));

function open(home: string): Journal {
  return Journal.open({ paths: hostPaths(home), clock: systemClock, log: silentLogger });
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('lock', () => {
  it('exactly one of 8 processes that race gets the journal, and a killed one leaves no lock', async () => {
    const home = temporaryFolder();
    for (let round = 1; round <= 2; round += 1) {
      const racers = Array.from({ length: 8 }, () => spawnGroup(process.execPath, [RACER, home]));
      const said = await Promise.all(racers.map((racer) => racer.line((line) => line)));
      expect(said.filter((line) => line.startsWith('won'))).toEqual([`won ${round}`]);
      expect(said.filter((line) => line === 'host-running')).toHaveLength(7);
      await Promise.all(racers.map((racer) => racer.end('SIGKILL')));
    }
    open(home).close();
  });

  it('a second open in the same home is refused with host-running and harms nothing', () => {
    const home = temporaryFolder();
    const journal = open(home);
    expect(
      isAppError(
        thrownBy(() => open(home)),
        'host-running',
      ),
    ).toBe(true);
    journal.addRoom({ room: 'r'.repeat(26), kind: 'machine', privateKey: 'k' }, 's');
    expect(journal.rooms()).toHaveLength(1);
    journal.close();
  });

  it('a lock file with foreign content is refused and left as it is', () => {
    const home = temporaryFolder();
    writeFileSync(hostPaths(home).lock, 'foreign'.repeat(500));
    expect(
      isAppError(
        thrownBy(() => open(home)),
        'journal-locked',
      ),
    ).toBe(true);
    expect(existsSync(hostPaths(home).journal)).toBe(false);
    expect(readFileSync(hostPaths(home).lock, 'utf8')).toContain('foreign');
  });

  it('network file systems are recognised by their type', () => {
    const isOnNetwork = (type: number, platform: NodeJS.Platform): boolean =>
      isNetworkFolder('/x', { typeOf: () => type, platform });
    expect(isOnNetwork(0x6969, 'linux')).toBe(true);
    expect(isOnNetwork(-0xacb2be, 'linux')).toBe(true);
    expect(isOnNetwork(0xef53, 'linux')).toBe(false);
    expect(isOnNetwork(0x6969, 'darwin')).toBe(false);
  });
});

describe('journal file', () => {
  it('the term rises with every open', () => {
    const home = temporaryFolder();
    const terms = [1, 2, 3].map(() => {
      const journal = open(home);
      journal.close();
      return journal.term;
    });
    expect(terms).toEqual([1, 2, 3]);
  });

  it.each([
    ['is lost', "DELETE FROM meta WHERE key = 'term'"],
    ['and its copy are lost', "DELETE FROM meta WHERE key LIKE 'term%'"],
    ['is no number', "UPDATE meta SET value = '4x' WHERE key = 'term'"],
    ['is no text', "UPDATE meta SET value = x'41' WHERE key = 'term'"],
    ['has lost a digit', "UPDATE meta SET value = '2' WHERE key = 'term'"],
    ['and its copy are no numbers', "UPDATE meta SET value = '?' WHERE key LIKE 'term%'"],
    ['is more than there is room for', "UPDATE meta SET value = '99999999999' WHERE key = 'term'"],
  ])('a term that %s never becomes one that was used before', (_what, sql) => {
    const home = temporaryFolder();
    const used = Array.from({ length: 12 }, () => {
      const journal = open(home);
      journal.close();
      return journal.term;
    });
    const database = new DatabaseSync(hostPaths(home).journal);
    database.exec(sql);
    database.close();
    const terms = [1, 2].map(() => {
      const journal = open(home);
      const again = journal.raiseTerm();
      journal.close();
      return [journal.term, again];
    });
    const [first = 0, ...others] = terms.flat();
    expect(first).toBeGreaterThan(Math.max(...used));
    expect(first).toBeLessThan(2 ** 32);
    expect(others).toEqual([first + 1, first + 2, first + 3]);
  });

  it.skipIf(process.platform === 'win32')('home is 0700 and all files in it are 0600', () => {
    const home = temporaryFolder();
    const journal = open(home);
    expect(statSync(home).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(home)) {
      expect([file, statSync(join(home, file)).mode & 0o777]).toEqual([file, 0o600]);
    }
    journal.close();
  });

  it('a lock file that was deleted while a host has it gives nobody else the journal', async () => {
    const home = temporaryFolder();
    const journal = open(home);
    rmSync(hostPaths(home).lock);
    const racer = spawnGroup(process.execPath, [RACER, home]);
    expect(await racer.line((line) => line)).toBe('host-running');
    await racer.end('SIGKILL');
    journal.close();
  });

  it.skipIf(process.platform === 'win32')(
    'a disk without room is said, and nothing that stands in the journal is lost',
    async () => {
      const home = temporaryFolder();
      const before = open(home);
      before.addRoom({ room: 'r'.repeat(26), kind: 'machine', privateKey: 'k' }, 's');
      before.close();
      // No file may grow: what a full disk does.
      const script = 'ulimit -f 0 && exec "$0" "$1" "$2" tell';
      const racer = spawnGroup('sh', ['-c', script, process.execPath, RACER, home]);
      const said = await racer.line((line) => line);
      expect(said).toMatch(/^journal-locked .*(disk is full|disk I\/O error)/);
      await racer.end('SIGKILL');
      const after = open(home);
      expect(after.rooms()).toHaveLength(1);
      after.close();
    },
  );

  it('a home that cannot be made is said with its reason', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const error = thrownBy(() => open(join(file, 'home')));
    expect(isAppError(error, 'journal-locked') && error.message).toMatch(/cannot be used: ENOTDIR/);
  });

  it('a journal of a newer layout is refused unchanged', () => {
    const home = temporaryFolder();
    open(home).close();
    const raw = new DatabaseSync(hostPaths(home).journal);
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    const before = readFileSync(hostPaths(home).journal);
    expect(
      isAppError(
        thrownBy(() => open(home)),
        'host-runtime',
      ),
    ).toBe(true);
    expect(readFileSync(hostPaths(home).journal).equals(before)).toBe(true);
  });
});

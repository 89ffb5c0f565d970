// How each system is asked for the start of a process, and how its answer is read.
import { expect, test } from 'vitest';
import { type AskProgram, isSameProcess, processStart } from '../../src/node/processStart.ts';

/** A system that answers with `text`, or fails as a program does that ends with an error; what it was asked. */
function systemThat(text: string | Error) {
  const asked: (readonly unknown[])[] = [];
  const ask: AskProgram = async (...question) => {
    asked.push(question);
    if (text instanceof Error) throw text;
    return text;
  };
  return { ask, asked };
}

test('Windows is asked through PowerShell, without a profile, and answers in file time', async () => {
  const { ask, asked } = systemThat('133772772015432109\r\n');
  expect(await processStart(4321, { platform: 'win32', ask })).toBe('133772772015432109');
  const script = '(Get-Process -Id 4321).StartTime.ToFileTimeUtc()';
  expect(asked).toEqual([
    ['powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script]],
  ]);
});

test('macOS is asked through ps, in no language of the user, and answers with padding', async () => {
  const { ask, asked } = systemThat('Thu Nov 26 22:20:01 2026    \n');
  expect(await processStart(4321, { platform: 'darwin', ask })).toBe('Thu Nov 26 22:20:01 2026');
  const env = { LC_ALL: 'C', PATH: '/bin:/usr/bin' };
  expect(asked).toEqual([['ps', ['-o', 'lstart=', '-p', '4321'], env]]);
});

test.each(['win32', 'darwin'] as const)(
  'on %s no answer and an error mean no process',
  async (platform) => {
    // What PowerShell says of a process that is gone, and what ps prints then: nothing, with exit code 1.
    const gone = new Error('Command failed: You cannot call a method on a null-valued expression.');
    for (const text of ['', '\r\n', gone]) {
      const { ask } = systemThat(text);
      expect(await processStart(4321, { platform, ask })).toBeUndefined();
      expect(await isSameProcess(4321, undefined, { platform, ask })).toBe(false);
    }
  },
);

test('nothing is asked about what is no pid', async () => {
  const { ask, asked } = systemThat('133772772015432109');
  for (const pid of [0, -1, 1.5, Number.NaN]) {
    expect(await processStart(pid, { platform: 'win32', ask })).toBeUndefined();
  }
  expect(asked).toEqual([]);
});

test('a pid that another process has by now is not the same process', async () => {
  const { ask } = systemThat('133772772015432109\r\n');
  const windows = { platform: 'win32', ask } as const;
  expect(await isSameProcess(4321, '133772772015432109', windows)).toBe(true);
  expect(await isSameProcess(4321, '133772772015432108', windows)).toBe(false);
  expect(await isSameProcess(4321, '', windows)).toBe(true);
});

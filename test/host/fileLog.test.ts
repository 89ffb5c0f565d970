// The host’s log: bounded, private, one line per message.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createFileLog } from '../../src/host/fileLog.ts';
import { temporaryFolder } from './folders.ts';

describe('host log', () => {
  it('stays within twice its size, however much is written', () => {
    const file = join(temporaryFolder(), 'host.log');
    const log = createFileLog(file, systemClock, { maxBytes: 10_000 });
    for (let i = 0; i < 1000; i += 1) log.info(`line ${i}`, { padding: 'x'.repeat(100) });
    expect(statSync(file).size + statSync(`${file}.1`).size).toBeLessThan(21_000);
    expect(readFileSync(file, 'utf8')).toContain('line 999');
  });

  it('is private, one line per message, and goes on from an existing file', () => {
    const file = join(temporaryFolder(), 'host.log');
    createFileLog(file, systemClock).warn('first\nforged line', { text: 'a\r\nb' });
    createFileLog(file, systemClock).error('second');
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('survives a place that cannot be written', () => {
    const file = join(temporaryFolder(), 'missing', 'host.log');
    createFileLog(file, systemClock).info('lost');
    expect(existsSync(file)).toBe(false);
  });
});

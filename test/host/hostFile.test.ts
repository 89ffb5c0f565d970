// host.json: written privately, read with suspicion.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { processStart } from '../../src/node/processStart.ts';
import { randomBytes } from '../../src/crypto/keys.ts';
import {
  type HostFile,
  readHostFile,
  removeHostFile,
  UNKNOWN_START,
  writeHostFile,
} from '../../src/host/find/hostFile.ts';
import { formatLink } from '../../src/protocol/link.ts';
import { temporaryFolder } from './folders.ts';

const RELAY = 'ws://127.0.0.1:4242';
const room = newId();
let path = '';
let good: HostFile;

beforeEach(async () => {
  path = join(temporaryFolder(), 'host.json');
  good = {
    pid: process.pid,
    processStart: (await processStart(process.pid)) ?? '',
    version: '0.1.0',
    protocol: 1,
    startedAt: 1,
    relayUrl: RELAY,
    link: formatLink({ room, secret: randomBytes(32), relay: RELAY, role: 'owner' }),
  };
});

/** Writes anything as host.json and says why it is ignored. */
async function reasonFor(content: unknown): Promise<string> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(path, text, { mode: 0o600 });
  const found = await readHostFile(path);
  return found.kind === 'invalid' ? found.error.message : found.kind;
}

describe('host.json', () => {
  it('is private, read back whole, and removed by its own process only', async () => {
    writeHostFile(path, good);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await readHostFile(path)).toEqual({ kind: 'running', file: good });
    removeHostFile(path, process.pid + 1);
    expect(existsSync(path)).toBe(true);
    removeHostFile(path, process.pid);
    expect(await readHostFile(path)).toEqual({ kind: 'none' });
  });

  it('of a host whose start time the system did not tell is believed as long as the pid lives', async () => {
    const file = { ...good, processStart: UNKNOWN_START };
    writeHostFile(path, file);
    expect(await readHostFile(path)).toEqual({ kind: 'running', file });
    const child = spawn('true');
    await once(child, 'exit');
    writeHostFile(path, { ...file, pid: child.pid ?? 0 });
    expect(await readHostFile(path)).toEqual({ kind: 'none' });
  });

  it('replaces a longer file in one step', () => {
    writeFileSync(path, 'x'.repeat(5000));
    writeHostFile(path, good);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(good);
  });

  it('of a process that has ended is stale: as if there were none', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(await reasonFor({ ...good, pid: child.pid })).toBe('none');
  });

  it('of a pid that was used again is stale', async () => {
    expect(await reasonFor({ ...good, processStart: '1' })).toBe('none');
  });

  it('that is garbled, cut or of another shape is ignored with the reason', async () => {
    for (const content of [
      '',
      '{',
      '[]',
      'null',
      '\0\0',
      { ...good, pid: '7' },
      { ...good, link: 7 },
    ]) {
      expect(await reasonFor(content)).toMatch(/garbled.*Nothing was sent/);
    }
    expect(await reasonFor('x'.repeat(20_000))).toMatch(/too long/);
    expect(await reasonFor({ ...good, link: 'http://127.0.0.1:4242/join#1.x' })).toMatch(
      /link is garbled/,
    );
  });

  it('whose address leads elsewhere is ignored and nothing is sent there', async () => {
    const link = (relay: string, role: 'owner' | 'viewer' = 'owner'): string =>
      formatLink({ room, secret: randomBytes(32), relay, role });
    for (const relayUrl of [
      'ws://evil.example:1',
      'wss://127.0.0.1:1',
      'ws://127.0.0.1.evil.example',
      'nonsense',
    ]) {
      expect(await reasonFor({ ...good, relayUrl, link: link(relayUrl) })).toMatch(
        /not on this computer/,
      );
    }
    expect(await reasonFor({ ...good, link: link('ws://evil.example:1') })).toMatch(
      /another address/,
    );
    expect(await reasonFor({ ...good, link: link('ws://127.0.0.1:4243') })).toMatch(
      /another address/,
    );
    expect(await reasonFor({ ...good, link: link(RELAY, 'viewer') })).toMatch(/not an owner link/);
  });

  it.skipIf(process.platform === 'win32')('that others may read or write is ignored', async () => {
    writeHostFile(path, good);
    chmodSync(path, 0o644);
    expect(await readHostFile(path)).toMatchObject({ kind: 'invalid' });
  });
});

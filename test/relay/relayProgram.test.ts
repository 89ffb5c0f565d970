// `twinhelm relay` as a process: ready line, busy port, child mode, kill -9.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAppError } from '../../src/base/errors.ts';
import { parseChildOptions, parseRelayArguments } from '../../src/relay/commandOptions.ts';
import type { Relay } from '../../src/relay/server.ts';
import { isAlive } from '../../tools/run/processTable.ts';
import { bundleProgram } from '../../tools/run/programBundle.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { claimedRoom, connect, grant, newToken, putClaim } from './support.ts';

const PROGRAM = await bundleProgram(new URL('./relayProcess.ts', import.meta.url));

interface RelayProcess {
  readonly child: ChildProcess;
  readonly lines: () => readonly Record<string, unknown>[];
  readonly errors: () => string;
  readonly exited: Promise<number | string>;
}

function runProcess(args: readonly string[]): RelayProcess {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return {
    child,
    lines: () => output.split('\n').filter(Boolean).map(parseObject),
    errors: () => errors,
    exited: new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    }),
  };
}

function parseObject(line: string): Record<string, unknown> {
  // The process prints JSON objects only, in the modes used here.
  return JSON.parse(line) as Record<string, unknown>;
}

/** Waits for the ready line; the result stands for the relay in the helpers of these tests. */
async function ready(relay: RelayProcess): Promise<Relay> {
  const line = await waitUntil('it is ready', () => relay.lines()[0]);
  expect(Object.keys(line)).toEqual(['ready', 'url']);
  const url = String(line['url']);
  return { url, port: Number(new URL(url).port) } as Relay; // the helpers use nothing else of it
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function busyPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
}

describe('twinhelm relay', () => {
  it('prints one line when ready and ends by a signal, leaving nothing', async () => {
    const relay = runProcess(['--port', '0', '--json']);
    const { url } = await ready(relay);
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
    relay.child.kill('SIGTERM');
    expect(await relay.exited).toBe(0);
    expect(relay.lines()).toHaveLength(1);
  });

  it('[busy port] says so with a remedy', async () => {
    const port = await busyPort();
    const relay = runProcess(['--port', String(port), '--json']);
    expect(await relay.exited).toBe(1);
    // [E1] All of its sentences can be translated.
    const said = { happened: { args: [{}] }, remedy: { code: expect.any(String) } };
    expect(relay.lines()).toMatchObject([{ ready: false, code: 'port-busy', said }]);
    expect(relay.errors()).toContain(`Port ${port} is in use`);
    expect(relay.errors()).toContain('--port 0');
  });

  it('[Y23] with --open admits any client and warns', async () => {
    const relay = runProcess(['--port', '0', '--json', '--open']);
    const address = await ready(relay);
    const [one, two] = [connect(address, 'tryout'), connect(address, 'tryout')];
    one.push('x');
    await waitUntil('it arrives', () => two.items().length === 1);
    expect(relay.errors()).toContain('open relay');
  });

  it('[Y24] keeps what it was given over kill -9, claims included, and tells no secrets', async () => {
    const data = temporaryFolder();
    const first = runProcess(['--port', '0', '--json', '--data', data]);
    const address = await ready(first);
    const token = newToken();
    const room = await claimedRoom(address);
    const tokens = [room.hostEntry, await grant(token, { [room.id]: 'read' })];
    await putClaim(address, room, { rev: 2, tokens });
    const host = connect(address, room.id, room.hostToken);
    const reader = connect(address, room.id, token);
    for (let i = 0; i < 100; i += 1) host.push(`entry ${i}`);
    await waitUntil('the reader has all', () => reader.items().length === 100);
    const size = (): number =>
      readdirSync(data).reduce((sum, name) => sum + readFileSync(join(data, name)).length, 0);
    const stored = (): boolean =>
      readdirSync(data).some((name) => readFileSync(join(data, name)).includes('entry 99'));
    await waitUntil('it is on disk', stored);
    first.child.kill('SIGKILL');
    await first.exited;
    host.provider.destroy();
    reader.provider.destroy();

    const second = runProcess(['--port', '0', '--json', '--data', data]);
    const again = await ready(second);
    const late = connect(again, room.id, token);
    await waitUntil('all is there without the host', () => late.items().length === 100);
    expect(late.items()).toEqual(Array.from({ length: 100 }, (_, index) => `entry ${index}`));
    expect((await putClaim(again, room, { rev: 1 })).status).toBe(409);
    expect(size()).toBeGreaterThan(0);
    for (const secret of [token, room.hostToken, room.id]) {
      expect(first.errors() + second.errors()).not.toContain(secret);
    }
    const files = Buffer.concat(readdirSync(data).map((name) => readFileSync(join(data, name))));
    expect([files.includes(token), files.includes(room.hostToken)]).toEqual([false, false]);
  });

  it('refuses a data folder that another relay uses', async () => {
    const data = temporaryFolder();
    await ready(runProcess(['--port', '0', '--json', '--data', data]));
    const second = runProcess(['--port', '0', '--json', '--data', data]);
    expect(await second.exited).toBe(1);
    expect(second.lines()).toMatchObject([{ ready: false, code: 'journal-locked' }]);
  });
});

describe('a relay that is a child', () => {
  it('takes its options from stdin and ends with it', async () => {
    const relay = runProcess(['--child']);
    const dataDir = join(temporaryFolder(), 'data');
    relay.child.stdin?.write(
      `${JSON.stringify({ port: 0, dataDir, accessKey: 'k'.repeat(20) })}\n`,
    );
    const address = await ready(relay);
    relay.child.stdin?.write('{"allowHostOf":"https://tunnel.example"}\nnonsense\n');
    const status = async (host: string): Promise<number> => {
      const { request } = await import('node:http');
      return new Promise((resolve) => {
        const options = { port: address.port, path: '/healthz', headers: { host } };
        request(options, (answer) => resolve(answer.resume().statusCode ?? 0)).end();
      });
    };
    await waitUntil('the host is allowed', async () => (await status('tunnel.example')) === 200);
    expect(await status('other.example')).toBe(403);
    await expect(claimedRoom(address)).rejects.toThrow('403');
    relay.child.stdin?.end();
    expect(await relay.exited).toBe(0);
  });

  it('ends when the process that started it is killed', async () => {
    const script =
      `const c = require('child_process').spawn(process.execPath, [${JSON.stringify(PROGRAM)}, '--child'],` +
      ` { stdio: ['pipe', 'pipe', 'inherit'] });` +
      `c.stdin.write('{}\\n'); c.stdout.once('data', () => console.log(JSON.stringify({ pid: c.pid })));`;
    const parent = spawn(process.execPath, ['-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    let output = '';
    parent.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await waitUntil('the relay runs', () => output.includes('\n'));
    const { pid } = JSON.parse(output) as { readonly pid: number }; // printed by the script above
    parent.kill('SIGKILL');
    await waitUntil('the relay is gone', () => !isAlive(pid));
    expect(isAlive(pid)).toBe(false);
  });

  it('says what is wrong with its options', async () => {
    const relay = runProcess(['--child']);
    relay.child.stdin?.write('{"port":"x"}\n');
    expect(await relay.exited).toBe(1);
    expect(relay.lines()).toMatchObject([{ ready: false, code: 'usage' }]);
  });
});

describe('the command line', () => {
  it('has defaults that reach this computer only', () => {
    expect(parseRelayArguments([])).toMatchObject({
      mode: 'server',
      json: false,
      options: { host: '127.0.0.1', port: 8417, open: false },
    });
    expect(parseChildOptions('{}')).toMatchObject({ port: 0, host: '127.0.0.1', open: false });
    expect(parseRelayArguments(['-h'])).toEqual({ mode: 'help' });
  });

  it('refuses what it does not understand', () => {
    const file = join(temporaryFolder(), 'key');
    writeFileSync(file, 'short\n');
    for (const argv of [
      ['--port', 'x'],
      ['--port', '65536'],
      ['--port', ''],
      ['--unknown'],
      ['stray'],
      ['--public-url', 'ftp://x'],
      ['--access-key-file', file],
      ['--access-key-file', `${file}.missing`],
    ]) {
      const refused = (): unknown => {
        try {
          return parseRelayArguments(argv);
        } catch (error) {
          return isAppError(error) && ['usage', 'invalid-input'].includes(error.code);
        }
      };
      expect([argv, refused()]).toEqual([argv, true]);
    }
    writeFileSync(file, 'long-enough-to-be-a-key\n');
    expect(parseRelayArguments(['--access-key-file', file])).toMatchObject({
      options: { accessKey: 'long-enough-to-be-a-key' },
    });
  });
});

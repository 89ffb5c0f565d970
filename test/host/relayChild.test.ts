// The relay process: started, restarted, moved to a free port.
import { get } from 'node:http';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { isAppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { errorMessage } from '../../src/client/translate.ts';
import { RelayChild } from '../../src/host/serve/relayChild.ts';
import { saidParts } from '../../src/protocol/said.ts';
import { storeLocked } from '../../src/relay/errors.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { PSEUDO } from '../probes/pseudoLanguage.ts';
import { temporaryFolder } from './folders.ts';
import { HOST_PROGRAM } from './hostRig.ts';

const running: RelayChild[] = [];
afterEach(() => Promise.all(running.splice(0).map((relay) => relay.close())));

async function start(preferredPort: number, script = HOST_PROGRAM): Promise<RelayChild> {
  const relay = await RelayChild.start({
    command: [process.execPath, script, 'relay', '--child'],
    dataDir: temporaryFolder(),
    preferredPort,
    clock: systemClock,
    log: silentLogger,
  });
  running.push(relay);
  return relay;
}

async function health(url: string): Promise<boolean> {
  return fetch(`${url.replace('ws', 'http')}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

describe('relay child', () => {
  it('whose program is gone is an error at start; later it is tried again, and close does not wait for it', async () => {
    const options = { dataDir: temporaryFolder(), clock: systemClock, preferredPort: 0 };
    const missing = join(temporaryFolder(), 'no-node');
    const error = await RelayChild.start({
      ...options,
      command: [missing, HOST_PROGRAM, 'relay', '--child'],
      log: silentLogger,
    }).catch((thrown: unknown) => thrown);
    expect(isAppError(error, 'relay-unreachable') && error.message).toMatch(/ENOENT/);

    // The runtime of a running host is taken away by an update.
    const runtime = join(temporaryFolder(), 'node');
    symlinkSync(process.execPath, runtime);
    const failures: string[] = [];
    const relay = await RelayChild.start({
      ...options,
      command: [runtime, HOST_PROGRAM, 'relay', '--child'],
      log: { ...silentLogger, error: (message) => failures.push(message) },
    });
    unlinkSync(runtime);
    process.kill(relay.pid ?? 0, 'SIGKILL');
    await waitUntil('it is tried again', () => failures.length > 1);
    await relay.close();
  });

  it('runs on loopback, and ends with close', async () => {
    const relay = await start(0);
    const { url, port } = relay.address;
    expect(url).toBe(`ws://127.0.0.1:${port}`);
    expect(await health(url)).toBe(true);
    await relay.close();
    expect(await health(url)).toBe(false);
  });

  it('is started again on the same port with a new key when it dies', async () => {
    const relay = await start(0);
    const before = relay.address;
    for (let round = 0; round < 2; round += 1) {
      const { accessKey } = relay.address;
      process.kill(relay.pid ?? 0, 'SIGKILL');
      await waitUntil('another key', () => relay.address.accessKey !== accessKey);
      expect(relay.address.url).toBe(before.url);
      expect(await health(before.url)).toBe(true);
    }
  });

  it('answers under the names of its tunnels after it was started again too', async () => {
    const relay = await start(0);
    const statusUnder = (host: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const options = { port: relay.address.port, path: '/healthz', headers: { host } };
        get({ host: '127.0.0.1', ...options }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        }).on('error', reject);
      });
    relay.allowHostOf('https://tunnel.example');
    await waitUntil('it knows the name', async () => (await statusUnder('tunnel.example')) === 200);
    const { accessKey } = relay.address;
    process.kill(relay.pid ?? 0, 'SIGKILL');
    await waitUntil('another key', () => relay.address.accessKey !== accessKey);
    await waitUntil('it knows the name', async () => (await statusUnder('tunnel.example')) === 200);
    expect(await statusUnder('other.example')).not.toBe(200);
  });

  it('a busy port gives way to a free one', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const address = squatter.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const relay = await start(port);
    expect(relay.address.port).not.toBe(port);
    expect(await health(relay.address.url)).toBe(true);
    squatter.close();
  });

  it('a relay that cannot start is a clear error', async () => {
    const script = join(temporaryFolder(), 'broken.mjs');
    writeFileSync(script, 'process.exit(3);');
    const error = await start(0, script).catch((thrown: unknown) => thrown);
    if (!isAppError(error, 'relay-unreachable')) throw error;
    expect(error.message).toContain('cannot be started: it ended at once (code 3).');
    expect(errorMessage(error, PSEUDO)).toContain(': ⟦it ended at once (code 3)⟧.⟧');
  });

  it('[E1] what it says before it ends can be translated, and is said once', async () => {
    const script = join(temporaryFolder(), 'refusing.mjs');
    const { message, words } = storeLocked('/data', undefined);
    const line = { ready: false, code: 'journal-locked', message, said: saidParts(words) };
    writeFileSync(script, `console.log(${JSON.stringify(JSON.stringify(line))});`);
    const error = await start(0, script).catch((thrown: unknown) => thrown);
    if (!isAppError(error, 'relay-unreachable')) throw error;
    expect(error.parts.happened).toBe(`The relay of this computer cannot be started: ${message}`);
    expect(errorMessage(error, PSEUDO)).toMatch(
      /^⟦The relay of this computer cannot be started: ⟦The relay's store \/data is in use/,
    );
  });
});

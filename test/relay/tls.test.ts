// A relay that does TLS itself: what it serves, and which pair of files it takes when they change.
import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { connect as connectTls, type PeerCertificate } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { silentLogger } from '../../src/base/log.ts';
import { parseRelayArguments } from '../../src/relay/commandOptions.ts';
import { runRelay } from '../../src/relay/relayProgram.ts';
import { TlsFiles, type TlsPair } from '../../src/relay/tlsFiles.ts';
import { secondKeyPair, testKeyPair } from '../../tools/run/tls.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { startRelay } from './support.ts';

const asText = (pair: { readonly key: Buffer; readonly cert: Buffer }): TlsPair => ({
  key: pair.key.toString(),
  cert: pair.cert.toString(),
});
const FIRST = asText(testKeyPair());
const SECOND = asText(secondKeyPair());
/** Two looks: what cannot be used is told at the second. */
const LOOKS_MS = 4000;

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function write(folder: string, { cert, key }: TlsPair): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'cert.pem'), cert);
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 });
}

/** Follows the files of a folder on a clock of the test; `said` is the log above info. */
function follow(folder: string) {
  const clock = createFakeClock();
  const said: string[] = [];
  const say = (message: string, fields?: object): void =>
    void said.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const log = { ...silentLogger, warn: say, error: say };
  const paths = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  const files = TlsFiles.open({ ...paths, clock, log });
  onTestFinished(() => files.dispose());
  const used: TlsPair[] = [];
  files.follow((pair) => used.push(pair));
  return { files, clock, said, used };
}

function certificateAt(port: number): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('a relay with a certificate', () => {
  it('serves https and wss, and admits by token as without', async () => {
    const relay = await startRelay({ tls: FIRST });
    expect(relay.url).toBe(`wss://127.0.0.1:${relay.port}`);
    expect((await certificateAt(relay.port)).subject.CN).toContain('Twinhelm test');
    const socket = new WebSocket(`${relay.url}/x`, { rejectUnauthorized: false });
    expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(4404);
    const plain = new WebSocket(`ws://127.0.0.1:${relay.port}/x`);
    await new Promise((resolve) => plain.once('error', resolve));
    await waitUntil('nothing is left open', () => relay.counts.sockets === 0);
  });

  it('takes another one a hundred times under load: nobody who is there is cut, nobody who comes is refused', async () => {
    const relay = await startRelay({ tls: FIRST, open: true });
    const open = async (): Promise<WebSocket> => {
      const socket = new WebSocket(`${relay.url}/room`, { rejectUnauthorized: false });
      onTestFinished(() => socket.terminate());
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      return socket;
    };
    const [stays, writer] = [await open(), await open()];
    let heard = 0;
    stays.on('message', () => (heard += 1));
    stays.send(new Uint8Array([0, 0, 1, 0]));
    writer.send(new Uint8Array([0, 0, 1, 0]));
    await waitUntil('both are in', () => heard >= 2);
    heard = 0;
    const names = new Set<string>();
    for (let round = 1; round <= 100; round += 1) {
      relay.setTls(round % 2 === 1 ? SECOND : FIRST);
      // A Yjs update of no meaning; an open relay passes it on.
      writer.send(new Uint8Array([0, 2, 4, 0, 0, 0, 0]));
      if (round % 10 < 2) names.add(String((await certificateAt(relay.port)).subject.CN));
    }
    await waitUntil('every update has come', () => heard >= 100);
    expect(names.size).toBe(2);
    expect([stays.readyState, writer.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
    expect(() => relay.setTls({ cert: FIRST.cert, key: SECOND.key })).toThrow(/mismatch/i);
    expect((await certificateAt(relay.port)).subject.CN).toContain('Twinhelm test');
  });
});

describe('files that change', () => {
  it('are taken within two seconds: written in place, renamed, and by a link that is swapped', () => {
    const folder = temporaryFolder();
    // As Kubernetes has it: cert.pem → ..data/cert.pem, ..data → a folder of one version.
    write(join(folder, 'v0'), FIRST);
    symlinkSync('v0', join(folder, '..data'));
    for (const name of ['cert.pem', 'key.pem']) {
      symlinkSync(join('..data', name), join(folder, name));
    }
    const { clock, used, said } = follow(folder);
    clock.advance(10_000);
    expect(used).toEqual([]);
    for (let round = 1; round <= 100; round += 1) {
      const pair = round % 2 === 1 ? SECOND : FIRST;
      write(join(folder, `v${round}`), pair);
      symlinkSync(`v${round}`, join(folder, '..next'));
      renameSync(join(folder, '..next'), join(folder, '..data'));
      clock.advance(2000);
      expect(used.at(-1)).toEqual(pair);
    }
    expect(used).toHaveLength(100);
    write(join(folder, 'v100'), SECOND);
    clock.advance(2000);
    expect(used.at(-1)).toEqual(SECOND);
    write(join(folder, 'next'), FIRST);
    for (const name of ['cert.pem', 'key.pem']) {
      renameSync(join(folder, 'next', name), join(folder, name));
    }
    clock.advance(2000);
    expect(used.at(-1)).toEqual(FIRST);
    expect(said).toEqual([]);
  });

  it.each([
    ['half written', { ...SECOND, cert: SECOND.cert.slice(0, 300) }],
    ['empty', { cert: '', key: '' }],
    ['of two pairs', { cert: SECOND.cert, key: FIRST.key }],
    ['no certificate', { cert: 'hello', key: SECOND.key }],
    [
      'with a broken one behind the first',
      {
        ...SECOND,
        cert: `${SECOND.cert}${SECOND.cert.slice(0, 200)}\n-----END CERTIFICATE-----\n`,
      },
    ],
    [
      'with a passphrase',
      {
        cert: SECOND.cert,
        key: generateKeyPairSync('ec', { namedCurve: 'P-256' })
          .privateKey.export({
            format: 'pem',
            type: 'pkcs8',
            cipher: 'aes-256-cbc',
            passphrase: 'x',
          })
          .toString(),
      },
    ],
  ])('%s: the old pair stays, and that is told once; the whole one is taken', (_, bad) => {
    const folder = temporaryFolder();
    write(folder, FIRST);
    const { files, clock, used, said } = follow(folder);
    write(folder, bad);
    clock.advance(2000);
    // It may be in the middle of being written.
    expect(said).toEqual([]);
    clock.advance(60_000);
    expect(said).toEqual([expect.stringContaining('the old ones are kept')]);
    expect(said[0]).not.toMatch(/BEGIN|PRIVATE KEY-/);
    expect([files.pair, used]).toEqual([FIRST, []]);
    write(folder, SECOND);
    clock.advance(2000);
    expect([files.pair, used]).toEqual([SECOND, [SECOND]]);
    write(folder, bad);
    clock.advance(LOOKS_MS);
    expect(said).toHaveLength(2);
  });

  it('that are gone, or between certificate and key, are waited for in silence', () => {
    const folder = temporaryFolder();
    write(folder, FIRST);
    const { files, clock, said } = follow(folder);
    writeFileSync(join(folder, 'cert.pem'), SECOND.cert);
    clock.advance(2000);
    writeFileSync(join(folder, 'key.pem'), SECOND.key);
    clock.advance(2000);
    expect([files.pair, said]).toEqual([SECOND, []]);
    rmSync(join(folder, 'key.pem'));
    clock.advance(LOOKS_MS);
    expect(files.pair).toEqual(SECOND);
    expect(said).toEqual([expect.stringContaining('ENOENT')]);
  });

  it('an expired one is used and warned of, once a day; one that ends soon too', () => {
    const folder = temporaryFolder();
    write(folder, FIRST);
    const { clock, said } = follow(folder);
    expect(said).toEqual([]);
    clock.jumpWall(Date.parse('2046-11-12T00:00:00Z') - clock.now());
    clock.advance(3_600_000);
    expect(said).toEqual([expect.stringContaining('expires soon')]);
    clock.jumpWall(30 * 24 * 3_600_000);
    clock.advance(3_600_000);
    expect(said.slice(1)).toEqual([expect.stringContaining('has expired')]);
  });
});

describe('twinhelm relay', () => {
  /** Runs the command in this process until it is ready or has failed; what it has said by then. */
  async function run(...args: readonly string[]): Promise<{ out: string; log: string }> {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const said = { out: '', log: '' };
    stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    stderr.on('data', (chunk: Buffer) => (said.log += chunk.toString()));
    const end = new AbortController();
    const running = runRelay(['--port', '0', '--json', ...args], {
      stdin,
      stdout,
      stderr,
      signal: end.signal,
    }).catch(() => 1);
    await waitUntil('it says what became of it', () => said.out.includes('\n'));
    end.abort();
    await running;
    return said;
  }

  it('with a certificate says wss, and warns of a key that others can read', async () => {
    const folder = temporaryFolder();
    write(folder, FIRST);
    const args = ['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem')];
    const good = await run(...args, '--host', '0.0.0.0');
    expect(good.out).toContain('"url":"wss://127.0.0.1:');
    expect(good.log).not.toMatch(/TLS/);
    chmodSync(join(folder, 'key.pem'), 0o644);
    const { log } = await run(...args);
    if (process.platform !== 'win32') expect(log).toMatch(/read or change the TLS key.*mode=644/);
  });

  it('on all addresses without one says what can be read then, and what cannot', async () => {
    const { log } = await run('--host', '0.0.0.0');
    expect(log).toMatch(/warn without TLS .*access key, tokens and names of rooms.*stays sealed/);
    expect((await run()).log).not.toContain('without TLS');
  });

  it('warns of an access key that others can read', async () => {
    const file = join(temporaryFolder(), 'access-key');
    writeFileSync(file, 'k'.repeat(32), { mode: 0o644 });
    chmodSync(file, 0o644);
    const { log } = await run('--access-key-file', file);
    if (process.platform !== 'win32') expect(log).toMatch(/read or change the access key/);
    expect(log).not.toContain('kkkk');
    chmodSync(file, 0o640);
    expect((await run('--access-key-file', file)).log).toBe('');
  });

  it('refuses half of a pair, and one that is none, with the reason', async () => {
    expect(() => parseRelayArguments(['--tls-cert', 'x'])).toThrow(/go together/);
    const folder = temporaryFolder();
    write(folder, { cert: FIRST.cert, key: SECOND.key });
    const args = ['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem')];
    const { out } = await run(...args);
    expect(out).toContain('"code":"invalid-input"');
    expect(out).toContain('the key is not that of the certificate');
  });
});

// Files as the relay serves them: the form that a client takes, and nothing for one that has it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chooseCoding, CODINGS } from '../../src/relay/door/contentCoding.ts';
import { loadJoinPage } from '../../src/relay/door/joinPage.ts';
import { answerStatic, createStaticFile } from '../../src/relay/door/staticFile.ts';
import { httpUrl, startRelay } from './support.ts';

const PAGE = Buffer.from('<!doctype html><p>page</p>'.repeat(100));
const ALL = new Set(CODINGS);

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request as it is sent: fetch would take the coding off. */
function ask(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(url, { headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode: status, headers: answered } = response;
        resolve({ status, headers: answered, body: Buffer.concat(chunks) });
      });
    }).once('error', reject);
  });
}

async function serve(
  compressed = { br: brotliCompressSync(PAGE), gzip: gzipSync(PAGE) },
): Promise<string> {
  const file = createStaticFile(PAGE, { 'content-type': 'text/html' }, compressed);
  const server = createServer((request, response) => answerStatic(request, response, file));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

describe('what Accept-Encoding chooses', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['GZIP, Deflate', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1.0, br;q=0.5', 'gzip'],
    ['br;q=0.5,gzip;q=0.5', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.001', 'br'],
    ['gzip;q=0.5, identity;q=0.9', 'identity'],
    ['identity;q=0, gzip', 'gzip'],
    ['*', 'br'],
    ['*;q=0.5, gzip', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['deflate, zstd', 'identity'],
    // Nothing is acceptable: it gets the file as it stands.
    ['*;q=0', 'identity'],
    ['identity;q=0', 'identity'],
    // What is no weight refuses, it does not admit.
    ['br;q=2, gzip', 'gzip'],
    ['br;q=-1, gzip', 'gzip'],
    ['br;q=1e0, gzip', 'gzip'],
    ['br;q=, gzip', 'gzip'],
    ['br;q=0.5;q=1, gzip;q=0.1', 'gzip'],
    ['br;level=11, gzip', 'gzip'],
    ['__proto__, constructor;q=1', 'identity'],
    [`${'x,'.repeat(4000)}br`, 'identity'],
    [';;;,,,;q=1', 'identity'],
  ] as const)('%s: %s', (header, coding) => {
    expect(chooseCoding(header, ALL)).toBe(coding);
  });

  it('is only what there is', () => {
    expect(chooseCoding('br, gzip;q=0.1', new Set(['identity', 'gzip']))).toBe('gzip');
    expect(chooseCoding('br, gzip', new Set(['identity']))).toBe('identity');
  });
});

describe('a file', () => {
  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
    ['identity', (body: Buffer) => body],
  ] as const)('is served as %s with its own length and tag', async (coding, open) => {
    const url = await serve();
    const { status, headers, body } = await ask(url, { 'accept-encoding': coding });
    expect(status).toBe(200);
    expect(open(body).equals(PAGE)).toBe(true);
    expect(headers['content-encoding']).toBe(coding === 'identity' ? undefined : coding);
    expect(headers['content-length']).toBe(String(body.length));
    expect(headers['content-type']).toBe('text/html');
    expect(headers.vary).toBe('accept-encoding');
    const head = await ask(url, { 'accept-encoding': coding }, 'HEAD');
    expect(head.body).toHaveLength(0);
    expect({ ...head.headers, date: '' }).toEqual({ ...headers, date: '' });
  });

  it('is not sent again to who has this form, and is to who has another', async () => {
    const url = await serve();
    const tags = await Promise.all(
      CODINGS.map(async (coding) => (await ask(url, { 'accept-encoding': coding })).headers.etag),
    );
    expect(new Set(tags).size).toBe(3);
    const [br = '', gzip = ''] = tags;
    const again = (tag: string) => ask(url, { 'accept-encoding': 'br', 'if-none-match': tag });
    for (const tag of [br, `W/${br}`, `"x", ${br}`, '*']) {
      const answer = await again(tag);
      expect([answer.status, answer.body.length]).toEqual([304, 0]);
      expect(answer.headers).toMatchObject({ etag: br, vary: 'accept-encoding' });
    }
    for (const tag of [gzip, '"x"', br.slice(1), '']) expect((await again(tag)).status).toBe(200);
  });

  it('of another build, a broken one, a bomb and one that is larger are not served', async () => {
    for (const br of [
      brotliCompressSync(Buffer.from('another page')),
      brotliCompressSync(PAGE).subarray(0, 10),
      brotliCompressSync(Buffer.alloc(50_000_000)),
      Buffer.concat([PAGE, PAGE]),
    ]) {
      const url = await serve({ br, gzip: gzipSync(PAGE) });
      const { headers } = await ask(url, { 'accept-encoding': 'br, gzip;q=0.5' });
      expect(headers['content-encoding']).toBe('gzip');
    }
  });
});

describe('the join page', () => {
  it('is served in the forms that lie beside the bundle', () => {
    const folder = mkdtempSync(join(tmpdir(), 'relay-page-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'dist/join'), { recursive: true });
    mkdirSync(join(folder, 'media/join'), { recursive: true });
    writeFileSync(join(folder, 'media/join/index.html'), PAGE);
    const load = () => loadJoinPage(pathToFileURL(join(folder, 'dist/twinhelm.mjs')).href);
    expect([...load().forms.keys()]).toEqual(['identity']);
    writeFileSync(join(folder, 'dist/join/index.html.br'), brotliCompressSync(PAGE));
    writeFileSync(join(folder, 'dist/join/index.html.gz'), gzipSync(PAGE));
    expect([...load().forms.keys()]).toEqual(['identity', 'br', 'gzip']);
  });

  it('has no other address: not its forms, not through their names', async () => {
    const url = httpUrl(await startRelay());
    for (const path of [
      '/join.br',
      '/join.gz',
      '/join/index.html.br',
      '/join/../../package.json.br',
      '/..%2f..%2fpackage.json.br',
      '/%2e%2e/%2e%2e/etc/passwd.gz',
      '/join%00.br',
      '/./join',
    ]) {
      const { port } = new URL(url);
      // As it is: a URL would take the dots out.
      const answer = await new Promise<number | undefined>((resolve, reject) => {
        get({ host: '127.0.0.1', port, path }, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).once('error', reject);
      });
      expect([path, answer]).toEqual([path, 404]);
    }
  });
});

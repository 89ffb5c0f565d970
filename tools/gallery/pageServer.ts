// Bundles a page on the panel's app and serves it on loopback as the editor shows its panel: same HTML, same policy.
import { createServer } from 'node:http';
import { basename } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { panelHtml } from '../../src/editor/panel/panelHtml.ts';

/** Which page. */
export interface PageOptions {
  /** Path of its entry. */
  readonly entry: string;
  /** Origin that its sockets may lead to; the panel's policy forbids all. */
  readonly sockets?: string;
}

/** A served page. */
export interface PageServer {
  readonly url: string;
  /** What is in its bundle. */
  readonly metafile: Metafile;
  close(): Promise<void>;
}

/** Builds a page and serves it on a free port. */
export async function servePage({ entry, sockets }: PageOptions): Promise<PageServer> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    outdir: 'page',
    entryNames: 'page',
    chunkNames: '[name]-[hash]',
    splitting: true,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  });
  const files = new Map<string, readonly [type: string, body: string | Uint8Array]>([
    ['/', ['text/html', pageHtml(sockets)]],
    ['/favicon.ico', ['image/x-icon', '']],
  ]);
  for (const { path, contents } of outputFiles) {
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/css';
    files.set(`/${basename(path)}`, [type, contents]);
  }
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (file === undefined) return void response.writeHead(404).end();
    const [type, body] = file;
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    metafile,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The very page that the editor shows, but for the sockets; `'self'` stands for its own files. */
function pageHtml(sockets = "'none'"): string {
  const html = panelHtml({
    cspSource: "'self'",
    scriptUri: '/page.js',
    styleUri: '/page.css',
    nonce: 'Z2FsbGVyeS1ub25jZQ',
    locale: 'en',
    title: 'Panel',
    state: {},
  });
  const parts = html.split("connect-src 'none'");
  if (parts.length !== 2) throw new Error('invariant: the policy names its connections once');
  return parts.join(`connect-src ${sockets}`);
}

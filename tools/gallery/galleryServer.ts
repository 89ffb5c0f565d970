// Builds the gallery of the panel and serves it on loopback under the webview's policy.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { panelHtml } from '../../src/editor/panel/panelHtml.ts';

const ENTRY = fileURLToPath(new URL('../../webview-ui/gallery/galleryMain.tsx', import.meta.url));
const NONCE = 'Z2FsbGVyeS1ub25jZQ';
const TYPES: Readonly<Record<string, string>> = {
  '/gallery.js': 'text/javascript',
  '/gallery.css': 'text/css',
};

/** The very page that the editor shows, policy and all; `'self'` stands for its own files. */
const PAGE = panelHtml({
  cspSource: "'self'",
  scriptUri: '/gallery.js',
  styleUri: '/gallery.css',
  nonce: NONCE,
  locale: 'en',
  title: 'Panel',
  state: {},
});

/** A served gallery. */
export interface GalleryServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Builds and serves it on a free port. */
export async function serveGallery(): Promise<GalleryServer> {
  const folder = await mkdtemp(join(tmpdir(), 'gallery-'));
  await build({
    entryPoints: [ENTRY],
    outfile: join(folder, 'gallery.js'),
    bundle: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const type = TYPES[path];
    if (type === undefined && path !== '/') return void response.writeHead(404).end();
    const body = type === undefined ? Promise.resolve(PAGE) : readFile(join(folder, path));
    body.then(
      (content) => response.writeHead(200, { 'content-type': type ?? 'text/html' }).end(content),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

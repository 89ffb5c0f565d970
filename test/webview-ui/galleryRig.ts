// Builds the gallery, serves it on loopback under the webview's policy, and opens it in a browser.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { FromPanel } from '../../src/protocol/panel.ts';
// Declares the gallery's globals for the functions that run in its page.
import type {} from '../../webview-ui/gallery/main.tsx';
import { launchBrowser } from '../rigs/browser.ts';

const ENTRY = fileURLToPath(new URL('../../webview-ui/gallery/main.tsx', import.meta.url));
const NONCE = 'Z2FsbGVyeS1ub25jZQ';
const TYPES: Readonly<Record<string, string>> = {
  '/gallery.js': 'text/javascript',
  '/gallery.css': 'text/css',
};

/** The policy of the panel in VS Code; `'self'` stands for its own files. */
const POLICY = [
  "default-src 'none'",
  `script-src 'nonce-${NONCE}'`,
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'none'",
  "frame-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types dompurify',
].join('; ');

const PAGE = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Panel</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/gallery.css"></head>
<body><div id="app"></div><script type="module" nonce="${NONCE}" src="/gallery.js"></script></body></html>`;

/** A served gallery with a browser. */
export class GalleryRig {
  readonly browser: Browser;
  private readonly server: Server;
  private readonly folder: string;
  private readonly origin: string;

  private constructor(parts: { browser: Browser; server: Server; folder: string; port: number }) {
    this.browser = parts.browser;
    this.server = parts.server;
    this.folder = parts.folder;
    this.origin = `http://127.0.0.1:${parts.port}`;
  }

  /** Builds, serves, launches. */
  static async start(): Promise<GalleryRig> {
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
        (content) =>
          response
            .writeHead(200, {
              'content-type': type ?? 'text/html',
              ...(type === undefined ? { 'content-security-policy': POLICY } : {}),
            })
            .end(content),
        () => response.writeHead(500).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return new GalleryRig({ browser: await launchBrowser(), server, folder, port });
  }

  /** Opens the gallery with a query such as 'state=guest&theme=light' and waits until it shows. */
  async open(query: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1000, height: 800 },
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    await page.goto(`${this.origin}/?${query}`);
    await page.waitForSelector('.header-facts');
    await page.waitForSelector('.transcript[aria-busy=false]');
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await new Promise((resolve) => this.server.close(resolve));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Sends messages to the panel as they are, and waits until they are on the screen. */
export async function send(page: Page, ...messages: readonly unknown[]): Promise<void> {
  await page.evaluate((json) => {
    const values: unknown = JSON.parse(json);
    if (Array.isArray(values)) for (const value of values) window.gallery.sendRaw(value);
  }, JSON.stringify(messages));
  await nextFrames(page);
}

/** Two frames: what was sent before is rendered and measured. */
export async function nextFrames(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

/** What the panel posted of one type, oldest first. */
export async function posted<T extends FromPanel['type']>(
  page: Page,
  type: T,
): Promise<Extract<FromPanel, { type: T }>[]> {
  const all = await page.evaluate(() => JSON.stringify(window.gallery.posted));
  // The panel posts nothing but FromPanel; this is its own record of it.
  const messages = JSON.parse(all) as FromPanel[];
  return messages.filter(
    (message): message is Extract<FromPanel, { type: T }> => message.type === type,
  );
}

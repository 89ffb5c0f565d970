// A VS Code without any server, as vscode.dev is one: static files, the extension in a web worker on another origin.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import { QUIET_SETTINGS } from './codeServer.ts';
import { testKeyPair } from '../run/tls.ts';

/** How the page runs. */
export interface ServerlessOptions {
  /** Folder from `installCodeServer`: its static files are VS Code's. */
  readonly root: string;
  /** Folder of the unpacked extension. */
  readonly extension: string;
  /** The test bundle, relative to the extension: VS Code runs it where the extension around it runs. */
  readonly tests?: string;
  /** Serves https with the test certificate. */
  readonly tls?: boolean;
  /** Settings beside the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** 0 = any. */
  readonly port?: number;
}

/** A running page server. */
export interface Serverless {
  /** Address of the app; must be opened as localhost, because webviews live below *.localhost. */
  readonly url: string;
  /** Address that runs the tests instead. */
  readonly testUrl: string;
  close(): Promise<void>;
}

const WORKBENCH = '/out/vs/code/browser/workbench/workbench.js';
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.cjs': 'text/javascript',
  '.json': 'application/json',
  '.html': 'text/html',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.ttf': 'font/ttf',
  '.png': 'image/png',
};

/** Takes code-server's own changes out of the workbench: its remote, and user data on a server. */
function patchedWorkbench(root: string): Buffer {
  const source = readFileSync(join(root, 'lib/vscode', WORKBENCH), 'utf8');
  const remote = ',remoteAuthority:location.host}';
  const userData =
    /(get userRoamingDataHome\(\)\{return )[\w$]+\(([\w$]+)\.file\(this\.userDataPath\)\.with\(\{scheme:([\w$]+)\.vscodeRemote\}\),"User"\)\}/;
  if (source.split(remote).length !== 2 || !userData.test(source)) {
    throw new Error(
      'This code-server is built differently: adapt the two patches in serverless.ts.',
    );
  }
  return Buffer.from(
    source
      .replace(remote, '}')
      .replace(userData, '$1$2.file("/User").with({scheme:$3.vscodeUserData})}'),
  );
}

function escapeAttribute(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;');
}

interface PageParts {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly isTest: boolean;
  readonly options: ServerlessOptions;
}

function configuration({ scheme, host, isTest, options }: PageParts): unknown {
  const at = (path: string): unknown => ({ scheme, authority: host, path });
  const below = `${scheme}://{{uuid}}.${host}/vs`;
  return {
    // The app has no workspace: with this one VS Code restores no editors after a reload.
    ...(isTest && options.tests !== undefined
      ? {
          workspaceUri: { scheme: 'tmp', path: '/default.code-workspace' },
          developmentOptions: {
            extensions: [at('/extension')],
            extensionTestsPath: at(`/extension/${options.tests}`),
          },
        }
      : { additionalBuiltinExtensions: [at('/extension')] }),
    callbackRoute: '/callback',
    enableWorkspaceTrust: false,
    userDataPath: '/',
    isEnabledFileDownloads: true,
    isEnabledFileUploads: true,
    isEnabledCoderGettingStarted: false,
    configurationDefaults: { ...QUIET_SETTINGS, ...options.settings },
    productConfiguration: {
      enableTelemetry: false,
      webEndpointUrlTemplate: below,
      webviewContentExternalBaseUrlTemplate: `${below}/out/vs/workbench/contrib/webview/browser/pre/`,
    },
  };
}

function page(parts: PageParts): string {
  const origin = `${parts.scheme}://${parts.host}`;
  return `<!doctype html><html><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1.0, maximum-scale=1.0, user-scalable=no">
<meta id="vscode-workbench-web-configuration" data-settings="${escapeAttribute(configuration(parts))}">
<link rel="stylesheet" href="/vs/out/vs/code/browser/workbench/workbench.css"></head><body aria-label=""></body>
<script>globalThis._VSCODE_FILE_ROOT = '${origin}/vs/out/';</script>
<script type="module" src="/vs/out/nls.messages.js"></script>
<script type="module" src="/vs${WORKBENCH}"></script></html>`;
}

/** Starts the page server on loopback. */
export async function startServerless(options: ServerlessOptions): Promise<Serverless> {
  const scheme = options.tls ? 'https' : 'http';
  const workbench = patchedWorkbench(options.root);
  const etag = `"${createHash('sha256').update(workbench).digest('hex')}"`;
  const secretsKey = randomBytes(32);
  const folders: Readonly<Record<string, string | undefined>> = {
    vs: join(options.root, 'lib/vscode'),
    extension: options.extension,
  };

  const sendFile = async (res: ServerResponse, path: string): Promise<void> => {
    const [, place = '', ...rest] = path.split('/');
    const folder = folders[place];
    const file = folder === undefined ? undefined : normalize(join(folder, rest.join('/')));
    const bytes =
      file !== undefined && folder !== undefined && file.startsWith(normalize(folder) + sep)
        ? await readFile(file).catch(() => undefined)
        : undefined;
    if (bytes === undefined) res.writeHead(404).end();
    else {
      const type = TYPES[extname(file ?? '')] ?? 'application/octet-stream';
      res.writeHead(200, { 'content-type': type }).end(bytes);
    }
  };

  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const url = new URL(req.url ?? '/', 'http://localhost');
    // VS Code joins some addresses with two slashes.
    const path = decodeURIComponent(url.pathname).replace(/^\/+/, '/');
    res.setHeader('access-control-allow-origin', '*');
    res.setHeader('cross-origin-resource-policy', 'cross-origin');
    if (path === '/mint-key') {
      res.writeHead(200, { 'content-type': 'application/octet-stream' }).end(secretsKey);
    } else if (path === '/') {
      const host = req.headers.host ?? 'localhost';
      const isTest = url.searchParams.has('test');
      res.writeHead(200, { 'content-type': 'text/html' });
      res.end(page({ scheme, host, isTest, options }));
    } else if (path === `/vs${WORKBENCH}`) {
      if (req.headers['if-none-match'] === etag) res.writeHead(304).end();
      else res.writeHead(200, { 'content-type': 'text/javascript', etag }).end(workbench);
    } else if (path === '/callback') {
      await sendFile(res, '/vs/out/vs/code/browser/workbench/callback.html');
    } else {
      await sendFile(res, path);
    }
  };

  const listener = (req: IncomingMessage, res: ServerResponse): void => {
    answer(req, res).catch(() => res.destroy());
  };
  const server = options.tls ? createHttps(testKeyPair(), listener) : createHttp(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  // A listening TCP server has an AddressInfo; strings are for pipes.
  const { port } = server.address() as AddressInfo;
  const url = `${scheme}://localhost:${port}/`;
  return {
    url,
    testUrl: `${url}?test`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

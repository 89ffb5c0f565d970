// A real VS Code with a Node extension host and no desktop: code-server on loopback, with a home of its own.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installHost, npm, runToEnd } from '../install/cache.ts';
import { type ProcessGroup, spawnGroup } from '../run/processes.ts';

/** The pinned versions: the newest (VS Code 1.139) and the floor of `engines.vscode` (1.105). */
export const CODE_SERVER_VERSIONS = ['4.139.1', '4.105.1'] as const;
/** One of the pinned versions. */
export type CodeServerVersion = (typeof CODE_SERVER_VERSIONS)[number];

/** Parts that no test and no demo needs; they are half of the size. */
const PRUNED = [
  'lib/vscode/node_modules/@github',
  'lib/vscode/node_modules/@microsoft/mxc-sdk',
  'lib/vscode/node_modules/@devcontainers',
  'lib/vscode/node_modules/@vscode/vscode-languagedetection',
  'lib/vscode/extensions/copilot',
  'lib/vscode/extensions/ms-vscode.js-debug',
  'lib/vscode/extensions/ms-vscode.vscode-js-profile-table',
  'lib/vscode/extensions/mermaid-markdown-features',
  'lib/vscode/extensions/microsoft-authentication',
  'lib/vscode/extensions/github',
  'lib/vscode/extensions/markdown-math',
];

/**
 * VS Code 1.105's server takes @parcel/watcher from a git host; the same release is on the registry,
 * which is all that a machine with npm can be sure to reach.
 */
async function takeWatcherFromRegistry(folder: string): Promise<void> {
  const edit = async (file: string): Promise<void> => {
    const path = join(folder, file);
    const text = await readFile(path, 'utf8');
    const entry =
      /,?\s*"node_modules\/@parcel\/watcher": \{[^{}]*"git\+ssh[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/;
    await writeFile(
      path,
      text.replace(/"parcel-bundler\/watcher#[0-9a-f]+"/g, '"2.5.1"').replace(entry, ''),
    );
  };
  await edit('package.json');
  await edit('npm-shrinkwrap.json');
}

/** Older releases compile their password hashing at install time; without a password it is never called. */
async function replacePasswordHashing(folder: string): Promise<void> {
  const argon2 = join(folder, 'node_modules/argon2');
  const isPrebuilt = existsSync(join(argon2, 'prebuilds'));
  if (isPrebuilt || !existsSync(argon2)) return;
  const text = "'use strict';\nconst no = () => Promise.reject(new Error('no password here'));\n";
  await writeFile(join(argon2, 'argon2.js'), `${text}module.exports = { hash: no, verify: no };\n`);
}

/** Settings that keep a fresh window quiet. */
export const QUIET_SETTINGS: Readonly<Record<string, unknown>> = {
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
};

/** Installs code-server if it is not there yet; returns the folder of its package. */
export async function installCodeServer(version: CodeServerVersion = '4.139.1'): Promise<string> {
  const folder = await installHost(`code-server-${version}`, {
    id: 'vscode-modules-2',
    async run(building) {
      const root = join(building, 'node_modules/code-server');
      // Its own postinstall compiles native modules that nothing here needs; they come prebuilt or unused.
      const args = ['install', '--omit=dev', '--ignore-scripts', '--loglevel', 'error'];
      await takeWatcherFromRegistry(join(root, 'lib/vscode'));
      await npm(args, join(root, 'lib/vscode'));
      await replacePasswordHashing(building);
      for (const path of PRUNED) await rm(join(root, path), { recursive: true, force: true });
    },
  });
  return join(folder, 'node_modules/code-server');
}

/** How a code-server runs. */
export interface CodeServerOptions {
  /** Folder from `installCodeServer`. */
  readonly root: string;
  /** Folder for user data, extensions and (unless `env` has one) HOME. */
  readonly folder: string;
  /** 0 = any. */
  readonly port?: number;
  /** All variables of server and extension hosts if it has a HOME, else additions to PATH, LANG, HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** Extensions to install before the start. */
  readonly vsix?: readonly string[];
  /** Added to the quiet settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** How long an extension host outlives its page; default 5 s; old releases keep it for 3 h. */
  readonly reconnectionGraceSeconds?: number;
}

/** A running code-server. */
export interface CodeServer {
  readonly url: string;
  readonly port: number;
  readonly process: ProcessGroup;
  /** Address that opens `folder`, with a test payload if given. */
  pageUrl(folder: string, payload?: readonly (readonly [string, string])[]): string;
  /** Installs or replaces an extension. */
  install(vsix: string): Promise<void>;
  /** Ends server and extension hosts; what they started detached goes on. */
  close(): Promise<void>;
}

function environment(options: CodeServerOptions): Record<string, string> {
  if (options.env?.['HOME'] !== undefined) return { ...options.env };
  return {
    PATH: process.env['PATH'] ?? '',
    LANG: process.env['LANG'] ?? 'C.UTF-8',
    HOME: join(options.folder, 'home'),
    ...options.env,
  };
}

async function writeSettings(options: CodeServerOptions): Promise<void> {
  const file = join(options.folder, 'user/User/settings.json');
  await mkdir(join(options.folder, 'user/User'), { recursive: true });
  // A person's own changes in this window survive the next start.
  const kept: unknown = existsSync(file)
    ? await readFile(file, 'utf8')
        .then(JSON.parse)
        .catch(() => ({}))
    : {};
  const all = { ...QUIET_SETTINGS, ...options.settings, ...(isRecord(kept) ? kept : {}) };
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Starts code-server; resolves when it serves pages. */
export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const env = environment(options);
  await mkdir(join(options.folder, 'home'), { recursive: true });
  await writeSettings(options);
  const entry = join(options.root, 'out/node/entry.js');
  const folders = [
    '--user-data-dir',
    join(options.folder, 'user'),
    '--extensions-dir',
    join(options.folder, 'extensions'),
    '--config',
    join(options.folder, 'config.yaml'),
  ];
  await writeFile(join(options.folder, 'config.yaml'), 'auth: none\n');
  const install = async (vsix: string): Promise<void> => {
    const args = [entry, ...folders, '--install-extension', vsix, '--force'];
    await runToEnd(process.execPath, args, { cwd: options.folder, env });
  };
  for (const vsix of options.vsix ?? []) await install(vsix);

  const cli = await readFile(join(options.root, 'out/node/cli.js'), 'utf8');
  const knowsGraceTime = cli.includes('reconnection-grace-time');
  const server = spawnGroup(
    process.execPath,
    [
      entry,
      ...folders,
      '--bind-addr',
      `127.0.0.1:${options.port ?? 0}`,
      '--auth',
      'none',
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-workspace-trust',
      '--disable-getting-started-override',
      ...(knowsGraceTime
        ? ['--reconnection-grace-time', `${options.reconnectionGraceSeconds ?? 5}`]
        : []),
    ],
    { cwd: options.folder, env },
  );
  const listening = /listening on (http:\/\/127\.0\.0\.1:(\d+))/i;
  const url = await server
    .line((text) => listening.exec(text)?.[1])
    .catch(async (error: unknown) => {
      await server.end();
      throw error;
    });
  return {
    url,
    port: Number(new URL(url).port),
    process: server,
    pageUrl(folder, payload) {
      const query = new URLSearchParams({ folder });
      if (payload !== undefined) query.set('payload', JSON.stringify(payload));
      return `${url}/?${query.toString()}`;
    },
    install,
    close: () => server.end('SIGTERM', 10_000),
  };
}

// The browser that tests drive: an installed Chromium, Chrome or Edge, else a download, else Debian's package.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { cacheFolder } from './cache.ts';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
];
const FIXED: Readonly<Record<string, readonly string[]>> = {
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** The ways to a browser, in the order they are tried; each gives a path or undefined. */
export interface BrowserSources {
  installed(): string | undefined;
  download(): string | undefined;
  debianPackage(): string | undefined;
}

function installedBrowser(): string | undefined {
  const wanted = process.env['TWINHELM_BROWSER'];
  if (wanted !== undefined && existsSync(wanted)) return wanted;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...(FIXED[process.platform] ?? [])].find((path) => existsSync(path));
}

/** Below the cache, where Playwright puts what it downloads. */
function downloadedBrowser(): string | undefined {
  const folder = join(cacheFolder(), 'browsers');
  if (!existsSync(folder)) return undefined;
  const inside = [
    'chrome-linux64/chrome',
    'chrome-linux/chrome',
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
    'chrome-win64/chrome.exe',
    'chrome-win/chrome.exe',
  ];
  return readdirSync(folder)
    .filter((name) => /^chromium-\d+$/.test(name))
    .flatMap((name) => inside.map((path) => join(folder, name, path)))
    .find((path) => existsSync(path));
}

function download(): string | undefined {
  const there = downloadedBrowser();
  if (there !== undefined) return there;
  const root = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'));
  spawnSync(process.execPath, [join(root, 'cli.js'), 'install', 'chromium'], {
    env: { ...process.env, PLAYWRIGHT_BROWSERS_PATH: join(cacheFolder(), 'browsers') },
    stdio: 'ignore',
    timeout: 300_000,
  });
  return downloadedBrowser();
}

function debianPackage(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  if (!existsSync('/etc/debian_version')) return undefined;
  const run = (...args: string[]): void => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', args, { env, stdio: 'ignore', timeout: 600_000 });
  };
  run('update');
  run('install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
  return installedBrowser();
}

/** The real ways. */
export const browserSources: BrowserSources = {
  installed: installedBrowser,
  download,
  debianPackage,
};

/** Path of a browser; throws an error that says what to do when there is none. */
export function findBrowser(sources: BrowserSources = browserSources): string {
  const path = sources.installed() ?? sources.download() ?? sources.debianPackage();
  if (path !== undefined) return path;
  throw new Error(
    'No browser was found, and none could be downloaded or installed. ' +
      'Install Chromium, Chrome or Edge, or set TWINHELM_BROWSER to the path of one, and run this again.',
  );
}

/** How the browser is launched. */
export interface LaunchOptions {
  /** Host names that lead to loopback, so that a page can name a server that is not loopback to it. */
  readonly loopbackNames?: readonly string[];
}

/** Launches the browser headless; webviews on other origins work in it, the test certificate passes. */
export function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const names = options.loopbackNames ?? [];
  return chromium.launch({
    executablePath: findBrowser(),
    headless: true,
    // Whoever runs this ends its processes in order; the browser ends with its pipe at the latest.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      '--disable-dev-shm-usage',
      // Else the service worker of a webview on another origin is blocked and the webview stays blank.
      '--disable-features=ThirdPartyCookieBlockingInIncognito',
      // The context's own switch does not reach sockets that a worker opens.
      '--ignore-certificate-errors',
      ...(names.length > 0
        ? [`--host-resolver-rules=${names.map((name) => `MAP ${name} 127.0.0.1`).join(',')}`]
        : []),
    ],
  });
}

// Runs the mocha suites of test/vscode in a real VS Code: a Node extension host, or a web worker without a server.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { REPORT_MARK, type TestInput, type TestReport } from './testReport.ts';
import { launchBrowser } from '../install/browser.ts';
import { cacheFolder, REPO_ROOT } from '../install/cache.ts';
import { type CodeServerVersion, installCodeServer, startCodeServer } from './codeServer.ts';
import { startServerless } from './serverless.ts';
import { ARTIFACTS } from './workbench.ts';
import { createWorld, type World } from '../run/world.ts';
import { unpackVsix } from '../install/zip.ts';

/**
 * Where the suites run: `floor` is a Node host of the oldest supported VS Code, `desktop` the
 * executable that TWINHELM_VSCODE names.
 */
export type SuiteHost = 'node' | 'web' | 'floor' | 'desktop';

/** What came out. */
export interface SuiteResult {
  readonly host: SuiteHost;
  readonly passed: readonly string[];
  readonly failed: readonly { readonly title: string; readonly why: string }[];
}

/** The bundle's place below the extension. */
const SUITE = 'suite/index.cjs';
const SUITE_TIMEOUT_MS = 240_000;
/** What VS Code itself says when parts that nobody needs here are missing. */
const NOISE = /bindings file|watchdog|FileSystemObserver|from gallery|Failed to resolve files/;
const VERSIONS: Readonly<Record<SuiteHost, CodeServerVersion>> = {
  node: '4.139.1',
  web: '4.139.1',
  floor: '4.105.1',
  desktop: '4.139.1',
};

/** Builds the suites into one file, as a web worker needs it. */
async function bundle(outfile: string, input: TestInput): Promise<void> {
  const folder = join(REPO_ROOT, 'test/vscode');
  const names = (await readdir(join(folder, 'suite'))).filter((name) => name.endsWith('.test.ts'));
  const isWeb = input.host === 'web';
  const loads = names
    .toSorted()
    .filter((name) => isWeb || !name.endsWith('.web.test.ts'))
    .filter((name) => !isWeb || !name.endsWith('.node.test.ts'))
    .map((name) => `await import('./suite/${name}');`);
  await build({
    stdin: {
      contents: `import { runMocha, setUpMocha } from './mochaRun.ts';
export async function run() { const mocha = setUpMocha(); ${loads.join(' ')} await runMocha(mocha); }`,
      resolveDir: folder,
      loader: 'ts',
    },
    bundle: true,
    format: 'cjs',
    target: 'es2022',
    platform: isWeb ? 'browser' : 'node',
    external: ['vscode'],
    define: {
      TWINHELM_TEST_INPUT: JSON.stringify(input),
      ...(isWeb ? { global: 'globalThis' } : {}),
    },
    logLevel: 'warning',
    outfile,
  });
}

/**
 * Lets a page of any code-server run tests: the switch is otherwise a server's flag that old ones
 * lack. It is set where the page reads its configuration, before its scripts run; a page whose
 * document was replaced on the way would lose its right to connect to loopback.
 */
const ENABLE_TEST_DRIVER = `new MutationObserver((_changes, observer) => {
  const meta = document.getElementById('vscode-workbench-web-configuration');
  if (!meta) return;
  observer.disconnect();
  const config = JSON.parse(meta.getAttribute('data-settings'));
  config.developmentOptions = { ...config.developmentOptions, enableSmokeTestDriver: true };
  meta.setAttribute('data-settings', JSON.stringify(config));
}).observe(document, { childList: true, subtree: true });`;

function parseReport(text: string): TestReport | undefined {
  const at = text.indexOf(REPORT_MARK);
  if (at < 0) return undefined;
  try {
    // Written by mochaRun.ts of the same build.
    return JSON.parse(text.slice(at + REPORT_MARK.length)) as TestReport;
  } catch {
    return undefined;
  }
}

async function runPage(host: SuiteHost, url: string): Promise<SuiteResult> {
  const browser = await launchBrowser();
  const passed: string[] = [];
  const failed: { title: string; why: string }[] = [];
  const log: string[] = [];
  try {
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    if (host !== 'web') await page.addInitScript(ENABLE_TEST_DRIVER);
    page.on('pageerror', (error) => log.push(error.message));
    let finish = (_code: number): void => undefined;
    const exited = new Promise<number>((resolve) => (finish = resolve));
    await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown) => {
      const parts = Array.isArray(args) ? args : [args];
      const text = parts.map(String).join(' ');
      if (!NOISE.test(text)) log.push(text.slice(0, 600));
      const line = parseReport(text);
      if (line?.kind === 'pass') passed.push(line.title);
      if (line?.kind === 'fail') failed.push({ title: line.title, why: line.why });
    });
    await page.exposeFunction('codeAutomationExit', (code: number) => finish(code));
    const timer = setTimeout(() => finish(-1), SUITE_TIMEOUT_MS);
    await page.goto(url);
    const code = await exited;
    clearTimeout(timer);
    if (code !== 0 && failed.length === 0) {
      const why = code === -1 ? `no end within ${SUITE_TIMEOUT_MS} ms` : `ended with ${code}`;
      failed.push({ title: `${host}: the run`, why: `${why}\n${log.slice(-20).join('\n')}` });
    }
    if (passed.length + failed.length === 0) {
      failed.push({ title: `${host}: the run`, why: 'no test ran' });
    }
    if (failed.length > 0) {
      await mkdir(ARTIFACTS, { recursive: true });
      // The page may be gone after the run; then there is nothing to see.
      const path = join(ARTIFACTS, `vscode-${host}-failed.png`);
      await page.screenshot({ path }).catch(() => undefined);
    }
    return { host, passed, failed };
  } finally {
    await browser.close();
  }
}

/** Runs the suites in a desktop VS Code; its own output tells what passed, we see whether all did. */
async function runDesktop(extension: string, world: World): Promise<SuiteResult> {
  const vscodeExecutablePath = process.env['TWINHELM_VSCODE'];
  if (vscodeExecutablePath === undefined) {
    throw new Error('Set TWINHELM_VSCODE to the executable of a desktop VS Code.');
  }
  const title = 'desktop: all suites';
  try {
    await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: extension,
      extensionTestsPath: join(extension, SUITE),
      launchArgs: [world.project, '--user-data-dir', join(world.folder, 'desktop')],
      extensionTestsEnv: world.env,
    });
    return { host: 'desktop', passed: [title], failed: [] };
  } catch (error) {
    return { host: 'desktop', passed: [], failed: [{ title, why: String(error) }] };
  }
}

/** Runs the suites of one host against the extension inside `vsix`. */
export async function runVscodeSuite(host: SuiteHost, vsix: string): Promise<SuiteResult> {
  const extension = join(cacheFolder(), `extension-${host}`);
  await rm(extension, { recursive: true, force: true });
  unpackVsix(vsix, extension);
  const root = await installCodeServer(VERSIONS[host]);
  const world = await createWorld();
  try {
    const session = await world.host().start({ cwd: world.project, title: 'Suite' });
    // A browser says an Origin, which links for this computer only refuse.
    const where = host === 'web' ? { where: world.host().relayUrl } : {};
    const input: TestInput = {
      host: host === 'web' ? 'web' : 'node',
      sessionId: session,
      viewerLink: await world.host().share(session, { role: 'viewer', ...where }),
      controllerLink: await world
        .host()
        .share(session, { role: 'controller', allowControl: true, ...where }),
    };
    await bundle(join(extension, SUITE), input);
    if (host === 'desktop') return await runDesktop(extension, world);
    if (host === 'web') {
      const page = await startServerless({
        root,
        extension,
        tests: SUITE,
      });
      try {
        return await runPage(host, page.testUrl);
      } finally {
        await page.close();
      }
    }
    const folder = join(world.folder, 'editor');
    const server = await startCodeServer({ root, folder, env: world.env });
    try {
      const at = (path: string): string => `vscode-remote://127.0.0.1:${server.port}${path}`;
      const url = server.pageUrl(world.project, [
        ['extensionDevelopmentPath', at(extension)],
        ['extensionTestsPath', at(join(extension, SUITE))],
      ]);
      return await runPage(host, url);
    } finally {
      await server.close();
    }
  } finally {
    await world.close();
  }
}

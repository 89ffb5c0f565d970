// The scene's stage: one owner's VS Code, a guest's VS Code with a home of its own, a guest in a web worker over wss.
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import * as z from 'zod/mini';
import { VSIX } from '../../scripts/start/buildIfChanged.ts';
import { launchBrowser } from '../../tools/install/browser.ts';
import {
  type CodeServer,
  installCodeServer,
  startCodeServer,
} from '../../tools/vscode/codeServer.ts';
import { runTwinhelm } from '../../tools/run/hostProcess.ts';
import { startServerless } from '../../tools/vscode/serverless.ts';
import { startTlsProxy, TEST_CERTIFICATE, type TlsProxy } from '../../tools/run/tls.ts';
import { ARTIFACTS, type Viewport, Workbench } from '../../tools/vscode/workbench.ts';
import { createWorld, type World, type WorldOptions } from '../../tools/run/world.ts';
import { unpackVsix } from '../../tools/install/zip.ts';

const hostFileSchema = z.looseObject({ relayUrl: z.string() });

/** A stage; everything on it is real but the model. */
export interface Stage {
  /** The owner's computer. */
  readonly world: World;
  readonly browser: Browser;
  /** The owner's VS Code server. */
  readonly ownerServer: CodeServer;
  /** Opens a window of the owner on the sample project. */
  ownerWindow(): Promise<Workbench>;
  /** Opens a window of somebody else: another home, another VS Code process. */
  guestWindow(name: string): Promise<Workbench>;
  /** Opens a VS Code without a server, over https, with the shape of a tablet unless told otherwise. */
  webWindow(viewport?: Viewport): Promise<Workbench>;
  /** Puts TLS in front of a relay on loopback; `wss://localhost:<port>` leads to it. */
  tlsFor(relayPort: number): Promise<TlsProxy>;
  /** Port of the relay that the owner's session host runs now. */
  relayPort(): Promise<number>;
  /** Keeps what explains a failure below artifacts/: a picture and the console of each window, the logs of the owner's VS Code and host. */
  keepEvidence(name: string, windows: readonly Workbench[]): Promise<void>;
  /** Ends everything and checks that no process is left. */
  close(): Promise<void>;
}

/** Sets the stage. The package must be built. */
export async function setStage(options: WorldOptions = {}): Promise<Stage> {
  const endings: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of endings.splice(0).toReversed()) await end();
  };
  try {
    const root = await installCodeServer();
    const world = await createWorld(options);
    endings.push(() => world.close());
    // Without a host of the stage's own, the extension starts one; it outlives every window.
    if (options.startHost === false) {
      endings.push(async () => {
        await runTwinhelm(['host', 'stop', '--force'], { env: world.env });
      });
    }
    const browser = await launchBrowser();
    endings.push(() => browser.close());
    // The owner's computer checks a wss address end to end before it gives a link out.
    const env = { ...world.env, NODE_EXTRA_CA_CERTS: TEST_CERTIFICATE };
    // VS Code's own list of certificates has no place for the test's.
    const startServer = async (
      folder: string,
      variables: Readonly<Record<string, string>>,
    ): Promise<CodeServer> => {
      await mkdir(folder, { recursive: true });
      const settings = { 'http.systemCertificates': false };
      const server = await startCodeServer({
        root,
        folder,
        env: variables,
        settings,
        vsix: [VSIX],
      });
      endings.push(() => server.close());
      return server;
    };
    const ownerServer = await startServer(join(world.folder, 'owner'), env);
    let web: Promise<{ readonly url: string }> | undefined;
    const startWeb = async (): Promise<{ readonly url: string }> => {
      const extension = join(world.folder, 'extension');
      unpackVsix(VSIX, extension);
      const page = await startServerless({ root, extension, tls: true });
      endings.push(() => page.close());
      return page;
    };
    return {
      world,
      browser,
      ownerServer,
      ownerWindow: () => Workbench.open(browser, ownerServer.pageUrl(world.project)),
      async guestWindow(name) {
        const folder = join(world.folder, name);
        const project = join(folder, 'project');
        await mkdir(project, { recursive: true });
        const server = await startServer(folder, {
          PATH: process.env['PATH'] ?? '',
          HOME: join(folder, 'home'),
          TWINHELM_HOME: join(folder, 'twinhelm'),
          NODE_EXTRA_CA_CERTS: TEST_CERTIFICATE,
        });
        return Workbench.open(browser, server.pageUrl(project));
      },
      async webWindow(viewport = 'ipad') {
        web ??= startWeb();
        return Workbench.open(browser, (await web).url, viewport);
      },
      async relayPort() {
        const text = await readFile(join(world.home, 'host.json'), 'utf8');
        return Number(new URL(hostFileSchema.parse(JSON.parse(text)).relayUrl).port);
      },
      async keepEvidence(name, windows) {
        for (const [place, window] of windows.entries()) {
          await window.screenshot(`${name}-${place}`).catch(() => '');
          await writeFile(join(ARTIFACTS, `${name}-${place}.log`), window.log.join('\n'));
        }
        const logs = {
          vscode: join(world.folder, 'owner/user/logs'),
          host: join(world.home, 'host.log'),
        };
        for (const [whose, from] of Object.entries(logs)) {
          const to = join(ARTIFACTS, `${name}-${whose}`);
          await cp(from, to, { recursive: true, force: true }).catch(() => undefined);
        }
      },
      async tlsFor(relayPort) {
        const proxy = await startTlsProxy(relayPort);
        endings.push(() => proxy.close());
        return proxy;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

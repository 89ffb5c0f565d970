// `npm start` after the install: session host with its relay, a session that is shared, and a VS Code; Ctrl+C ends all.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cacheFolder, REPO_ROOT } from '../tools/install/cache.ts';
import { claudeEnvironment, installClaude } from '../tools/install/claudeCli.ts';
import { PINNED_VERSIONS } from '../tools/install/claudeVersions.ts';
import { installCodeServer } from '../tools/vscode/codeServer.ts';
import { startDemoModel } from '../tools/demo/demoModel.ts';
import { runTwinhelm, startHostProcess } from '../tools/run/hostProcess.ts';
import { endProcessesWith } from '../tools/run/processes.ts';
import { writeSampleProject } from '../tools/run/sampleProject.ts';
import { type AgentChoice, chooseAgent } from './start/chooseAgent.ts';
import { buildAndPackage, isBuilt, VSIX } from './start/buildIfChanged.ts';
import { findDesktopCode, openCodeServer, openDesktop } from './start/openEditor.ts';
import { createProgress } from './start/startProgress.ts';
import { takeStartLock } from './start/startLock.ts';
import { refuseUnknown } from './refuseUnknown.ts';

refuseUnknown(process.argv.slice(2), ['--demo', '--json']);
const isJson = process.argv.includes('--json');
const progress = createProgress();
/** Everything of this start lies below it; another folder allows a second start beside this one. */
const root = resolve(process.env['TWINHELM_START_FOLDER'] ?? join(REPO_ROOT, '.twinhelm'));
const home = join(root, 'home');
const project = join(root, 'sample');
/** In the environment of all that is started, and of nothing else: a shell may have TWINHELM_HOME too. */
const MARK = 'TWINHELM_STARTED_IN';

/** What has been started, newest last; ended in reverse. */
const running: { readonly title: string; close(): Promise<void> }[] = [];
/** Gives the folder back; undefined until this start has it, and may end what runs there. */
let giveBack: (() => void) | undefined;
let ending: Promise<void> | undefined;

function end(code: number): Promise<void> {
  ending ??= (async () => {
    if (giveBack !== undefined) {
      progress.say('Ending everything …');
      for (const { title, close } of running.toReversed()) {
        await close().catch((error: unknown) => progress.say(`${title}: ${String(error)}`));
      }
      await endProcessesWith(MARK, root);
      giveBack();
      progress.say('Everything that was started has ended.');
    }
    process.exit(code);
  })();
  return ending;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void end(0));
}
// The terminal may be gone before the end is: nobody reads it then, and everything ends all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** Ends everything when the process that started this one is gone without a signal. */
function followParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void end(0);
  }, 1000).unref();
}

function ownEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(npm_|INIT_CWD$)/i.test(name)) env[name] = value;
  }
  return env;
}

/** The demo model, at its address of last time if that is free: sessions of then still find it. */
async function startModel(): Promise<string> {
  const file = join(root, 'model.port');
  const port = Number(await readFile(file, 'utf8').catch(() => '0'));
  const model = await startDemoModel({ port, delayMs: 20 }).catch(() =>
    startDemoModel({ delayMs: 20 }),
  );
  running.push({ title: 'demo model', close: () => model.close() });
  await writeFile(file, `${model.port}`);
  return model.url;
}

/** The environment of host and editor. */
async function agentEnvironment(choice: AgentChoice): Promise<Record<string, string>> {
  const own = { TWINHELM_HOME: home, [MARK]: root };
  if (choice.kind === 'own') {
    return { ...ownEnvironment(), ...own, TWINHELM_CLAUDE: choice.binary };
  }
  const folder = join(root, 'agent');
  const modelUrl = await startModel();
  const claude = await claudeEnvironment({ folder, modelUrl, trusted: [project] });
  return { ...claude.env, ...own, TWINHELM_CLAUDE: await installClaude(PINNED_VERSIONS[0]) };
}

async function main(): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  giveBack = await takeStartLock(join(root, 'start.lock'));
  followParent();
  await mkdir(cacheFolder(), { recursive: true });
  const desktop = isJson ? undefined : findDesktopCode(process.env);

  const choice = chooseAgent(process.argv.includes('--demo'), process.env);
  progress.say(choice.reason);
  await progress.step('Build, VS Code and Claude Code', () =>
    Promise.all([
      isBuilt().then((isDone) => (isDone ? undefined : buildAndPackage())),
      desktop === undefined ? installCodeServer() : undefined,
      choice.kind === 'demo' ? installClaude(PINNED_VERSIONS[0]) : undefined,
      writeSampleProject(project),
    ]),
  );
  const env = await agentEnvironment(choice);

  // A host that an interrupted start left behind would keep the lock.
  if (existsSync(join(home, 'host.json'))) {
    await runTwinhelm(['host', 'stop'], { env }).catch(() => undefined);
    await endProcessesWith(MARK, root);
  }
  const { host, editor } = await progress.step('Session host, relay and editor', async () => {
    const options = { folder: join(root, 'editor'), project, vsix: VSIX, env };
    await mkdir(options.folder, { recursive: true });
    const [started, opened] = await Promise.all([
      startHostProcess({ env, cwd: home }).then((value) => {
        running.push({ title: 'session host', close: () => value.close() });
        return value;
      }),
      (desktop === undefined ? openCodeServer(options) : openDesktop(desktop, options)).then(
        (value) => {
          running.push({ title: 'editor', close: () => value.close() });
          return value;
        },
      ),
    ]);
    return { host: started, editor: opened };
  });
  host.process.child.on('exit', (code) => {
    if (ending !== undefined) return;
    progress.say(`The session host ended by itself (${code}). Its journal is kept in ${home}.`);
    void end(1);
  });

  const links = await progress.step('A session, shared on this computer', async () => {
    const wanted = { cwd: project, title: 'Try me' };
    const sessionId =
      (await host.find(wanted)) ??
      (await host.start({
        ...wanted,
        // A prompt on a person's own account would cost them; the demo model greets.
        ...(choice.kind === 'demo' ? { prompt: 'Hello! What can you do?' } : {}),
      }));
    const viewerLink = await host.share(sessionId, { role: 'viewer' });
    const controllerLink = await host.share(sessionId, { role: 'controller', allowControl: true });
    return { sessionId, viewerLink, controllerLink };
  });

  if (isJson) {
    const ready = { ready: true, editorUrl: editor.url, relayUrl: host.relayUrl, ...links };
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    return;
  }
  const where = editor.url ?? 'the VS Code window that just opened';
  process.stdout.write(
    [
      '',
      `  Editor           ${where}`,
      `  Viewer link      ${links.viewerLink}`,
      `  Controller link  ${links.controllerLink}`,
      '',
      '  Open the Twinhelm view in the activity bar. The links work on this computer only:',
      '  paste one into “Join with a Link…” of another VS Code here, or run in this folder',
      "  node_modules/.bin/node dist/twinhelm.mjs join '<link>'.",
      '',
      '  Ctrl+C ends everything.',
      '',
    ].join('\n'),
  );
}

try {
  await main();
  // Servers and children keep this process alive until a signal comes.
  while (ending === undefined) await pause(60_000);
} catch (error) {
  // What fails because everything is being ended is no news.
  if (ending === undefined) progress.say(error instanceof Error ? error.message : String(error));
  await end(1);
}

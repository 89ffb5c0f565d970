// The VS Code that `npm start` opens: the installed desktop one where there is a display, else code-server.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { runToEnd } from '../../tools/install/cache.ts';
import {
  installCodeServer,
  QUIET_SETTINGS,
  startCodeServer,
} from '../../tools/vscode/codeServer.ts';
import { spawnGroup } from '../../tools/run/processes.ts';

/** An editor that runs. */
export interface RunningEditor {
  /** Address of the page; undefined for the desktop. */
  readonly url: string | undefined;
  close(): Promise<void>;
}

/** What every editor needs. */
export interface EditorOptions {
  /** Folder for user data and extensions. */
  readonly folder: string;
  readonly project: string;
  readonly vsix: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Path of a desktop `code`, if there is one and it can show a window. */
export function findDesktopCode(env: NodeJS.ProcessEnv): string | undefined {
  const hasDisplay =
    process.platform !== 'linux' ||
    env['DISPLAY'] !== undefined ||
    env['WAYLAND_DISPLAY'] !== undefined;
  if (!hasDisplay) return undefined;
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  return (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/** Opens the desktop editor with data and extensions of its own. */
export async function openDesktop(code: string, options: EditorOptions): Promise<RunningEditor> {
  const data = join(options.folder, 'user');
  const settings = join(data, 'User/settings.json');
  await mkdir(join(data, 'User'), { recursive: true });
  if (!existsSync(settings)) await writeFile(settings, JSON.stringify(QUIET_SETTINGS, null, 2));
  const own = ['--user-data-dir', data, '--extensions-dir', join(options.folder, 'extensions')];
  const { env } = options;
  await runToEnd(code, [...own, '--install-extension', options.vsix, '--force'], {
    cwd: options.folder,
    env,
  });
  // `--wait` keeps the command, and with it the whole group of windows, ours to end.
  const group = spawnGroup(code, [...own, '--new-window', '--wait', options.project], { env });
  return { url: undefined, close: () => group.end() };
}

/** Starts code-server with data and extensions of its own. */
export async function openCodeServer(options: EditorOptions): Promise<RunningEditor> {
  const root = await installCodeServer();
  const server = await startCodeServer({
    root,
    folder: options.folder,
    env: options.env,
    vsix: [options.vsix],
    reconnectionGraceSeconds: 3600,
  });
  return { url: server.pageUrl(options.project), close: () => server.close() };
}

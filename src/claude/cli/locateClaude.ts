// Finds the user's own `claude` program; nothing is started here.
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';

/** Environment variable that names the program. */
export const PATH_VARIABLE = 'TWINHELM_CLAUDE';

/** Where to look. */
export interface LocateClaudeOptions {
  /** Path from the settings; wins. */
  readonly path?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
}

/** The program, or what was tried. */
export type Located =
  | { readonly found: true; readonly path: string }
  | { readonly found: false; readonly tried: readonly string[] };

/** Looks at the given path, the environment variable, PATH, and the usual places, in this order. */
export async function locateClaude(options: LocateClaudeOptions): Promise<Located> {
  const { env, platform = process.platform } = options;
  const explicit = [options.path, env[PATH_VARIABLE]].filter(
    (item): item is string => item !== undefined && item.trim() !== '',
  );
  const tried: string[] = [];
  // A path that was chosen by a person is not silently replaced by another one.
  for (const path of explicit) {
    const full = expandHome(path.trim(), env, platform);
    if (await isProgram(full, platform)) return { found: true, path: full };
    tried.push(full);
  }
  if (explicit.length > 0) return { found: false, tried };
  for (const path of candidates(env, platform)) {
    if (await isProgram(path, platform)) return { found: true, path };
    tried.push(path);
  }
  return { found: false, tried };
}

function candidates(env: LocateClaudeOptions['env'], platform: NodeJS.Platform): string[] {
  const { delimiter, isAbsolute, join } = pathsOf(platform);
  const names = platform === 'win32' ? ['claude.exe', 'claude.cmd'] : ['claude'];
  const home = homeOf(env);
  const usual =
    platform === 'win32'
      ? [
          ...(home === undefined
            ? []
            : [join(home, '.local', 'bin'), join(home, '.claude', 'local')]),
          ...(env['APPDATA'] === undefined ? [] : [join(env['APPDATA'], 'npm')]),
        ]
      : [
          ...(home === undefined
            ? []
            : [
                join(home, '.local', 'bin'),
                join(home, '.claude', 'local'),
                join(home, '.claude', 'local', 'node_modules', '.bin'),
                join(home, '.npm-global', 'bin'),
                join(home, '.volta', 'bin'),
                join(home, '.bun', 'bin'),
              ]),
          '/opt/homebrew/bin',
          '/usr/local/bin',
        ];
  const path = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((dir) => isAbsolute(dir));
  return [...path, ...usual].flatMap((dir) => names.map((name) => join(dir, name)));
}

function pathsOf(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix;
}

function homeOf(env: LocateClaudeOptions['env']): string | undefined {
  return env['HOME'] ?? env['USERPROFILE'];
}

function expandHome(
  path: string,
  env: LocateClaudeOptions['env'],
  platform: NodeJS.Platform,
): string {
  const { join } = pathsOf(platform);
  const home = homeOf(env);
  return home !== undefined && /^~[\\/]/.test(path) ? join(home, path.slice(2)) : path;
}

async function isProgram(path: string, platform: NodeJS.Platform): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    if (platform !== 'win32') await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// How a program is started: on Windows a script (.cmd, as npm makes) runs through a shell only.

/** What spawn and execFile take. */
export interface ProgramStart {
  readonly program: string;
  readonly shell: boolean;
}

/** Program and shell for a path. Through a shell, arguments reach the script as they are: plain words only. */
export function programStart(path: string, platform: NodeJS.Platform): ProgramStart {
  const isScript = platform === 'win32' && /\.(cmd|bat)$/i.test(path);
  return { program: isScript ? `"${path}"` : path, shell: isScript };
}

// Paths as a transcript names them: absolute, or below the folder of the session.

/**
 * The absolute path of a file of the session's computer, of whatever system that is. Undefined for what is
 * none, is made to be misread, or names another computer (`\\server\share`): that would be spoken to.
 */
export function absolutePath(path: string, folder: string | undefined): string | undefined {
  if (path === '' || path.length > 4096 || /\p{Cc}/u.test(path)) return undefined;
  if (/^[\\/]{2}/.test(path)) return undefined;
  if (isAbsolute(path)) return path;
  // '~' is a name for a shell, and `C:x` counts from somewhere else.
  if (/^~|^[A-Za-z]:/.test(path) || folder === undefined || !isAbsolute(folder)) return undefined;
  const separator = folder.includes('\\') ? '\\' : '/';
  return `${folder.replace(/[\\/]+$/, '')}${separator}${path.replace(/^\.[\\/]/, '')}`;
}

function isAbsolute(path: string): boolean {
  return /^(?:\/(?!\/)|[A-Za-z]:[\\/])/.test(path);
}

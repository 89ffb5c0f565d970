// Numbers, sizes and times as people read them.
import type { Translate } from '../strings.ts';

const KIB = 1024;

/** Bytes as '640 B', '12 KB' or '1.2 MB'. */
export function formatBytes(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`;
  if (bytes < KIB * KIB) return `${Math.round(bytes / KIB)} KB`;
  return `${(bytes / KIB / KIB).toFixed(1)} MB`;
}

/** Milliseconds as '0.4 s', '12 s', '3 m 20 s' or '2 h 5 m'. */
export function formatDuration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} m` : `${minutes} m ${seconds % 60} s`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} m`;
}

/** A count of tokens as '950', '12.3k' or '1.2M'. */
export function formatTokens(tokens: number): string {
  if (tokens < 1000) return String(tokens);
  if (tokens < 100_000) return `${(tokens / 1000).toFixed(1).replace(/\.0$/, '')}k`;
  if (tokens < 1_000_000) return `${Math.round(tokens / 1000)}k`;
  return `${(tokens / 1_000_000).toFixed(1).replace(/\.0$/, '')}M`;
}

/** US dollars with the digits that matter: '$0.004', '$1.23'. */
export function formatCost(usd: number): string {
  return usd > 0 && usd < 0.01 ? `$${usd.toFixed(3)}` : `$${usd.toFixed(2)}`;
}

/** Hours and minutes of a wall time in the reader's locale; nothing for what is no time. */
export function formatClock(at: number, locale: string): string {
  if (Number.isNaN(new Date(at).getTime())) return '';
  const options: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
  try {
    return new Intl.DateTimeFormat(locale, options).format(at);
  } catch {
    return new Intl.DateTimeFormat('en', options).format(at);
  }
}

/** A path below `folder` without it; other paths as they are. */
export function relativePath(path: string, folder: string | undefined): string {
  if (folder === undefined || folder === '') return path;
  for (const separator of ['/', '\\']) {
    const prefix = folder.endsWith(separator) ? folder : folder + separator;
    if (path.startsWith(prefix) && path.length > prefix.length) return path.slice(prefix.length);
  }
  return path;
}

/** '1 line' or 'n lines'. */
export function formatLines(count: number, t: Translate): string {
  return count === 1 ? t('1 line') : t('{0} lines', count);
}

/** Number of lines of a text; a final line break opens no further line. */
export function countLines(text: string): number {
  if (text === '') return 0;
  let count = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

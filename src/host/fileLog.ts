// The session host's log: one file of bounded size, and the one before it.
import { appendFileSync, renameSync, statSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import type { LogFields, Logger } from '../base/log.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_LINE = 1000;

/** A log that appends lines to `file`; at 1 MiB the file becomes `<file>.1`. A full disk is survived in silence. */
export function createFileLog(
  file: string,
  clock: Clock,
  options: { readonly maxBytes?: number; readonly echo?: (line: string) => void } = {},
): Logger {
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  let bytes = sizeOf(file);
  const write = (level: string, message: string, fields: LogFields = {}): void => {
    const details = Object.entries(fields).map(([name, value]) => ` ${name}=${String(value)}`);
    const text = `${message}${details.join('')}`.replaceAll(/[\r\n]+/g, ' ').slice(0, MAX_LINE);
    const line = `${new Date(clock.now()).toISOString()} ${level} ${text}\n`;
    options.echo?.(line);
    try {
      if (bytes > maxBytes) {
        renameSync(file, `${file}.1`);
        bytes = 0;
      }
      appendFileSync(file, line, { mode: 0o600 });
      bytes += Buffer.byteLength(line);
    } catch {
      // Nobody could be told; the sessions matter more than their log.
    }
  };
  return {
    debug: () => undefined,
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

// The log as a VS Code output channel.
import type { LogOutputChannel } from 'vscode';
import type { LogFields, Logger } from '../base/log.ts';

/** Writes into `channel`; the user sets its level. */
export function channelLogger(channel: LogOutputChannel): Logger {
  return {
    debug: (message, fields) => channel.debug(line(message, fields)),
    info: (message, fields) => channel.info(line(message, fields)),
    warn: (message, fields) => channel.warn(line(message, fields)),
    error: (message, fields) => channel.error(line(message, fields)),
  };
}

function line(message: string, fields: LogFields | undefined): string {
  const pairs = Object.entries(fields ?? {}).filter(([, value]) => value !== undefined);
  return [message, ...pairs.map(([key, value]) => `${key}=${String(value)}`)].join(' ');
}

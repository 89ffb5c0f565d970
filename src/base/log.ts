// The log interface. Nothing secret and no transcript text goes into a log.
import { say, verbatim, type Words } from './say.ts';

/** Values that may stand beside a log message. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Where a component writes what it does; the sink is chosen at the composition root. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A log that keeps nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Puts `prefix: ` before every message. */
export function prefixLogger(log: Logger, prefix: string): Logger {
  return {
    debug: (message, fields) => log.debug(`${prefix}: ${message}`, fields),
    info: (message, fields) => log.info(`${prefix}: ${message}`, fields),
    warn: (message, fields) => log.warn(`${prefix}: ${message}`, fields),
    error: (message, fields) => log.error(`${prefix}: ${message}`, fields),
  };
}

/** Why a request over the network failed: network errors say it in their cause. */
export function networkErrorWords(error: unknown): Words {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const text = errorText(cause);
  return text === '' ? say`no connection` : verbatim(text);
}

/** Text of anything thrown, for a log field: code and message, no stack. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

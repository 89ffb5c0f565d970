// Small checks on parsed command lines; every failure is an AppError 'usage'.
import { isAppError } from '../base/errors.ts';
import { usage } from './errors.ts';

/** Runs node:util's parseArgs (or another check) and turns what it throws into a usage error. */
export function asUsage<T>(command: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (isAppError(error)) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw usage(text.split('. ')[0] ?? text, command);
  }
}

/** The only positional argument; `what` names it. */
export function onePositional(
  command: string,
  positionals: readonly string[],
  what: string,
): string {
  const [first, second] = positionals;
  if (first === undefined || first.trim() === '') throw usage(`${what} is missing`, command);
  if (second !== undefined) throw usage(`“${second}” is one argument too many`, command);
  return first;
}

/** Whether a target is meant as a link, complete or not: no id has a colon, a slash or a hash in it. */
export function isLink(target: string): boolean {
  return /[:/#]/.test(target);
}

/** No positional argument at all. */
export function noPositionals(command: string, positionals: readonly string[]): void {
  const [first] = positionals;
  if (first !== undefined) throw usage(`“${first}” is one argument too many`, command);
}

/** One of some words. */
export function oneOf<T extends string>(
  command: string,
  option: string,
  value: string,
  words: readonly T[],
): T {
  const found = words.find((word) => word === value);
  if (found === undefined) throw usage(`${option} must be ${words.join(' or ')}`, command);
  return found;
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** A time span such as 30m, 8h or 7d, in ms. */
export function timeSpan(command: string, option: string, value: string): number {
  const match = /^(\d{1,5})([mhd])$/.exec(value);
  const unit = UNITS.get(match?.[2] ?? '');
  const count = Number(match?.[1]);
  if (unit === undefined || count === 0) {
    throw usage(`${option} must be a time such as 30m, 8h or 7d`, command);
  }
  return count * unit;
}

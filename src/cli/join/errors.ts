// Errors of choosing in a terminal: what happened, what was kept, what to do.
import { AppError } from '../../base/errors.ts';
import { say } from '../../base/say.ts';

/** There is no such mode or effort. */
export function noSuchChoice(kind: string, name: string): AppError {
  return new AppError('usage', {
    happened: say`There is no ${kind} “${name}” here.`,
    kept: say`Nothing was changed.`,
    remedy: say`/${kind} says which there are.`,
  });
}

/** A mode that asks nobody. */
export function wantsSure(mode: string): AppError {
  return new AppError('usage', {
    happened: say`In the mode “${mode}” tools run without asking anybody, and guests cannot control the session.`,
    kept: say`Nothing was changed.`,
    remedy: say`/mode ${mode}! uses it all the same.`,
  });
}

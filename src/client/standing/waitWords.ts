// What an agent waits for, in words: the same in every place. docs/one-truth.md has the table.
import { limitKindOf, waitKindOf } from '../../protocol/openValues.ts';
import type { Standing, StandingWait } from './standing.ts';

/** English texts of this file; a page checks with them that it has them all. */
export type WaitKey =
  | '{0} d {1} h'
  | '{0} h {1} m'
  | '{0} when last seen'
  | 'A usage limit is reached'
  | 'attempt {0} in {1}'
  | 'attempt {0} now'
  | 'attempt {0} of at most {1} in {2}'
  | 'attempt {0} of at most {1} now'
  | 'It tries again by itself.'
  | 'It waits before it goes on'
  | 'resets in {0}'
  | 'Resets: {0}. Until then prompts wait in the queue; then they are sent by themselves.'
  | 'The service cannot be reached'
  | 'The service fails'
  | 'The service is overloaded'
  | 'The service takes no more requests'
  | 'The spending limit is reached'
  | 'The usage limit is reached'
  | 'The usage limit of this model is reached'
  | 'The weekly usage limit is reached';

/** Gives a text in the reader's language. */
export type SayWait = (key: WaitKey, ...values: readonly (string | number)[]) => string;

/** Why it waits; undefined: it does not, or it is over. */
export function waitReason({ wait }: Standing, t: SayWait): string | undefined {
  if (wait === undefined) return undefined;
  const reason = reasonOf(wait, t);
  return wait.asOf === 'then' ? t('{0} when last seen', reason) : reason;
}

/** The same with what is left of it, or which attempt comes next; as long as it is known to be so now. */
export function waitText(standing: Standing, t: SayWait): string | undefined {
  const reason = waitReason(standing, t);
  const rest = standing.wait && restOf(standing.wait, t);
  return reason === undefined || rest === undefined ? reason : `${reason} · ${rest}`;
}

/** What comes of it by itself: `at` is the time at which it ends, in words. */
export function waitOutlook(
  { wait }: Standing,
  at: string | undefined,
  t: SayWait,
): string | undefined {
  if (wait === undefined || wait.asOf !== 'now') return undefined;
  if (waitKindOf(wait.why) !== 'usage-limit') {
    return wait.attempt === undefined ? undefined : t('It tries again by itself.');
  }
  if (at === undefined) return undefined;
  return t(
    'Resets: {0}. Until then prompts wait in the queue; then they are sent by themselves.',
    at,
  );
}

function reasonOf({ why, limit }: StandingWait, t: SayWait): string {
  return causeText(why, t, limit);
}

/** What a service did not do, and which limit is reached. */
export function causeText(
  why: StandingWait['why'],
  t: SayWait,
  limit?: StandingWait['limit'],
): string {
  switch (waitKindOf(why)) {
    case 'usage-limit':
      return limitText(limit, t);
    case 'overloaded':
      return t('The service is overloaded');
    case 'rate-limit':
      return t('The service takes no more requests');
    case 'unreachable':
      return t('The service cannot be reached');
    case 'failing':
      return t('The service fails');
    case 'unknown':
      return t('It waits before it goes on');
  }
}

function limitText(limit: StandingWait['limit'], t: SayWait): string {
  switch (limitKindOf(limit)) {
    case 'hours':
      return t('The usage limit is reached');
    case 'week':
      return t('The weekly usage limit is reached');
    case 'model':
      return t('The usage limit of this model is reached');
    case 'spending':
      return t('The spending limit is reached');
    case undefined:
      return t('A usage limit is reached');
  }
}

function restOf(wait: StandingWait, t: SayWait): string | undefined {
  const { asOf, leftMs, attempt, maxAttempts } = wait;
  if (asOf !== 'now') return undefined;
  const isLeft = leftMs !== undefined && leftMs > 0;
  if (attempt === undefined) return isLeft ? t('resets in {0}', leftText(leftMs, t)) : undefined;
  if (maxAttempts === undefined) {
    return isLeft
      ? t('attempt {0} in {1}', attempt, leftText(leftMs, t))
      : t('attempt {0} now', attempt);
  }
  return isLeft
    ? t('attempt {0} of at most {1} in {2}', attempt, maxAttempts, leftText(leftMs, t))
    : t('attempt {0} of at most {1} now', attempt, maxAttempts);
}

/** What is left, rounded up: never less than there is. */
export function leftText(ms: number, t: SayWait): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t('{0} h {1} m', hours, minutes % 60);
  return t('{0} d {1} h', Math.floor(hours / 24), hours % 24);
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The time of day `leftMs` from now, as a reader's clock shows it; with the day where that is not clear. */
export function timeOfDay(
  leftMs: number | undefined,
  { now, locale }: { readonly now: number; readonly locale?: string },
): string | undefined {
  if (leftMs === undefined) return undefined;
  const isFar = leftMs > DAY_MS / 2;
  // Limits are reset on the minute; what is left is known to a few ms.
  const at = Math.round((now + leftMs) / MINUTE_MS) * MINUTE_MS;
  return new Date(at).toLocaleString(locale, {
    ...(isFar && { weekday: 'short', day: 'numeric', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
  });
}

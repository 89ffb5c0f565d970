// What the Messages API answers when it does not: overloaded, too many requests, a usage limit that is reached.
import type { ReplyFailure } from './demoReply.ts';

/** What comes in a stream that has begun. */
export const STREAM_ERROR = {
  error: { type: 'overloaded_error', message: 'Overloaded' },
} as const;

const TYPES: ReadonlyMap<number, string> = new Map([
  [429, 'rate_limit_error'],
  [529, 'overloaded_error'],
]);

/** Status, headers and error of a failure at this wall time, ms. */
export function failureAnswer(
  { status, retryAfterS = 1, limit }: ReplyFailure,
  now: number,
): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: { readonly type: string; readonly message: string };
} {
  const error = { type: TYPES.get(status) ?? 'api_error', message: `demo model: ${status}` };
  const headers = { 'retry-after': String(retryAfterS) };
  if (limit === undefined) return { status, headers, error };
  const reset = String(Math.ceil(now / 1000) + limit.resetS);
  return {
    status,
    error: { ...error, message: 'This request would exceed your account’s rate limit.' },
    headers: {
      ...headers,
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': reset,
      'anthropic-ratelimit-unified-representative-claim': limit.claim,
      'anthropic-ratelimit-unified-fallback': 'unavailable',
      'anthropic-ratelimit-unified-overage-status': 'rejected',
      'anthropic-ratelimit-unified-overage-disabled-reason': 'org_level_disabled',
      [`anthropic-ratelimit-unified-${WINDOWS.get(limit.claim) ?? '5h'}-reset`]: reset,
      [`anthropic-ratelimit-unified-${WINDOWS.get(limit.claim) ?? '5h'}-utilization`]: '1',
    },
  };
}

const WINDOWS: ReadonlyMap<string, string> = new Map([
  ['five_hour', '5h'],
  ['seven_day', '7d'],
]);

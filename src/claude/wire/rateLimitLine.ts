// The line by which the CLI tells how a subscription's usage limits stand.
import * as z from 'zod/mini';

/** `rate_limit_event`, for a login with a plan only. 2.1.197 says `rejected` without a limit and a time of any refusal. */
export const rateLimitSchema = z.looseObject({
  type: z.literal('rate_limit_event'),
  rate_limit_info: z.looseObject({
    status: z.string(),
    /** Seconds since 1970. */
    resetsAt: z.optional(z.number()),
    rateLimitType: z.optional(z.string()),
    /** What is over the limit is paid for besides: nothing waits. */
    isUsingOverage: z.optional(z.boolean()),
  }),
  session_id: z.optional(z.string()),
  uuid: z.optional(z.string()),
});

export type RateLimitLine = z.infer<typeof rateLimitSchema>;

// What the agent waits for when nobody here keeps it waiting: a usage limit, or a service that does not answer.
import * as z from 'zod/mini';
import { openEnum } from './openEnum.ts';

/** Why: the account's usage limit, or the service is overloaded, takes no more requests now, cannot be reached, or fails. */
export const waitKindSchema = z.enum([
  'usage-limit',
  'overloaded',
  'rate-limit',
  'unreachable',
  'failing',
]);
/** Which usage limit: that of some hours, of the week, of the week for one model, or what may be spent. */
export const limitKindSchema = z.enum(['hours', 'week', 'model', 'spending']);

/** [W1] Since when and until when the agent waits. Times are wall times of the host, ms. */
export const waitSchema = z.looseObject({
  why: openEnum(waitKindSchema),
  since: z.number(),
  /** When the limit is reset, or the agent tries again; absent: not known. */
  until: z.optional(z.number()),
  /** The attempt that comes next, from 1; absent: the agent does not try again by itself. */
  attempt: z.optional(z.number()),
  maxAttempts: z.optional(z.number()),
  limit: z.optional(openEnum(limitKindSchema)),
});

export type WaitKind = z.infer<typeof waitKindSchema>;
export type LimitKind = z.infer<typeof limitKindSchema>;
export type Wait = z.infer<typeof waitSchema>;

// What a word of another version in an answer counts as. Apart from openValues.ts, so that the page does without the commands' schemas.
import { type AckStatus, ackStatusSchema, type Rejection, rejectionSchema } from './command.ts';
import { knownOf, type Open } from './openEnum.ts';

/** [R9] What was refused for an unknown reason has failed, with the text that came along. */
export function rejectionOf(code: Open<Rejection>): Rejection {
  return knownOf(rejectionSchema.options, code) ?? 'failed';
}

/** [R9] A command of which something unknown is said is still open. */
export function ackStatusOf(status: Open<AckStatus>): AckStatus {
  return knownOf(ackStatusSchema.options, status) ?? 'received';
}

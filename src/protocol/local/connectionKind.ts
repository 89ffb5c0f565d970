// How a window stands to the computer of a session, in one word.
import * as z from 'zod/mini';

/** The kinds of Truth, as the panel and scripts are told them. */
export const connectionKindSchema = z.enum([
  'connecting',
  'live',
  'unconfirmed',
  'behind',
  'host-offline',
  'relay-offline',
  'over',
]);

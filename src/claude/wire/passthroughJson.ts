// A part of a line that is kept as it is.
import * as z from 'zod/mini';
import type { Json } from '../../protocol/json.ts';

/**
 * Any JSON value, of a line that came out of `parseJson`: what is in it is JSON already, and a
 * schema that proves it once more takes longer than the reading itself.
 */
export const passthroughJson: z.ZodMiniType<Json> = z.custom<Json>((value) => value !== undefined);

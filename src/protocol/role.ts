// What a member of a room may do.
import * as z from 'zod/mini';

/** Look; ask for control; everything. Closed: for what is made here, and for the gate. */
export const roleSchema = z.enum(['viewer', 'controller', 'owner']);

export type Role = z.infer<typeof roleSchema>;

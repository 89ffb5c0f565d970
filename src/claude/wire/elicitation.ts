// `elicitation`: a tool's server asks a person something; and how the answer looks.
import * as z from 'zod/mini';
import type { Json } from '../../protocol/json.ts';
import { passthroughJson } from './passthroughJson.ts';

/** The request as the CLI passes it on; `requested_schema` was checked by the CLI, but not by all versions alike. */
export const elicitationSchema = z.looseObject({
  subtype: z.literal('elicitation'),
  mcp_server_name: z.string(),
  message: z.string(),
  mode: z.optional(z.string()),
  url: z.optional(z.string()),
  elicitation_id: z.optional(z.string()),
  requested_schema: z.optional(passthroughJson),
  /** Since 2.1.332 or a little before: members of JSON do not keep their order everywhere. */
  property_order: z.optional(z.array(z.string())),
  title: z.nullish(z.string()),
  display_name: z.nullish(z.string()),
  description: z.nullish(z.string()),
});

export type Elicitation = z.infer<typeof elicitationSchema>;

/** The `response` that takes an answer to the server; without a content an address was agreed to. */
export function elicitationResponse(
  action: 'accept' | 'decline' | 'cancel',
  content?: Json,
): { readonly [key: string]: Json } {
  return content === undefined ? { action } : { action, content };
}

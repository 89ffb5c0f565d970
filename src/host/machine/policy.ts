// What an administrator allows on this computer: `policy.json`, read only.
import { hasErrorCode } from '../../node/files.ts';
import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { parseJson } from '../../protocol/json.ts';

const policySchema = z.looseObject({ sharing: z.optional(z.enum(['on', 'off'])) });

/** Whether sessions may be shared. A file that cannot be understood forbids it: it was meant to say something. */
export function isSharingAllowed(policyFile: string): boolean {
  let text: string;
  try {
    text = readFileSync(policyFile, 'utf8');
  } catch (error) {
    return hasErrorCode(error, 'ENOENT');
  }
  const policy = policySchema.safeParse(parseJson(text));
  return policy.success && policy.data.sharing !== 'off';
}

// What an answer allows, whole: an answer names its hash, which nobody can make who has seen a part.
import { canonicalJson, type Json, parseJson } from '../protocol/json.ts';
import type { EntryOf } from '../protocol/transcript.ts';

type Request = EntryOf<'request'>;

/** The input with the plan that is to be approved, where that stands beside it. */
export function inputWithPlan({ input, plan }: Pick<Request, 'input' | 'plan'>): Json {
  if (plan === undefined || !isRecord(input) || 'plan' in input) return input;
  return { ...input, plan };
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * [R13] The text whose SHA-256 (base64url) is the `seen` of an answer: the request's id and the
 * canonical JSON of all that is allowed. `blob`: text of the blob that `inputCut` names. Undefined
 * for a request that was cut, without its blob.
 */
export function seenText(request: Request, blob?: string): string | undefined {
  const isCut = request.inputCut !== undefined;
  const whole = isCut ? blob !== undefined && parseJson(blob) : inputWithPlan(request);
  return whole === undefined || whole === false
    ? undefined
    : `${request.requestId}${canonicalJson(whole)}`;
}

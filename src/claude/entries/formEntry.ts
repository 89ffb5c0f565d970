// Maps an `elicitation` to the entry that waits for a person; pure.
import { omitUndefined } from '../../base/omitUndefined.ts';
import { jsonBytes, jsonCut } from '../../base/jsonText.ts';
import { type Form, type FormProblem, placeOf } from '../../protocol/forms/form.ts';
import { fieldsOfSchema } from '../../protocol/forms/formOfSchema.ts';
import type { Json } from '../../protocol/json.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import type { Elicitation } from '../wire/elicitation.ts';

/** What a person sees of a message that makes a form too large, in bytes of JSON. */
const MESSAGE_BYTES = 4000;

/** The 'request' entry; its id is the request's. The server stands in place of a tool. */
export function formEntry(
  requestId: string,
  request: Elicitation,
  context: { readonly at: number; readonly hash: string },
): EntryOf<'request'> {
  return {
    kind: 'request',
    id: requestId,
    at: context.at,
    requestId,
    request: 'form',
    tool: request.mcp_server_name,
    input: formInput(request),
    inputHash: context.hash,
    form: bounded(formOf(request)),
    ...omitUndefined({
      displayName: (request.title ?? request.display_name) || undefined,
      description: request.description || undefined,
    }),
  };
}

/** What was asked, as it came: an answer is bound to it. */
export function formInput(request: Elicitation): Json {
  const { subtype: _subtype, property_order: _order, ...asked } = request;
  // Its members are the JSON that the line was.
  return asked as Json;
}

function formOf(request: Elicitation): Form {
  const { message, url } = request;
  if (request.mode === 'url') {
    if (url === undefined) return { message, problem: 'unreadable' };
    return placeOf(url) === undefined ? { message, url, problem: 'bad-address' } : { message, url };
  }
  const fields = fieldsOfSchema(request.requested_schema, request.property_order);
  return fields === undefined ? { message, problem: 'unreadable' } : { message, fields };
}

/** A form is filled in whole or not at all: what does not fit an entry can only be declined. */
function bounded(form: Form): Form {
  if (jsonBytes(form) <= LIMITS.formBytes) return form;
  const problem: FormProblem = 'too-large';
  return { message: jsonCut(form.message, MESSAGE_BYTES), problem };
}

// Builds the CLI's form of an answer to a permission, question or plan; pure.
import { isRecord } from '../../base/isRecord.ts';
import type { AgentAnswer } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import { elicitationResponse } from '../wire/elicitation.ts';
import { permissionUpdates } from '../wire/suggestions.ts';

/** The `response` of a control_response. */
export function answerResponse(request: EntryOf<'request'>, answer: AgentAnswer): Json {
  if (request.request === 'form') {
    return answer.behavior === 'deny'
      ? elicitationResponse('decline')
      : elicitationResponse('accept', answer.content);
  }
  if (answer.behavior === 'deny') {
    return {
      behavior: 'deny',
      message: answer.message ?? 'The user does not want this to run.',
      ...(answer.interrupt === true ? { interrupt: true } : {}),
    };
  }
  const input = request.input;
  // Several labels go as a list: a comma in one of them stays its own.
  const answers: Json | undefined =
    request.request === 'question' ? (answer.content ?? answer.answers) : undefined;
  const updatedInput: Json =
    answers === undefined || !isRecord(input) ? input : { ...input, answers };
  const updatedPermissions = permissionUpdates(request, answer);
  return {
    behavior: 'allow',
    updatedInput,
    ...(updatedPermissions.length > 0 ? { updatedPermissions } : {}),
  };
}

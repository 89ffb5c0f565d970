// What an answer chooses beside yes and no: where rules are kept, and how a plan goes on.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentAnswer } from '../../protocol/agent.ts';
import { isUnattendedMode } from '../../protocol/agentRules.ts';
import type { CommandArgs } from '../../protocol/commandTable.ts';
import { requestKindOf } from '../../protocol/openValues.ts';
import { bypassWithGuests, otherApproval, otherPlace } from './refusals.ts';
import type { OpenRequest } from './requestBook.ts';
import type { CommandTarget } from './sessionDriver.ts';

/** Which rules are kept, where, and the mode to go on in. */
export type AnswerChoices = Pick<
  Extract<AgentAnswer, { behavior: 'allow' }>,
  'rememberSuggestions' | 'place' | 'mode'
>;

/** The place that needs no file: rules end with the session. */
const SESSION = 'session';

/**
 * [C12] Only an owner's answer has `remember` and `place` here: the gate has taken them out of a
 * guest's. Throws CommandRefused for what the request does not name: narrower or wider, it would be
 * something else than was chosen.
 */
export function answerChoices(
  request: OpenRequest,
  { behavior, remember, place, mode }: CommandArgs<'answer'>,
  { rules, hasControllers }: Pick<CommandTarget, 'rules' | 'hasControllers'>,
): AnswerChoices {
  if (behavior === 'deny') return {};
  if (
    place !== undefined &&
    place !== SESSION &&
    !request.places.some((one) => one.place === place)
  )
    throw otherPlace();
  if (mode !== undefined && !request.approvals.some((one) => one.mode === mode))
    throw otherApproval();
  if (mode !== undefined && isUnattendedMode(rules, mode) && hasControllers())
    throw bypassWithGuests();
  // [R17] After a plan the agent goes back to the mode before it, which may skip questions.
  const isPlan = requestKindOf(request.request) === 'plan';
  const next = mode ?? (isPlan && hasControllers() ? rules.askingMode : undefined);
  return omitUndefined({ rememberSuggestions: remember, place, mode: next });
}

/** [R20] What was chosen besides, for everybody to read; undefined: nothing. */
export function chosenText(
  request: OpenRequest,
  { behavior, remember = [], place, mode }: CommandArgs<'answer'>,
): string | undefined {
  if (behavior === 'deny') return undefined;
  const approval = request.approvals.find((one) => one.mode === mode)?.text;
  const rules = remember.flatMap((at) => request.suggestionTexts[at] ?? []).join(', ');
  const file = request.places.find((one) => one.place === place)?.file;
  const kept = rules !== '' && file !== undefined ? `${rules} → ${file}` : rules;
  const parts = [approval, kept].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? undefined : parts.join(' · ');
}

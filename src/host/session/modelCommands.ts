// Commands that set how the agent works: its mode, its model, how much it thinks.
import { say } from '../../base/say.ts';
import { isUnattendedMode, modeNameOf } from '../../protocol/agentRules.ts';
import type { AcceptedCommand } from '../../session/control/commandHandlers.ts';
import { authorOf } from './authorOf.ts';
import { bypassWithGuests, carriedOut } from './refusals.ts';
import type { CommandTarget } from './sessionDriver.ts';

/** The model of the session from the next request on. */
export async function setModel(
  { args: { model }, person }: AcceptedCommand<'set-model'>,
  { recorder, child }: CommandTarget,
): Promise<undefined> {
  await carriedOut(child()?.setModel(model));
  recorder.update({ model });
  recorder.wait.modelChanged();
  const words = say`Model changed to “${model}”.`;
  recorder.notice({ level: 'info', code: 'model-changed', words, author: authorOf(person) });
}

/** [A1] How much it thinks; without an agent it counts from the next start. */
export async function setEffort(
  { args, person }: AcceptedCommand<'set-effort'>,
  { recorder, child }: CommandTarget,
): Promise<undefined> {
  const effort = args.effort.trim();
  const isChosen = effort !== '';
  const agent = child();
  await carriedOut(agent?.setEffort(isChosen ? effort : undefined));
  const isUnknown = agent === undefined || isChosen;
  recorder.update({ isEffortChosen: isChosen, ...(isUnknown ? { effort } : {}) });
  const words = isChosen
    ? say`Effort changed to “${effort}”.`
    : say`Effort changed to the model’s own.`;
  recorder.notice({ level: 'info', code: 'effort-changed', words, author: authorOf(person) });
}

/** [R5][R17] The permission mode. */
export async function setMode(
  { args: { mode }, person }: AcceptedCommand<'set-mode'>,
  { recorder, rules, child, hasControllers }: CommandTarget,
): Promise<undefined> {
  const before = recorder.stored.mode ?? rules.askingMode;
  const isForbidden = (): boolean => isUnattendedMode(rules, mode) && hasControllers();
  if (isForbidden()) throw bypassWithGuests();
  await carriedOut(child()?.setMode(mode));
  // A controller link may have been made meanwhile.
  if (isForbidden()) {
    await carriedOut(child()?.setMode(before));
    throw bypassWithGuests();
  }
  recorder.update({ mode, isModeChosen: true });
  const name = modeNameOf(rules, mode);
  const words = say`Permission mode changed to “${name}”.`;
  recorder.notice({ level: 'info', code: 'mode-changed', words, author: authorOf(person) });
}

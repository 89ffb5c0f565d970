// The questions of a new session: its first prompt, and on demand its mode, model and effort.
import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Choice, ChoiceList } from '../../protocol/local/choices.ts';
import { BACK, pickOne, type StepItem } from './quickSteps.ts';

/** How the agent is to work; what is absent is as its own settings say. */
export interface StartChoices {
  readonly mode?: Choice;
  readonly model?: Choice;
  readonly effort?: string;
}

/** What the person wants. */
export interface StartAnswer extends StartChoices {
  readonly prompt: string;
}

type Lists = (list: Extract<ChoiceList, 'modes' | 'models'>) => Promise<readonly Choice[]>;

/** Asks for the prompt; a button of its box leads to the rest. Undefined if the person cancelled. */
export async function askStart(cwd: string, lists: Lists): Promise<StartAnswer | undefined> {
  let prompt = '';
  let chosen: StartChoices = {};
  for (;;) {
    // oxlint-disable no-await-in-loop -- one question after the other is the point
    const answer = await askPrompt(cwd, prompt, chosen);
    if (answer === undefined) return undefined;
    prompt = answer.prompt;
    if (!answer.isMore) return { ...chosen, prompt };
    chosen = (await askChoices(lists)) ?? chosen;
    // oxlint-enable no-await-in-loop
  }
}

function askPrompt(
  cwd: string,
  before: string,
  { mode, model, effort }: StartChoices,
): Promise<{ readonly prompt: string; readonly isMore: boolean } | undefined> {
  const { t } = vscode.l10n;
  const box = vscode.window.createInputBox();
  const chosen = [mode?.name, model?.name, effort].filter((one) => one !== undefined).join(', ');
  const title = t('Start a session in {0}', cwd);
  box.title = chosen === '' ? title : `${title} (${chosen})`;
  box.prompt = t('First prompt. Leave it empty to begin in the panel.');
  box.placeholder = t('What should be done?');
  box.value = before;
  box.ignoreFocusOut = true;
  const tooltip = t('Permission mode, model, effort');
  box.buttons = [{ iconPath: new vscode.ThemeIcon('settings-gear'), tooltip }];
  return new Promise((resolve) => {
    const disposables = new DisposableStore();
    disposables.add(box);
    const settle = (isMore: boolean): void => {
      resolve({ prompt: box.value, isMore });
      disposables.dispose();
    };
    disposables.add(box.onDidAccept(() => settle(false)));
    disposables.add(box.onDidTriggerButton(() => settle(true)));
    disposables.add(
      box.onDidHide(() => {
        resolve(undefined);
        disposables.dispose();
      }),
    );
    box.show();
  });
}

/** Undefined if the person went back: what was chosen before stays. */
async function askChoices(lists: Lists): Promise<StartChoices | undefined> {
  const { t } = vscode.l10n;
  const mode = await pickFrom(await lists('modes'), 1, t('Permission mode'));
  if (mode === undefined) return undefined;
  if (mode !== OWN && mode.isUnattended === true && !(await confirmed(mode))) return undefined;
  const models = await lists('models');
  const model = models.length === 0 ? OWN : await pickFrom(models, 2, t('Model'));
  if (model === undefined) return undefined;
  // Without a model its own settings choose one, which may take any.
  const efforts = model === OWN ? models.find(({ efforts: some }) => some)?.efforts : model.efforts;
  const items = (efforts ?? []).map((id) => ({ id, name: id }));
  const effort = items.length === 0 ? OWN : await pickFrom(items, 3, t('Effort'));
  if (effort === undefined) return undefined;
  return omitUndefined({
    mode: mode === OWN ? undefined : mode,
    model: model === OWN ? undefined : model,
    effort: effort === OWN ? undefined : effort.id,
  });
}

/** As the agent's own settings say. */
const OWN: unique symbol = Symbol('own');
type Picked = Choice | typeof OWN;

async function pickFrom(
  choices: readonly Choice[],
  step: number,
  title: string,
): Promise<Choice | typeof OWN | undefined> {
  const own: StepItem<Picked> = { label: vscode.l10n.t('As your own settings say'), value: OWN };
  const items = choices.map((choice): StepItem<Picked> => ({
    label: choice.name,
    ...omitUndefined({ detail: choice.explanation }),
    value: choice,
  }));
  const picked = await pickOne({
    ...{ title, step, totalSteps: 3, placeholder: title, items: [own, ...items] },
  });
  return picked === BACK ? undefined : picked;
}

async function confirmed(mode: Choice): Promise<boolean> {
  const { t } = vscode.l10n;
  const use = t('Use this mode');
  const question = t(
    '{0}: tools run without asking anybody. Guests cannot control the session meanwhile.',
    mode.name,
  );
  return (await vscode.window.showWarningMessage(question, { modal: true }, use)) === use;
}

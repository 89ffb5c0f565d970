// Quick picks and input boxes in steps, with a way back.
import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.ts';

/** The person went one step back. */
export const BACK: unique symbol = Symbol('back');

/** Title and place of a step. */
export interface StepOptions {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

/** An item that stands for a value. */
export interface StepItem<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** One choice; undefined = cancelled. */
export function pickOne<T>(
  options: StepOptions & { readonly items: readonly StepItem<T>[]; readonly placeholder: string },
): Promise<T | typeof BACK | undefined> {
  const box = vscode.window.createQuickPick<StepItem<T>>();
  box.items = options.items;
  box.placeholder = options.placeholder;
  box.matchOnDescription = true;
  return run(box, options, () => box.activeItems[0]?.value);
}

/** Any number of choices; undefined = cancelled. */
export function pickMany<T>(
  options: StepOptions & { readonly items: readonly StepItem<T>[]; readonly placeholder: string },
): Promise<readonly T[] | typeof BACK | undefined> {
  const box = vscode.window.createQuickPick<StepItem<T>>();
  box.items = options.items;
  box.canSelectMany = true;
  box.selectedItems = options.items.filter((item) => item.picked === true);
  box.placeholder = options.placeholder;
  return run(box, options, () => box.selectedItems.map((item) => item.value));
}

/** A text; undefined = cancelled. */
export function askText(
  options: StepOptions & {
    readonly prompt: string;
    readonly placeholder: string;
    readonly value?: string;
    readonly isSecret?: boolean;
    /** Message about a text that cannot be taken. */
    readonly check?: (text: string) => string | undefined;
  },
): Promise<string | typeof BACK | undefined> {
  const box = vscode.window.createInputBox();
  box.prompt = options.prompt;
  box.placeholder = options.placeholder;
  box.value = options.value ?? '';
  box.password = options.isSecret === true;
  const problemOf = options.check ?? ((): string | undefined => undefined);
  const listener = box.onDidChangeValue(() => {
    box.validationMessage = undefined;
  });
  return run(box, options, () => {
    const problem = problemOf(box.value);
    box.validationMessage = problem;
    return problem === undefined ? box.value : undefined;
  }).finally(() => listener.dispose());
}

function run<T>(
  box: (vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox) & vscode.QuickInput,
  options: StepOptions,
  accepted: () => T | undefined,
): Promise<T | typeof BACK | undefined> {
  box.title = options.title;
  box.step = options.step;
  box.totalSteps = options.totalSteps;
  box.ignoreFocusOut = true;
  if (options.step > 1) box.buttons = [vscode.QuickInputButtons.Back];
  return new Promise((resolve) => {
    const disposables = new DisposableStore();
    disposables.add(box);
    const settle = (value: T | typeof BACK | undefined): void => {
      resolve(value);
      disposables.dispose();
    };
    disposables.add(
      box.onDidAccept(() => {
        const value = accepted();
        if (value !== undefined) settle(value);
      }),
    );
    disposables.add(box.onDidTriggerButton(() => settle(BACK)));
    disposables.add(box.onDidHide(() => settle(undefined)));
    box.show();
  });
}

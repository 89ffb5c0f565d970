// Tells a person about an error: one message, with the log at hand.
import { speech } from './speech.ts';
import * as vscode from 'vscode';
import type { AppError } from '../base/errors.ts';
import { errorMessage } from '../client/translate.ts';
import { fullName } from './manifestNames.ts';
import { plainText } from './plainText.ts';

/** Shows an error; a cancelled action says nothing. */
export function reportError(error: AppError): void {
  if (error.code === 'cancelled') return;
  const showLog = vscode.l10n.t('Show Log');
  void vscode.window
    .showErrorMessage(plainText(errorMessage(error, speech())), showLog)
    .then((choice) => {
      if (choice === showLog) void vscode.commands.executeCommand(fullName('showLog'));
    });
}

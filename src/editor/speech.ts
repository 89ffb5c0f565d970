// The language of this window.
import * as vscode from 'vscode';
import type { Translate } from '../client/translate.ts';
import { templatesOf } from '../protocol/said.ts';

/** Translates, also what other computers have said: by the texts of the bundle in use. */
export function speech(): Translate {
  const speak = (message: string, ...args: (string | number | boolean)[]): string =>
    vscode.l10n.t(message, ...args);
  return Object.assign(speak, { templates: templatesOf(vscode.l10n.bundle) });
}

// The shape of vscode.l10n.t, so that pure parts can be given it and tests can leave it out.

/** Translates an English text; `{0}`, `{1}` … are replaced by the arguments. */
export type Translate = (message: string, ...args: (string | number | boolean)[]) => string;

/** Fills in the arguments and translates nothing: for tests. */
export const untranslated: Translate = (message, ...args) =>
  message.replaceAll(/\{(\d+)\}/g, (whole, n: string) => String(args[Number(n)] ?? whole));

// A language that does not exist: every text of the bundle stands in brackets that nothing else has.
import { wantedBundle } from '../../scripts/l10n.ts';
import { inEnglish } from '../../src/base/say.ts';
import type { Translate } from '../../src/client/translate.ts';
import { templatesOf } from '../../src/protocol/said.ts';

/** Its texts by the English ones. */
export const PSEUDO_TEXTS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(Object(JSON.parse(wantedBundle()))).map((text) => [text, `⟦${text}⟧`]),
);

/** Speaks it, as VS Code does with a bundle. */
export const PSEUDO: Translate = Object.assign(
  (message: string, ...args: (string | number | boolean)[]) =>
    inEnglish(PSEUDO_TEXTS[message] ?? message, ...args.map(String)),
  { templates: templatesOf(PSEUDO_TEXTS) },
);

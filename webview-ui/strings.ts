// Every text of the panel, by its English words, and how translations replace them.

/** Gives the text in the reader's language with `{0}`, `{1}` … replaced. */
export type Translate = (key: string, ...values: readonly (string | number)[]) => string;

/** Looks a text up in `translations` (by the English text) and fills its places. */
export function translate(
  translations: Readonly<Record<string, string>>,
  key: string,
  values: readonly (string | number)[],
): string {
  const template = translations[key] ?? key;
  return template.replace(/\{(\d+)\}/g, (place, at: string) => String(values[Number(at)] ?? place));
}

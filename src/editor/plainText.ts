// Texts of others in notifications: VS Code makes links, even to commands, of what looks like one.

/** The text with every `[label](target)` broken up, so that a notification shows it as it stands. */
export function plainText(text: string): string {
  return text.replaceAll('](', '] (');
}

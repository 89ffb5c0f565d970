// Texts of others in notifications: VS Code makes links, even to commands, of what looks like one.
import { showDeceptive } from '../base/visibleText.ts';

/** The text with every `[label](target)` broken up and deceptive characters spelled, so that a notification shows it as it stands. */
export function plainText(text: string): string {
  return showDeceptive(text).replaceAll('](', '] (');
}

// Which links of a transcript may be opened, and how their target is shown.
import { showDeceptive } from '../../src/base/visibleText.ts';

const SCHEMES = new Set(['https:', 'http:', 'mailto:']);

/** The link in its normal form (punycode host) if it may be opened: web and mail only. */
export function safeLink(href: string): string | undefined {
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return undefined;
  }
  return SCHEMES.has(url.protocol) ? showDeceptive(url.href) : undefined;
}

// The static page behind a link: found on disk, served with a policy that allows nothing but itself.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type CompressedForms, createStaticFile, type StaticFile } from './staticFile.ts';

/** Where the page lies: beside the sources, beside the bundle, or inside its folder. */
const PLACES = ['../../../media/join/index.html', '../media/join/index.html', './join/index.html'];
/** Where the build puts its compressed forms: beside the bundle, or beside the page. */
const FORM_PLACES = ['./join/index.html', '../../../dist/join/index.html'];
const FALLBACK =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Twinhelm</title>' +
  '<p>Copy the address of this page, open VS Code with the Twinhelm extension, and run the command “Twinhelm: Join with a Link…”.</p></html>';

/** Loads the join page; without its file, a line of text that tells the same. */
export function loadJoinPage(base: string = import.meta.url): StaticFile {
  const html = readFirst(PLACES, base)?.toString('utf8');
  return html === undefined
    ? staticPage(FALLBACK)
    : staticPage(html, {
        br: readFirst(FORM_PLACES, base, '.br'),
        gzip: readFirst(FORM_PLACES, base, '.gz'),
      });
}

/** Serves an HTML text: its inline script and style are allowed by their hashes, nothing else is. */
export function staticPage(html: string, compressed?: CompressedForms): StaticFile {
  const policy = [
    "default-src 'none'",
    `script-src ${hashes(html, 'script')}`,
    `style-src ${hashes(html, 'style')}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    'cache-control': 'no-cache',
  };
  return createStaticFile(new TextEncoder().encode(html), headers, compressed);
}

function readFirst(places: readonly string[], base: string, suffix = ''): Buffer | undefined {
  for (const place of places) {
    try {
      return readFileSync(new URL(place + suffix, base));
    } catch {
      // The next place.
    }
  }
  return undefined;
}

function hashes(html: string, tag: 'script' | 'style'): string {
  const blocks = html.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'));
  const sources = [...blocks].map(
    ([, text]) =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`,
  );
  return sources.length > 0 ? sources.join(' ') : "'none'";
}

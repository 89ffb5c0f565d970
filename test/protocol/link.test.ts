// Links as people paste them: whole, cut, foreign, wrapped.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase32 } from '../../src/base/bytes.ts';
import { AppError } from '../../src/base/errors.ts';
import { randomBytes } from '../../src/crypto/keys.ts';
import { formatLink, type InviteLink, parseLink, relayAddress } from '../../src/protocol/link.ts';

const link: InviteLink = {
  room: toBase32(randomBytes(16)),
  secret: randomBytes(32),
  relay: 'wss://relay.example.org/th',
  role: 'controller',
  epoch: { number: 3, secret: randomBytes(32) },
};

function codeOf(text: string): string {
  try {
    parseLink(text);
    return 'parsed';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.parts.remedy).toBeTruthy();
    return error.code;
  }
}

describe('bad link', () => {
  it('a link is read back from every form in which it travels', () => {
    const text = formatLink(link);
    expect(text).toMatch(/^https:\/\/relay\.example\.org\/th\/join#1\./);
    const fragment = text.slice(text.indexOf('#') + 1);
    for (const form of [
      text,
      ` ${text}\n`,
      fragment,
      `vscode://twinhelm.twinhelm/join#${fragment}`,
    ]) {
      expect(parseLink(form)).toEqual(link);
    }
    expect(parseLink(encodeURI(text))).toEqual(link);
  });

  it('a link cut anywhere is refused with what is missing, never misread', () => {
    const text = formatLink(link);
    const start = text.indexOf('#');
    for (let length = 0; length < text.length; length += 1) {
      const cut = text.slice(0, length);
      // The epoch part is optional: a link that ends exactly before it is a whole link.
      if (cut === text.slice(0, text.lastIndexOf('.'))) continue;
      expect(codeOf(cut), `cut at ${length} (fragment from ${start})`).toBe('link-malformed');
    }
  });

  it('a link of another protocol version says which side must update', () => {
    const text = formatLink(link).replace('#1.', '#2.');
    expect(codeOf(text)).toBe('link-needs-update');
    expect(() => parseLink(text)).toThrow(/Update Twinhelm/);
    const older = formatLink(link).replace('#1.', '#0.');
    expect(codeOf(older)).toBe('link-foreign-version');
    expect(() => parseLink(older)).toThrow(/Ask for a new link/);
  });

  it('[R9] a link for a role that this version does not know asks for no more than to look', () => {
    const text = formatLink(link);
    expect(parseLink(text.replace('.c.', '.d.'))).toEqual({ ...link, role: 'viewer' });
    for (const bad of ['.C.', '..', '.vc.', '.1.']) {
      expect(codeOf(text.replace('.c.', bad)), bad).toBe('link-malformed');
    }
  });

  it('arbitrary text never throws anything but a link error', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => {
        const codes = ['link-malformed', 'link-foreign-version', 'link-needs-update'];
        expect(codes).toContain(codeOf(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('relay addresses with logins, queries or other schemes are refused', () => {
    expect(relayAddress('https://relay.example.org/')).toBe('wss://relay.example.org');
    expect(relayAddress('ws://127.0.0.1:4000')).toBe('ws://127.0.0.1:4000');
    for (const bad of ['ftp://x', 'wss://user:pw@x', 'wss://x/?a=1', 'wss://x/#y', 'relay', '']) {
      expect(relayAddress(bad)).toBeUndefined();
    }
  });
});

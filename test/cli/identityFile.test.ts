// The identity of a command line is its owner's alone, as far as the system can tell.
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { IDENTITY_FILE, loadIdentity } from '../../src/cli/join/identityFile.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'twinhelm-identity-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test.each(['linux', 'darwin'] as const)(
  'on %s one that others may read is refused, and kept',
  async (platform) => {
    const made = await loadIdentity(home, { platform });
    const file = join(home, IDENTITY_FILE);
    expect(statSync(file).mode & 0o077).toBe(0);
    chmodSync(file, 0o640);
    await expect(loadIdentity(home, { platform })).rejects.toThrow('others may read or write it');
    chmodSync(file, 0o600);
    expect((await loadIdentity(home, { platform })).member).toBe(made.member);
  },
);

test('on Windows the mode says nothing: the profile’s rights protect it', async () => {
  const made = await loadIdentity(home, { platform: 'win32' });
  chmodSync(join(home, IDENTITY_FILE), 0o666);
  expect((await loadIdentity(home, { platform: 'win32' })).member).toBe(made.member);
});

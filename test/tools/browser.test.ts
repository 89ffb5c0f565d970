// A browser is looked for in every place, and its absence is said clearly.
import { expect, test } from 'vitest';
import { findBrowser } from '../../tools/install/browser.ts';

const nowhere = {
  installed: () => undefined,
  download: () => undefined,
  debianPackage: () => undefined,
};

test('a browser that cannot be found is a clear error that says what to do', () => {
  expect(() => findBrowser(nowhere)).toThrow(/Install Chromium, Chrome or Edge.*TWINHELM_BROWSER/);
});

test('an installed browser is taken before anything is downloaded', () => {
  const tried: string[] = [];
  const note = (name: string): undefined => {
    tried.push(name);
  };
  const path = findBrowser({
    installed: () => '/usr/bin/chromium',
    download: () => note('download'),
    debianPackage: () => note('package'),
  });
  expect([path, ...tried]).toEqual(['/usr/bin/chromium']);
});

test('the package manager comes last', () => {
  const sources = { ...nowhere, debianPackage: () => '/usr/bin/chromium' };
  expect(findBrowser(sources)).toBe('/usr/bin/chromium');
});

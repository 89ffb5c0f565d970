// The package holds what it should and nothing else.
import { expect, test } from 'vitest';
import { vsixProblems } from '../../scripts/vsixContent.ts';

const GOOD = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/package.json',
  'extension/package.nls.json',
  'extension/readme.md',
  'extension/LICENSE.txt',
  'extension/media/icon.png',
  'extension/media/join/index.html',
  'extension/dist/extension.node.cjs',
  'extension/dist/extension.web.cjs',
  'extension/dist/twinhelm.mjs',
  'extension/dist/panel.js',
  'extension/dist/panel.css',
  'extension/dist/join/index.html.br',
  'extension/dist/join/index.html.gz',
];

test('the expected content passes', () => {
  expect(vsixProblems(GOOD, [])).toEqual([]);
});

test.each([
  'extension/src/base/ids.ts',
  'extension/dist/panel.js.map',
  'extension/node_modules/ws/index.js',
  'extension/.twinhelm/host.json',
  'extension/tools/install/cache.ts',
])('%s is refused', (name) => {
  expect(vsixProblems([...GOOD, name], [])).toHaveLength(1);
});

test('a package without the session host is refused', () => {
  expect(
    vsixProblems(
      GOOD.filter((name) => !name.endsWith('.mjs')),
      [],
    ),
  ).toHaveLength(1);
});

test('a package without a part that the page loads is refused', () => {
  const built = ['panel.js', 'panel-chunk-LALVLWV6.js', 'panel-syntax-4FZP4UXR.js'];
  expect(vsixProblems(GOOD, built)).toHaveLength(2);
  const parts = [
    'extension/dist/panel-chunk-LALVLWV6.js',
    'extension/dist/panel-syntax-4FZP4UXR.js',
  ];
  expect(vsixProblems([...GOOD, ...parts], built)).toEqual([]);
});

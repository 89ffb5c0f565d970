// package.json, its texts and the code say the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BUNDLE, textsOf, wantedBundle } from '../../scripts/l10n.ts';
import { panelHtml } from '../../src/editor/panel/panelHtml.ts';
import { COMMANDS, fullName, VIEW } from '../../src/editor/manifestNames.ts';

const root = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
// The manifest of this repository, read by the tests that hold it to the code.
const manifest = JSON.parse(read('package.json')) as {
  contributes: {
    commands: { command: string }[];
    views: Record<string, { id: string }[]>;
    menus: Record<string, { command: string }[]>;
    keybindings: { command: string }[];
    configuration: { properties: Record<string, { scope?: string }> };
  };
};
const { contributes } = manifest;

describe('manifest', () => {
  test('every command of the code is contributed, and no other', () => {
    const ids = contributes.commands.map(({ command }) => command);
    expect(ids.toSorted()).toEqual(COMMANDS.map(fullName).toSorted());
  });

  test('menus and keys name contributed commands only', () => {
    const ids = new Set(contributes.commands.map(({ command }) => command));
    const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
    expect(used.filter(({ command }) => !ids.has(command))).toEqual([]);
  });

  test('views have the ids of the code', () => {
    const ids = Object.values(contributes.views).flatMap((views) => views.map(({ id }) => id));
    expect(ids).toEqual([VIEW.sessions, VIEW.people]);
  });

  test('every text stands in package.nls.json, and nothing else does', () => {
    const texts: unknown = JSON.parse(read('package.nls.json'));
    const used = [...read('package.json').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => `${key}`);
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(Object(texts)).toSorted());
  });

  test('a repository cannot set a program, a relay or sharing', () => {
    const { properties } = contributes.configuration;
    const scopes = ['claudePath', 'relay.url', 'sharing.enabled'].map(
      (name) => properties[fullName(name)]?.scope,
    );
    expect(scopes).toEqual(['machine', 'application', 'machine']);
  });
});

describe('texts', () => {
  test('the template of translations holds every text (node scripts/l10n.ts)', () => {
    const has = new Set(Object.keys(Object(JSON.parse(readFileSync(BUNDLE, 'utf8')))));
    const wanted = Object.keys(Object(JSON.parse(wantedBundle())));
    expect(wanted.filter((text) => !has.has(text))).toEqual([]);
  });

  test('texts are found in single and double quotes, with escapes', () => {
    expect(textsOf(`t('one {0}', x) t("it's") t(\n 'it\\'s two')`)).toEqual([
      'one {0}',
      "it's",
      "it's two",
    ]);
  });
});

describe('page of the panel', () => {
  const page = panelHtml({
    cspSource: 'https://source',
    scriptUri: 'https://source/panel.js',
    styleUri: 'https://source/panel.css',
    nonce: 'abc',
    locale: 'en',
    title: '<script>alert(1)</script>"',
    state: { kind: 'own', session: '"><img src=x>' },
  });

  test('allows one script by nonce, no network, no inline style', () => {
    const policy = /content="([^"]*)"/.exec(page.slice(page.indexOf('Content-Security')))?.[1];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'nonce-abc'");
    expect(policy).toContain("connect-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
  });

  test('titles and ids cannot leave their places', () => {
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain('<img');
  });
});

// Texts of others in notifications.
import { expect, test } from 'vitest';
import { plainText } from '../../src/editor/plainText.ts';

/** What VS Code takes for a link in a notification (parseLinkedText in its sources). */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

test.each([
  '[Bob](command:workbench.action.terminal.new)',
  '[x](https://evil.example "title")',
  '[a][b](file:///etc/passwd)',
  ']([x](command:a)',
])('a name like %s is no link in a notification', (name) => {
  expect(LINK.test(name)).toBe(true);
  expect(LINK.test(plainText(`${name} asks for control of “${name}”.`))).toBe(false);
});

test('nothing in a name hides, turns the line around, or brings a link together', () => {
  expect(plainText('Bob\u202e)live.exe')).toBe('Bob⟨U+202E⟩)live.exe');
  expect(plainText('a\u0007\u200bb')).toBe('a⟨U+0007⟩⟨U+200B⟩b');
  expect(LINK.test(plainText('[Bob]\u200b(command:a)'))).toBe(false);
});

test('other brackets stay as they are', () => {
  expect(plainText('fix [core] (part 2), a[0]')).toBe('fix [core] (part 2), a[0]');
});

// What typing asks for, and what a choice writes: the same words that an agent reads.
import { describe, expect, it, test } from 'vitest';
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
import { mentionOf } from '../../src/protocol/local/mention.ts';
import {
  chosen,
  commandIn,
  fittingCommands,
  isNamed,
  triggerAt,
} from '../../webview-ui/model/menuTrigger.ts';

const at = (text: string) => triggerAt(text.replace('|', ''), text.indexOf('|'));

describe('a menu opens', () => {
  it('for a command at the very start, while its name is typed', () => {
    expect(at('/|')).toEqual({ list: 'commands', query: '', from: 0, to: 1 });
    expect(at('/com|pact now')).toEqual({ list: 'commands', query: 'com', from: 0, to: 8 });
    for (const none of ['/compact |', 'a /com|', ' /com|', '/usr/bin|', '|/com']) {
      expect([none, at(none)]).toEqual([none, undefined]);
    }
  });

  it('for a file after an @ that begins a word, in quotes too', () => {
    expect(at('look at @src/a|')).toEqual({ list: 'files', query: 'src/a', from: 8, to: 14 });
    expect(at('@|')).toEqual({ list: 'files', query: '', from: 0, to: 1 });
    expect(at('a\n@b|c d')).toEqual({ list: 'files', query: 'b', from: 2, to: 5 });
    expect(at('see @"two wo|')).toEqual({ list: 'files', query: 'two wo', from: 4, to: 12 });
    for (const none of ['ada@example|', '@src |', '@"done" |', 'a@|']) {
      expect([none, at(none)]).toEqual([none, undefined]);
    }
  });
});

describe('a choice', () => {
  const put = (text: string, id: string) => {
    const trigger = at(text);
    if (trigger === undefined) throw new Error('no trigger');
    const done = chosen(text.replace('|', ''), trigger, { id, name: id });
    return done && `${done.text.slice(0, done.caret)}|${done.text.slice(done.caret)}`;
  };

  it('stands where the typing was, and the caret behind it', () => {
    expect(put('/co|', 'compact')).toBe('/compact |');
    expect(put('/co|mp the rest', 'compact')).toBe('/compact |the rest');
    expect(put('look at @a| please', 'src/a.ts')).toBe('look at @src/a.ts |please');
  });

  it('of a folder is gone on in, with its quotes open', () => {
    expect(put('@s|', 'src/')).toBe('@src/|');
    expect(put('@t|', 'two words/')).toBe('@"two words/|');
    expect(put('@"two words/|', 'two words/a.ts')).toBe('@"two words/a.ts" |');
  });

  it('that no prompt can name is not written', () => {
    for (const name of ['new\nline.txt', 'say "hi".txt', 'tab\there']) {
      expect(put('@n|', name)).toBeUndefined();
    }
  });
});

test.each([
  ['src/a.ts', undefined, 'src/a.ts', 1, Infinity],
  ['src/a.ts', { from: 3, to: 9 }, 'src/a.ts', 3, 9],
  ['src/a.ts', { from: 3, to: 3 }, 'src/a.ts', 3, 3],
  ['two words.ts', { from: 1, to: 2 }, 'two words.ts', 1, 2],
  ['ends with (dot).', undefined, 'ends with (dot).', 1, Infinity],
  ['bi\u202Edi.txt', undefined, 'bi\u202Edi.txt', 1, Infinity],
])('%j with %j is read again as it was meant', (path, lines, readPath, fromLine, toLine) => {
  const mention = mentionOf(path, lines);
  expect(CLAUDE_RULES.fileMentions(`see ${mention}\nplease`, 9)).toEqual([
    { path: readPath, fromLine, toLine },
  ]);
});

test('commands fit by their beginning first, then by an alias, a part, what they do', () => {
  const commands = [
    { id: 'review', name: 'review', explanation: 'Looks at a pull request' },
    { id: 'clear', name: 'clear', aliases: ['reset', 'new'] },
    { id: 'team:review', name: 'team:review' },
    { id: 'ship', name: 'ship', explanation: 'Reviews and publishes' },
    { id: 'model', name: 'model' },
  ];
  const names = (query: string) => fittingCommands(commands, query).map(({ id }) => id);
  expect(names('re')).toEqual(['review', 'clear', 'team:review', 'ship']);
  expect(names('')).toHaveLength(5);
  expect(names('zzz')).toEqual([]);
  expect(isNamed(commands[1] ?? { id: '', name: '' }, 'new')).toBe(true);
});

test('only what an agent would take for a command is one', () => {
  expect(commandIn('/compact now')).toBe('compact');
  expect(commandIn('/team:review')).toBe('team:review');
  for (const text of ['/usr/bin is full', 'a /compact', '/', '//compact']) {
    expect([text, commandIn(text)]).toEqual([text, undefined]);
  }
});

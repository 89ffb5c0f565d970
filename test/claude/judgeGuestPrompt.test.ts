// What Claude Code makes of a guest's prompt: text, a command of its own, or refused.
import { describe, expect, it } from 'vitest';
import { spoken } from '../../src/base/say.ts';
import {
  commandWithFiles,
  fileOutside,
  otherCommand,
} from '../../src/claude/rules/guestRefusals.ts';
import { GUEST_COMMANDS, judgeGuestPrompt } from '../../src/claude/rules/judgeGuestPrompt.ts';

describe('[R8] what a guest may write', () => {
  it.each([
    'hello',
    'what does a/b mean?',
    'see #12',
    '#42 is open',
    '!important',
    '/etc/passwd is what?',
    '/',
    ...GUEST_COMMANDS,
    '/compact keep the plan',
    '',
  ])('%j passes', (text) => {
    expect(judgeGuestPrompt(text).kind).not.toBe('refused');
  });

  it('[R8] three commands run as such, exactly as they are written; all else is text', () => {
    for (const text of [...GUEST_COMMANDS, '/compact keep the plan', '/context\nme']) {
      expect(judgeGuestPrompt(text)).toEqual({ kind: 'command' });
    }
    for (const text of [
      ...[
        '/',
        '/compactor',
        '/COMPACT',
        '／compact',
        '/\u200bcompact',
        ' /compact',
        '\u200b/compact',
      ],
      ...['!ls', '#x', 'x /compact', '/login', '/mcp__server__prompt', '/plugin:command', ''],
    ]) {
      expect(judgeGuestPrompt(text)).toEqual({ kind: 'text' });
    }
  });

  it('[R8] a command takes nothing along in which an agent might look for files', () => {
    for (const at of ['@', '\uff20', '\ufe6b']) {
      const verdict = judgeGuestPrompt(`/compact ${at}in.txt`);
      expect(verdict).toEqual({ kind: 'refused', words: commandWithFiles('/compact') });
    }
  });

  it('[R8] a command that the agent has and guests may not run is refused by name', () => {
    const known = [{ name: 'login', description: '' }];
    const judged = (text: string) => judgeGuestPrompt(text, known);
    const words = otherCommand('/login', GUEST_COMMANDS);
    expect(judged('/login now')).toEqual({ kind: 'refused', words });
    expect(spoken(words.happened)).toBe('Guests may not run /login.');
    for (const text of ['/etc/passwd', 'login', ' /login', '/loginx']) {
      expect(judged(text)).toEqual({ kind: 'text' });
    }
  });
});

describe('[R10] what a guest may name with @', () => {
  const spaces = [
    '\n',
    '\r',
    '\t',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '\u3000',
    '\u1680',
    '\u200b',
    '\u202e',
  ];
  it.each([
    ...['see @~/h/id', 'see @/abs/out.txt', 'see @../out.txt', 'see @src/../../out.txt', 'see @..'],
    ...['see @"/abs/out.txt"', 'see @"/abs/out space.txt"', 'see @"../out.txt"', 'see @"~/h/id"'],
    ...["see @'/abs'", 'see @`/abs`', '@/abs/out.txt see', 'see @~', 'see @/', 'see @$HOME/x'],
    ...spaces.map((space) => `see${space}@/abs/out.txt`),
    ...[',', '.', ':', ';', '?', '!', ')', '\u3002'].map((end) => `see @../out.txt${end} ok`),
    ...[
      'see @/abs/big.txt#L3-4 x',
      'see @"/abs/big.txt"#L3',
      'see @../odir/',
      'see @../, ok',
      'see @..)',
    ],
    ...['see @/./abs', 'see @/abs/a@b.txt', '@in.txt @/abs/out.txt', '```\n@/abs/out.txt\n```'],
    ...['see\r\n@/abs/out.txt\r\n', `${'x '.repeat(5000)}@/abs/out.txt`, 'see @C:\\Users\\x'],
    ...[
      'see @srv:res://x',
      'see @..\\out.txt',
      'see @\uff5e/h',
      'see \uff20/etc/passwd',
      'see @%TEMP%',
    ],
    ...['see @\u2060/abs', 'see @\u3164../x', 'see @.\u200b./x'],
  ])('%j is refused', (text) => {
    const template = fileOutside('').happened.template;
    expect(judgeGuestPrompt(text)).toMatchObject({
      kind: 'refused',
      words: { happened: { template } },
    });
  });

  it.each([
    ...['see @in.txt', 'see @./in.txt', 'see @src', 'fix @Injectable() please', 'see @in.txt#L3-4'],
    ...[
      'mail ada@example.org',
      "import x from '@/components/x'",
      'npm i @types/node',
      '@alice look',
    ],
    ...['@alice: please look', 'a @ b', '@', 'x=@/y', '`@/etc/passwd`', 'user@host:/path'],
    ...['@media (max-width: 3px)', 'see @v1.2..v1.3', '@"a b.txt"'],
  ])('%j passes', (text) => {
    expect(judgeGuestPrompt(text).kind).not.toBe('refused');
  });

  it('a thousand @ in 46 KB are judged at once', () => {
    const text = `${'@in.txt '.repeat(1000)}${'@ '.repeat(19_000)}`;
    const start = performance.now();
    expect(judgeGuestPrompt(text).kind).toBe('text');
    expect(judgeGuestPrompt(`${text}@../x`).kind).toBe('refused');
    expect(performance.now() - start).toBeLessThan(500);
  });
});

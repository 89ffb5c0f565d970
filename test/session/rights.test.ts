// Who may run what: every kind × role × scope, and what guests may write.
import { describe, expect, it } from 'vitest';
import {
  type CommandArgs,
  type CommandKind,
  COMMANDS,
  type ParsedCommand,
} from '../../src/protocol/commandTable.ts';
import type { Role, Scope } from '../../src/protocol/state.ts';
import {
  GUEST_SLASH_COMMANDS,
  isGuestCommand,
  otherCommand,
  refuseGuestPrompt,
} from '../../src/session/control/guestPrompt.ts';
import { mayHoldControl, refuseByRights } from '../../src/session/control/rights.ts';

const SCOPES: readonly Scope[] = ['prompt', 'interrupt', 'approve', 'mode'];

/**
 * One harmless example of each kind (what it needs besides is set up by `may`), and what the kind
 * needs of a controller: any of these scopes, [] = none, undefined = never.
 */
const examples: {
  readonly [K in CommandKind]: readonly [CommandArgs<K>, readonly Scope[] | undefined];
} = {
  prompt: [{ text: 'hello' }, ['prompt']],
  'cancel-queued': [{ promptId: 'p' }, ['prompt']],
  'send-queued': [{ promptId: 'p' }, ['prompt']],
  'release-queued': [{ promptId: 'p' }, ['prompt']],
  answer: [{ requestId: 'r', inputHash: 'h', behavior: 'allow' }, ['approve']],
  'focus-request': [{}, ['prompt']],
  'focus-grant': [{ member: 'm' }, []],
  'focus-take': [{}, undefined],
  'focus-release': [{}, []],
  interrupt: [{}, ['interrupt']],
  'set-model': [{ model: 'm' }, undefined],
  'set-mode': [{ mode: 'plan' }, ['mode']],
  rename: [{ title: 't' }, undefined],
  admit: [{ member: 'm', role: 'controller' }, undefined],
  remove: [{ member: 'm' }, undefined],
  leave: [{}, []],
  fetch: [{ what: 'models' }, []],
  start: [{ cwd: '/' }, undefined],
  open: [{ foundKey: 'k' }, undefined],
  continue: [{ session: 's' }, undefined],
  end: [{ session: 's' }, undefined],
  share: [{ session: 's', role: 'viewer', where: { kind: 'loopback' } }, undefined],
  'stop-sharing': [{ session: 's' }, undefined],
  archive: [{ session: 's', archived: true }, undefined],
  'stop-host': [{}, undefined],
  'fetch-sessions': [{ offset: 0 }, undefined],
};

const kinds = Object.keys(COMMANDS).filter((kind): kind is CommandKind => kind in examples);

function commandOf(kind: CommandKind, args: unknown = examples[kind][0]): ParsedCommand {
  // Tests pair kinds and arguments by hand.
  return { kind, args } as ParsedCommand;
}

interface Setting {
  readonly holdsControl?: boolean;
  readonly ownsPrompt?: boolean;
  readonly request?: 'permission' | 'question' | 'plan' | 'form';
}

function may(command: ParsedCommand, role: Role, scopes: readonly Scope[], setting: Setting = {}) {
  return (
    refuseByRights(command, {
      person: { role, scopes: [...scopes] },
      holdsControl: setting.holdsControl ?? true,
      ownsPrompt: setting.ownsPrompt ?? true,
      request: setting.request,
    }) === undefined
  );
}

describe('[R1] the table of rights', () => {
  it('has an example and a right for every kind', () => {
    expect(kinds.toSorted()).toEqual(Object.keys(COMMANDS).toSorted());
  });

  it.each(kinds)('%s: owner always, viewer only to read, leave and let go', (kind) => {
    expect(may(commandOf(kind), 'owner', [])).toBe(true);
    const isForViewers = ['fetch', 'leave', 'focus-release'].includes(kind);
    for (const scopes of [[], SCOPES]) {
      expect(may(commandOf(kind), 'viewer', scopes)).toBe(isForViewers);
    }
  });

  it.each(kinds)('%s: a controller needs exactly its scope', (kind) => {
    const [, needs] = examples[kind];
    for (let bits = 0; bits < 16; bits += 1) {
      const scopes = SCOPES.filter((_, i) => (bits >> i) % 2 === 1);
      const expected =
        needs !== undefined &&
        (needs.length === 0 || needs.some((scope) => scopes.includes(scope)));
      expect(may(commandOf(kind), 'controller', scopes, { request: 'permission' })).toBe(expected);
    }
  });
});

describe('what a right looks at besides role and scope', () => {
  it('[R2] questions may be answered by who may prompt; permissions, plans and forms need approve', () => {
    const answer = commandOf('answer');
    expect(may(answer, 'controller', ['prompt'], { request: 'question' })).toBe(true);
    expect(may(answer, 'controller', ['approve'], { request: 'question' })).toBe(true);
    expect(may(answer, 'controller', ['interrupt'], { request: 'question' })).toBe(false);
    for (const request of ['permission', 'plan', 'form'] as const) {
      expect(may(answer, 'controller', ['prompt', 'mode'], { request })).toBe(false);
      expect(may(answer, 'controller', ['approve'], { request })).toBe(true);
    }
  });

  it('[R3] a guest cancels prompts of their own, and others’ while in control', () => {
    const cancel = commandOf('cancel-queued');
    const isOthers = { ownsPrompt: false, holdsControl: false };
    expect(may(cancel, 'controller', SCOPES, isOthers)).toBe(false);
    expect(may(cancel, 'controller', SCOPES, { ...isOthers, ownsPrompt: true })).toBe(true);
    expect(may(cancel, 'controller', SCOPES, { ...isOthers, holdsControl: true })).toBe(true);
    expect(may(cancel, 'owner', [], isOthers)).toBe(true);
  });

  it('[R15] held prompts are released by who has control, or by an owner', () => {
    const release = commandOf('release-queued');
    expect(may(release, 'controller', SCOPES, { holdsControl: false })).toBe(false);
    expect(may(release, 'controller', SCOPES)).toBe(true);
    expect(may(release, 'owner', [], { holdsControl: false })).toBe(true);
  });

  it('[R4] only the holder or an owner gives control', () => {
    const grant = commandOf('focus-grant');
    expect(may(grant, 'controller', SCOPES, { holdsControl: false })).toBe(false);
    expect(may(grant, 'owner', [], { holdsControl: false })).toBe(true);
  });

  it('[R5] no guest ever sets bypassPermissions, auto or a mode that nobody knows', () => {
    for (const mode of ['bypassPermissions', 'auto', 'dontAsk', 'yolo', 'BypassPermissions']) {
      expect(may(commandOf('set-mode', { mode }), 'controller', SCOPES)).toBe(false);
    }
    expect(may(commandOf('set-mode', { mode: 'acceptEdits' }), 'controller', SCOPES)).toBe(true);
    expect(may(commandOf('set-mode', { mode: 'bypassPermissions' }), 'owner', [])).toBe(true);
  });

  it('[R6] who waits for Allow control is told so', () => {
    const refusal = refuseByRights(commandOf('prompt'), {
      person: { role: 'viewer', scopes: [], asksControl: true },
      holdsControl: false,
      ownsPrompt: false,
      request: undefined,
    });
    expect(refusal?.code).toBe('not-allowed');
    expect(refusal?.message).toContain('Allow control');
  });

  it('[R7] control may be held by owners, and by controllers who may prompt', () => {
    expect(mayHoldControl({ role: 'owner', scopes: [] })).toBe(true);
    expect(mayHoldControl({ role: 'controller', scopes: ['prompt'] })).toBe(true);
    expect(mayHoldControl({ role: 'controller', scopes: ['approve'] })).toBe(false);
    expect(mayHoldControl({ role: 'viewer', scopes: ['prompt'] })).toBe(false);
  });
});

describe('[R8] what a guest may write', () => {
  it.each([
    'hello',
    'what does a/b mean?',
    'see #12',
    '#42 is open',
    '!important',
    '/etc/passwd is what?',
    '/',
    ...GUEST_SLASH_COMMANDS,
    '/compact keep the plan',
    '',
  ])('%j passes', (text) => {
    expect(refuseGuestPrompt(text)).toBeUndefined();
  });

  it('[R8] three commands run as such, exactly as they are written; all else is text', () => {
    for (const text of [...GUEST_SLASH_COMMANDS, '/compact keep the plan', '/context\nme']) {
      expect(isGuestCommand(text)).toBe(true);
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
      expect(isGuestCommand(text)).toBe(false);
    }
  });

  it('[R8] a command takes nothing along in which an agent might look for files', () => {
    for (const at of ['@', '\uff20', '\ufe6b']) {
      const refusal = refuseGuestPrompt(`/compact ${at}in.txt`);
      expect(refusal?.message).toContain('/compact');
      expect(refusal?.message).toContain('without the @');
    }
  });

  it('[R8] a command that the agent has and guests may not run is refused by name, shortly', () => {
    const name = 'x'.repeat(5000);
    expect(otherCommand('/login now', ['login'])).toBe('/login');
    expect(otherCommand(`/${name}`, [name])?.length).toBeLessThan(60);
    for (const text of ['/etc/passwd', '/compact', 'login', ' /login', '/loginx']) {
      expect(otherCommand(text, ['login', 'compact'])).toBeUndefined();
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
    expect(refuseGuestPrompt(text)?.code).toBe('not-allowed');
    expect(may(commandOf('prompt', { text }), 'controller', SCOPES)).toBe(false);
    expect(may(commandOf('prompt', { text }), 'owner', [])).toBe(true);
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
    expect(refuseGuestPrompt(text)).toBeUndefined();
  });

  it('the refusal shows the path, shortly, and offers to send it without the @', () => {
    const message = refuseGuestPrompt(`@/${'x'.repeat(5000)}`)?.message ?? '';
    expect(message.length).toBeLessThan(300);
    expect(message).toContain('Send it without the @');
  });

  it('a thousand @ in 46 KB are judged at once', () => {
    const text = `${'@in.txt '.repeat(1000)}${'@ '.repeat(19_000)}`;
    const start = performance.now();
    expect(refuseGuestPrompt(text)).toBeUndefined();
    expect(refuseGuestPrompt(`${text}@../x`)).toBeDefined();
    expect(performance.now() - start).toBeLessThan(500);
  });
});

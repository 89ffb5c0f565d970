// Who may run what: every kind × role × scope, and what guests may write.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CommandArgs,
  type CommandKind,
  COMMANDS,
  type ParsedCommand,
} from '../../src/protocol/commandTable.ts';
import type { Role, Scope } from '../../src/protocol/state.ts';
import { GUEST_SLASH_COMMANDS, refuseGuestPrompt } from '../../src/session/control/guestPrompt.ts';
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

  it('[R3] a guest cancels only prompts of their own', () => {
    const cancel = commandOf('cancel-queued');
    expect(may(cancel, 'controller', SCOPES, { ownsPrompt: false })).toBe(false);
    expect(may(cancel, 'owner', [], { ownsPrompt: false })).toBe(true);
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
    'well!',
    ...GUEST_SLASH_COMMANDS,
    '/compact keep the plan',
    '',
  ])('%j passes', (text) => {
    expect(refuseGuestPrompt(text)).toBeUndefined();
  });

  it.each([
    '!ls',
    '#remember this',
    '/bashes',
    '/login',
    '/permissions',
    '/mcp__server__prompt',
    '/plugin:command',
    '/etc/passwd is what?',
    '/',
    '/compactor',
    '/COMPACT',
    '/\u200bcompact',
    '  \n\t!ls',
    '\u200b!ls',
    '\ufeff#x',
    '\u0000/login',
    '\u00ad/login',
    '\u2060\u3164/login',
    '！ls',
    '／login',
    '＃x',
  ])('%j is refused', (text) => {
    expect(refuseGuestPrompt(text)?.code).toBe('not-allowed');
    expect(may(commandOf('prompt', { text }), 'controller', SCOPES)).toBe(false);
    expect(may(commandOf('prompt', { text }), 'owner', [])).toBe(true);
  });

  it('nothing invisible in front hides a sign', () => {
    const invisible = fc.string({
      unit: fc.constantFrom(
        ' ',
        '\n',
        '\r',
        '\u00a0',
        '\u200b',
        '\u200e',
        '\u2028',
        '\u3000',
        '\ufe0f',
      ),
    });
    fc.assert(
      fc.property(invisible, fc.constantFrom('!', '#', '/'), fc.string(), (front, sign, rest) => {
        const isAllowed = GUEST_SLASH_COMMANDS.includes(/^\S+/.exec(sign + rest)?.[0] ?? '');
        return isAllowed || refuseGuestPrompt(front + sign + rest) !== undefined;
      }),
    );
  });

  it('the refusal names the command, shortly, and what is allowed', () => {
    const message = refuseGuestPrompt(`/${'x'.repeat(5000)}`)?.message ?? '';
    expect(message.length).toBeLessThan(300);
    expect(message).toContain('/compact');
  });
});

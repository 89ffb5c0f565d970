// Who may run what: every kind × role × scope.
import { describe, expect, it } from 'vitest';
import {
  type CommandArgs,
  type CommandKind,
  COMMANDS,
  type ParsedCommand,
} from '../../src/protocol/commandTable.ts';
import type { Role } from '../../src/protocol/role.ts';
import type { Scope } from '../../src/protocol/state.ts';
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
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
  'edit-queued': [{ promptId: 'p', text: 'better' }, ['prompt']],
  'move-queued': [{ promptId: 'p' }, ['prompt']],
  'resume-queue': [{}, ['prompt']],
  'clear-queue': [{}, ['prompt']],
  answer: [{ requestId: 'r', inputHash: 'h', behavior: 'allow' }, ['approve']],
  'focus-request': [{}, ['prompt']],
  'focus-grant': [{ member: 'm' }, []],
  'focus-take': [{}, undefined],
  'focus-release': [{}, []],
  interrupt: [{}, ['interrupt']],
  'stop-task': [{ taskId: 't' }, ['interrupt']],
  'set-model': [{ model: 'm' }, undefined],
  'set-effort': [{ effort: 'low' }, undefined],
  'set-mode': [{ mode: 'plan' }, ['mode']],
  rename: [{ title: 't' }, undefined],
  'settle-writers': [{ choice: 'wait' }, undefined],
  'set-folder': [{ path: '/' }, undefined],
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
  pin: [{ session: 's', pinned: true }, undefined],
  unlist: [{ session: 's', unlisted: true }, undefined],
  fork: [{ session: 's' }, undefined],
  'stop-host': [{}, undefined],
  'replace-host': [{}, undefined],
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
      agent: CLAUDE_RULES,
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

  it('[R21] a guest approves a plan into a mode only with the right to set it', () => {
    const approve = (mode: string | undefined, ...scopes: readonly Scope[]): boolean => {
      const args = { requestId: 'r', inputHash: 'h', behavior: 'allow', mode };
      return may(commandOf('answer', args), 'controller', scopes, { request: 'plan' });
    };
    expect(approve(undefined, 'approve')).toBe(true);
    expect(approve('acceptEdits', 'approve')).toBe(false);
    expect(approve('acceptEdits', 'mode')).toBe(false);
    expect(approve('acceptEdits', 'approve', 'mode')).toBe(true);
    expect(approve('bypassPermissions', 'approve', 'mode')).toBe(false);
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

  it.each(['cancel-queued', 'edit-queued'] as const)(
    '[R3] %s is for prompts of one’s own, also in control; an owner may do it with all',
    (kind) => {
      const others = { ownsPrompt: false, holdsControl: true };
      expect(may(commandOf(kind), 'controller', SCOPES, others)).toBe(false);
      expect(may(commandOf(kind), 'controller', SCOPES, { ownsPrompt: true })).toBe(true);
      expect(may(commandOf(kind), 'owner', [], others)).toBe(true);
    },
  );

  it('[R8] a guest’s other text for a prompt is judged as a prompt is', () => {
    const edit = commandOf('edit-queued', { promptId: 'p', text: 'see @/etc/passwd' });
    expect(may(edit, 'controller', SCOPES, { ownsPrompt: true })).toBe(false);
    expect(may(edit, 'owner', [])).toBe(true);
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
    expect(refusal?.rejection).toBe('not-allowed');
    expect(refusal?.message).toContain('Allow control');
  });

  it('[R7] control may be held by owners, and by controllers who may prompt', () => {
    expect(mayHoldControl({ role: 'owner', scopes: [] })).toBe(true);
    expect(mayHoldControl({ role: 'controller', scopes: ['prompt'] })).toBe(true);
    expect(mayHoldControl({ role: 'controller', scopes: ['approve'] })).toBe(false);
    expect(mayHoldControl({ role: 'viewer', scopes: ['prompt'] })).toBe(false);
  });
});

describe('[R8] [R10] a guest’s prompt', () => {
  const refusal = (text: string, agent?: typeof CLAUDE_RULES) =>
    refuseByRights(commandOf('prompt', { text }), {
      person: { role: 'controller', scopes: [...SCOPES] },
      ...{ holdsControl: true, ownsPrompt: true, request: undefined, agent },
    });

  it('is judged by the rules of the agent, an owner’s is not', () => {
    const text = 'see @/etc/passwd';
    expect(refusal(text, CLAUDE_RULES)?.rejection).toBe('not-allowed');
    expect(refusal(text, { ...CLAUDE_RULES, judgeGuestPrompt: () => ({ kind: 'text' }) })).toBe(
      undefined,
    );
    expect(may(commandOf('prompt', { text }), 'owner', [])).toBe(true);
  });

  it('is refused where no agent says what it would do', () => {
    expect(refusal('hello')?.rejection).toBe('not-allowed');
  });

  it('names what it is refused for, shortly, and what to do', () => {
    const long = 'x'.repeat(5000);
    const outside = refusal(`@/${long}`, CLAUDE_RULES)?.message ?? '';
    expect(outside.length).toBeLessThan(300);
    expect(outside).toContain('Send it without the @');
    const message = refusal('/compact @in.txt', CLAUDE_RULES)?.message;
    expect(message).toContain('/compact');
    expect(message).toContain('without the @');
  });
});

// Grouping and rows of the Sessions tree.
import { describe, expect, test } from 'vitest';
import {
  sessionTree,
  type TreeInput,
  type TreeNode,
  waitingCount,
} from '../../src/client/lists/sessionTree.ts';
import { untranslated } from '../../src/client/translate.ts';
import { row, summary } from './samples.ts';

const input = (changes: Partial<TreeInput>): TreeInput => ({
  own: [],
  joined: [],
  connection: 'live',
  now: 180_000,
  knownLinks: new Set(),
  canShare: true,
  t: untranslated,
  ...changes,
});

const shape = (nodes: readonly TreeNode[]): unknown =>
  nodes.map((node) => {
    if (node.kind === 'group') return [node.label, shape(node.children)];
    return node.kind === 'session' ? node.title : node.label;
  });

const only = (nodes: readonly TreeNode[]) => {
  const [group] = nodes;
  const child = group?.kind === 'group' ? group.children[0] : group;
  if (child?.kind !== 'session') throw new Error('no row');
  return child;
};

describe('groups', () => {
  test('own sessions stand under their states, waiting first, archived last', () => {
    const tree = sessionTree(
      input({
        own: [
          row({ id: '1', title: 'idle' }),
          row({ id: '2', title: 'gone', status: 'ended' }),
          row({ id: '3', title: 'asks', status: 'waiting' }),
          row({ id: '4', title: 'runs', status: 'working' }),
          row({ id: '5', title: 'old', status: 'ended' }, { archived: true }),
          row({ id: '6', title: 'has pending', status: 'working' }, { pending: 1 }),
        ],
      }),
    );
    expect(shape(tree)).toEqual([
      ['Waiting for you', ['asks', 'has pending']],
      ['Working', ['runs']],
      ['Idle', ['idle']],
      ['Ended', ['gone']],
      ['Archived', ['old']],
    ]);
  });

  test('joined sessions stand under their computers, and then this computer is one of them', () => {
    const joined = [
      {
        room: 'r1',
        title: 'Theirs',
        computer: "Bo's computer",
        session: summary({ title: 'Theirs' }),
      },
      { room: 'r2', title: '', computer: '' },
    ];
    expect(shape(sessionTree(input({ own: [row()], joined })))).toEqual([
      ['This computer', [['Idle', ['Fix the parser']]]],
      ["Bo's computer", ['Theirs']],
      ['Not reached yet', ['Shared session']],
    ]);
  });

  test('sessions that did not fit the directory can be asked for', () => {
    const tree = sessionTree(input({ own: [row()], more: 12 }));
    expect(shape(tree)).toEqual([['Idle', ['Fix the parser']], 'Show 12 more…']);
  });

  test('the badge counts sessions that wait, archived ones left out', () => {
    const rows = [
      row({ status: 'waiting' }),
      row({}, { pending: 2 }),
      row({ status: 'waiting' }, { archived: true }),
    ];
    expect(waitingCount(rows)).toBe(2);
  });
});

describe('rows', () => {
  test('a row tells project, branch and age', () => {
    const node = only(sessionTree(input({ own: [row({ branch: 'main' })] })));
    expect(node.description).toBe('project · main · 3m');
  });

  test('a terminal session can be opened and shared, but not ended or renamed', () => {
    const own = [row({ source: 'observed' }, { foundKey: 'f', link: undefined })];
    const { context } = only(sessionTree(input({ own })));
    expect(context).toContain(';open;');
    expect(context).toContain(';sharable;');
    expect(context).not.toContain(';endable;');
    expect(context).not.toContain(';hosted;');
  });

  test('a link can be copied only while the session is shared and the link is known here', () => {
    const sharing = { since: 0, where: 'here', invites: [] };
    const known = new Set(['session1']);
    const shared = input({ own: [row({}, { sharing })] });
    expect(only(sessionTree(shared)).context).not.toContain(';link;');
    expect(only(sessionTree({ ...shared, knownLinks: known })).context).toContain(';link;');
    expect(only(sessionTree(input({ own: [row()], knownLinks: known }))).context).not.toContain(
      ';link;',
    );
  });

  test('where sharing is off, no row offers it', () => {
    const node = only(sessionTree(input({ own: [row()], canShare: false })));
    expect(node.context).not.toContain(';sharable;');
  });

  test('an ended session offers Continue here and Archive', () => {
    const own = [row({ status: 'ended' }, { canContinue: true, link: undefined })];
    const { context } = only(sessionTree(input({ own })));
    expect(context).toContain(';continue;');
    expect(context).toContain(';archivable;');
    expect(context).not.toContain(';open;');
  });

  test('for whom it waits, and how many subagents ask, stand in the tooltip', () => {
    const waits = { waitingCause: { name: 'Bo', text: 'run the tests' }, subagentRequests: 2 };
    const node = only(sessionTree(input({ own: [row({ status: 'waiting', ...waits })] })));
    expect(node.details).toContainEqual(['For the prompt', 'Bo: “run the tests”']);
    expect(node.details).toContainEqual(['Subagents that ask', '2']);
  });

  test('a problem and its remedy stand in the tooltip', () => {
    const problem = { code: 'agent-not-found', happened: 'No claude.', remedy: 'Install it.' };
    const node = only(sessionTree(input({ own: [row({ problem })] })));
    expect(node.details).toContainEqual(['Problem', 'No claude.']);
    expect(node.details).toContainEqual(['What to do', 'Install it.']);
  });
});

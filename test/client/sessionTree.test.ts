// Grouping and rows of the Sessions tree.
import { describe, expect, test } from 'vitest';
import {
  sessionTree,
  type TreeInput,
  type TreeNode,
  waitingCount,
} from '../../src/client/lists/sessionTree.ts';
import { filterMatches, parseFilter } from '../../src/client/lists/sessionFilter.ts';
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
      ['Open', ['idle', 'runs']],
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
      ['This computer', [['Open', ['Fix the parser']]]],
      ["Bo's computer", ['Theirs']],
      ['Not reached yet', ['Shared session']],
    ]);
  });

  test('sessions that did not fit the directory can be asked for', () => {
    const tree = sessionTree(input({ own: [row()], more: 12 }));
    expect(shape(tree)).toEqual([['Open', ['Fix the parser']], 'Show 12 more…']);
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

describe('what stays where it is', () => {
  const own = (status: 'idle' | 'working', lastActivityAt: number) => [
    row({ id: 'a', title: 'a', startedAt: 1, status, lastActivityAt }),
    row({ id: 'b', title: 'b', startedAt: 2 }),
    row({ id: 'c', title: 'c', startedAt: 2 }),
  ];

  test('a turn that begins or ends moves no row, whatever order the host has', () => {
    const before = sessionTree(input({ own: own('idle', 0) }));
    const during = sessionTree(input({ own: own('working', 900).toReversed() }));
    expect(shape(before)).toEqual([['Open', ['b', 'c', 'a']]]);
    expect(shape(during)).toEqual(shape(before));
    const rows = during[0]?.kind === 'group' ? during[0].children : [];
    expect(rows.at(-1)).toMatchObject({
      icon: 'loading~spin',
      description: 'working · 2m · project',
    });
  });

  test('[H5] pinned ones stand above all others, waiting or ended, but not those that are put away', () => {
    const tree = sessionTree(
      input({
        own: [
          row({ id: '1', title: 'asks', status: 'waiting' }),
          row({ id: '2', title: 'kept', status: 'ended' }, { pinned: true }),
          row({ id: '3', title: 'kept and asks', status: 'waiting' }, { pinned: true }),
          row({ id: '4', title: 'away', status: 'ended' }, { pinned: true, archived: true }),
        ],
      }),
    );
    expect(shape(tree)).toEqual([
      ['Pinned', ['kept and asks', 'kept']],
      ['Waiting for you', ['asks']],
      ['Archived', ['away']],
    ]);
  });
});

describe('what a row offers', () => {
  const flags = (...of: Parameters<typeof row>): string =>
    only(sessionTree(input({ own: [row(...of)] }))).context;

  test('[H5] to be pinned, or not any more', () => {
    expect(flags()).toContain(';pinnable;');
    expect(flags({}, { pinned: true })).toContain(';pinned;');
    expect(flags({}, { pinned: true })).not.toContain(';pinnable;');
  });

  test('[H6] to be removed once it has ended and is not shared', () => {
    const sharing = { since: 0, where: 'here', invites: [] };
    expect(flags({ status: 'ended' })).toContain(';removable;');
    expect(flags({ status: 'ended' }, { sharing })).not.toContain(';removable;');
    expect(flags({ status: 'idle' })).not.toContain(';removable;');
  });

  test('[H7] to be forked while no turn runs and there is a conversation', () => {
    const agentSessionId = 'c';
    expect(flags({ agentSessionId })).toContain(';forkable;');
    expect(flags({ agentSessionId, status: 'ended' })).toContain(';forkable;');
    expect(flags({ agentSessionId, status: 'working' })).not.toContain(';forkable;');
    expect(flags({})).not.toContain(';forkable;');
  });
});

describe('[H8] the filter', () => {
  const sharing = { since: 0, where: 'here', invites: [] };
  const own = [
    row({ id: 'aa1', title: 'Fix the parser', project: 'shop', branch: 'main', startedAt: 4 }),
    row({ id: 'bb2', title: 'Write docs', project: 'Shop-API', status: 'working', startedAt: 3 }),
    row({ id: 'cc3', title: 'Old', status: 'ended', cwd: '/srv/parser' }, { sharing }),
    row({ id: 'dd4', title: 'T', source: 'observed', startedAt: 2 }, { pinned: true }),
    row({ id: 'ee5', title: 'Asks', project: 'shop', startedAt: 1 }, { pending: 1 }),
    row({ id: 'ff6', title: 'ＰＡＲＳＥＲ away', status: 'ended' }, { archived: true }),
  ];
  const shown = (text: string): readonly string[] =>
    own.filter((one) => matches(text, one)).map(({ session }) => session.id);
  const matches = (text: string, one: (typeof own)[number]): boolean => {
    const filter = parseFilter(text);
    return filter === undefined || filterMatches(filter, one);
  };

  test.each([
    ['', ['aa1', 'bb2', 'cc3', 'dd4', 'ee5', 'ff6']],
    ['PARSER', ['aa1', 'cc3', 'ff6']],
    ['parser main', ['aa1']],
    ['bb', ['bb2']],
    ['project:shop', ['aa1', 'bb2', 'ee5']],
    ['project:shop state:working', ['bb2']],
    ['state:working state:waiting', ['bb2', 'ee5']],
    ['state:shared', ['cc3']],
    ['state:pinned', ['dd4']],
    ['state:terminal', ['dd4']],
    ['state:archived', ['ff6']],
    ['state:ended', ['cc3']],
    ['state:nonsense', []],
    ['project:', []],
  ])('“%s”', (text, ids) => {
    expect(shown(text)).toEqual(ids);
  });

  test('narrows the tree, joined sessions too; of one that is not reached its title counts', () => {
    const joined = [
      { room: 'r1', title: 'Their parser', computer: 'desk' },
      { room: 'r2', title: 'Other', computer: 'desk', session: summary({ title: 'Other' }) },
    ];
    const filter = parseFilter('parser');
    expect(shape(sessionTree(input({ own, joined, filter })))).toEqual([
      [
        'This computer',
        [
          ['Open', ['Fix the parser']],
          ['Ended', ['Old']],
          ['Archived', ['ＰＡＲＳＥＲ away']],
        ],
      ],
      ['desk', ['Their parser']],
    ]);
  });
});

describe('rows', () => {
  test('a row tells project, branch and age', () => {
    const node = only(sessionTree(input({ own: [row({ branch: 'main' })] })));
    expect(node.description).toBe('3m · project · main');
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

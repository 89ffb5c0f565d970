// What is told of a session's working tree and of the files that it has changed, turn after turn.
import { describe, expect, test } from 'vitest';
import { Emitter } from '../../src/base/emitter.ts';
import { ChangedFiles } from '../../src/host/tree/changedFiles.ts';
import { TreeWatch } from '../../src/host/tree/treeWatch.ts';
import type { StoredSession } from '../../src/host/journal/sessionTables.ts';
import type { GitTree } from '../../src/node/git.ts';
import type { SessionStatus } from '../../src/protocol/state.ts';

const stored: StoredSession = {
  ...{ id: 's', room: 'r', source: 'hosted', cwd: '/p', title: '', branch: 'main' },
  ...{ startedAt: 0, lastActivityAt: 0, ended: false },
};

const call = (n: number, path: string, family = 'edit', outcome = 'ok') => {
  const common = { id: `e${n}`, at: 0 };
  const view = { family, path: '/file_path' };
  const input = { file_path: path };
  return [
    { ...common, kind: 'tool-call', messageId: 'm', callId: `c${n}`, tool: 'T', input, view },
    { ...common, id: `r${n}`, kind: 'tool-result', callId: `c${n}`, outcome, text: '' },
  ];
};
const records = (entries: readonly object[]) =>
  entries.map((entry, index) => ({ index, text: JSON.stringify({ entry }), hash: '' }));

function setUp(log: readonly object[] = []) {
  const changed = new Emitter<void>();
  const updates: Partial<StoredSession>[] = [];
  const seen: ((tree: GitTree | undefined) => void)[] = [];
  const recorder = {
    stored,
    status: 'starting' as SessionStatus,
    onDidChange: changed.event,
    update: (change: Partial<StoredSession>) => {
      updates.push(change);
      recorder.stored = { ...recorder.stored, ...change };
      changed.fire();
    },
  };
  const watch = new TreeWatch({
    recorder,
    tables: { readLog: (from, to) => records(log).slice(from, to) },
    env: {},
    look: () => new Promise((resolve) => seen.push(resolve)),
  });
  const become = (status: SessionStatus): void => {
    recorder.status = status;
    changed.fire();
  };
  const see = async (tree: GitTree | undefined): Promise<void> => {
    seen.shift()?.(tree);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { recorder, watch, updates, seen, become, see };
}

describe('[H9] the tree', () => {
  test('is looked at once a turn has ended, not while one runs, and told only if it is another', async () => {
    const { updates, seen, become, see } = setUp();
    become('working');
    become('working');
    expect(seen).toHaveLength(0);
    become('idle');
    become('idle');
    expect(seen).toHaveLength(1);
    await see({ branch: 'fix', dirty: 2, ahead: 1, behind: 0 });
    expect(updates).toEqual([
      { tree: { dirty: 2, ahead: 1, behind: 0 }, branch: 'fix', changedFiles: undefined },
    ]);
    become('working');
    become('idle');
    await see({ branch: 'fix', dirty: 2, ahead: 1, behind: 0 });
    expect(updates).toHaveLength(1);
    become('working');
    become('idle');
    await see(undefined);
    expect(updates.at(-1)).toEqual({ tree: undefined, changedFiles: undefined });
  });

  test('a turn that ends while it is looked at is looked at once more, never beside it', async () => {
    const { updates, seen, become, see } = setUp();
    for (const status of ['idle', 'working', 'idle', 'working', 'idle'] as const) become(status);
    expect(seen).toHaveLength(1);
    await see({ dirty: 1 });
    expect(seen).toHaveLength(1);
    await see({ dirty: 3 });
    expect(seen).toHaveLength(0);
    expect(updates.map(({ tree }) => tree?.dirty)).toEqual([1, 3]);
  });

  test('after the session was let go nothing is told', async () => {
    const { watch, updates, become, see } = setUp();
    become('idle');
    watch.dispose();
    await see({ dirty: 1 });
    become('working');
    become('idle');
    expect(updates).toEqual([]);
  });
});

describe('[H10] changed files', () => {
  test('are those that a call has written, each once; what failed, was denied or only read is none', async () => {
    const log = [
      ...call(1, '/p/a.ts'),
      ...call(2, '/p/b.ts', 'write'),
      ...call(3, '/p/a.ts'),
      ...call(4, '/p/c.ts', 'read'),
      ...call(5, '/p/d.ts', 'edit', 'error'),
      ...call(6, '/p/e.ts', 'write', 'denied'),
      ...call(7, '/p/f.ts').slice(0, 1),
    ];
    const { recorder, become, see } = setUp(log);
    become('idle');
    await see(undefined);
    expect(recorder.stored.changedFiles).toEqual(['/p/a.ts', '/p/b.ts']);
  });

  test('of a log that is read on, the end of a call finds its beginning; a thousand are kept', () => {
    const files = new ChangedFiles(['/p/known']);
    const [begin, end] = records(call(1, '/p/a'));
    if (!begin || !end) throw new Error('no records');
    expect(files.take([begin])).toBe(false);
    expect(files.take([begin, end])).toBe(true);
    expect(files.take([end])).toBe(false);
    expect(files.all).toEqual(['/p/known', '/p/a']);
    const many = records(Array.from({ length: 1_100 }, (_, n) => call(n, `/p/${n}`)).flat());
    const more = new ChangedFiles([]);
    more.take(many);
    expect(more.all).toHaveLength(1_000);
  });
});

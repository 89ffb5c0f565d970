// What tells others on a conversation from ourselves: the tree of its lines, and whose a process is.
import { describe, expect, it } from 'vitest';
import { LineTree, placeOf } from '../../src/claude/files/lineTree.ts';
import { OwnChildren } from '../../src/claude/files/ownChildren.ts';
import type { Json } from '../../src/protocol/json.ts';

function line(uuid: string, parentUuid: string | null, more: object = {}): Json {
  const json = { type: 'user', uuid, parentUuid, message: { content: uuid }, ...more };
  // An object of texts is JSON; its type does not say so.
  return JSON.parse(JSON.stringify(json)) as Json;
}

function branchesOf(lines: readonly Json[]): number {
  const tree = new LineTree();
  for (const one of lines) {
    const place = placeOf(one);
    if (place !== undefined) tree.add(place);
  }
  return tree.branches;
}

const terminal = { entrypoint: 'cli' };
const script = { entrypoint: 'sdk-cli' };
const said = { type: 'assistant', message: { content: [] } };

describe('[Z1] branches of a conversation', () => {
  it('a straight one has one end, with answers, tool results and a compaction in between', () => {
    const result = { message: { content: [{ type: 'tool_result' }] } };
    const boundary = { type: 'system', logicalParentUuid: 'r' };
    const lines = [
      line('a', null, terminal),
      line('b', 'a', { ...terminal, ...said }),
      line('r', 'b', { ...terminal, ...result }),
      line('c', null, { ...terminal, ...boundary }),
      line('d', 'c', terminal),
    ];
    expect(branchesOf(lines)).toBe(1);
    expect(branchesOf([...lines, ...lines])).toBe(1);
  });

  it('a prompt that somebody takes back and says anew is no second writer', () => {
    const lines = [line('a', null, terminal), line('b', 'a', terminal), line('c', 'a', terminal)];
    expect(branchesOf(lines)).toBe(1);
  });

  it('an end that goes on after it was left is one; so is another kind of program’s', () => {
    const first = line('a', null, terminal);
    const two = [first, line('b', 'a', terminal), line('c', 'a', terminal)];
    expect(branchesOf([...two, line('d', 'b', terminal)])).toBe(2);
    expect(branchesOf([first, line('b', 'a', script), line('c', 'a', terminal)])).toBe(2);
  });

  it('three writers that go on from one point make three', () => {
    const lines = [
      line('a', null, terminal),
      line('b', 'a', script),
      line('c', 'a', terminal),
      line('d', 'a', script),
    ];
    expect(branchesOf(lines)).toBe(3);
  });
});

describe('[Z1] whose a process is', () => {
  const record = (pid: number, startedAt: number, entrypoint = 'sdk-cli') => ({
    ...{ pid, startedAt, entrypoint, sessionId: 'one', cwd: '/', procStart: `${startedAt}` },
  });

  it('a child of ours is nobody else, nor what it was started through', () => {
    const own = new OwnChildren(() => 10_000);
    own.started(7, 'one');
    expect(own.others('one', [record(7, 10_100)])).toEqual([]);
    const through = new OwnChildren(() => 10_000);
    through.started(7, 'one');
    const [behind, later] = [record(8, 10_100), record(9, 11_000)];
    expect(through.others('one', [behind])).toEqual([]);
    expect(through.others('one', [later, behind])).toEqual([later]);
    // It outlives what it was started through for a moment.
    through.exited(7, true);
    expect(through.others('one', [behind, later])).toEqual([later]);
  });

  it('a terminal is another, whenever it came, and one of another conversation is not on this one', () => {
    const own = new OwnChildren(() => 10_000);
    own.started(7, 'one');
    const tui = record(9, 10_050, 'cli');
    expect(own.others('one', [tui])).toEqual([tui]);
    expect(own.others('two', [tui])).toEqual([]);
  });
});

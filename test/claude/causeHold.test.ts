// What a turn says stands behind what began it, though that comes later.
import { describe, expect, it } from 'vitest';
import { CauseHold, type MirroredLine } from '../../src/claude/stream/causeHold.ts';
import type { AgentEvent } from '../../src/protocol/agent.ts';
import type { Entry, EntryOf } from '../../src/protocol/transcript.ts';

const entry = (value: Entry): AgentEvent => ({ kind: 'entry', entry: value });
const text = (id: string, parent?: string): AgentEvent =>
  entry({ kind: 'text', id, at: 1, messageId: id, text: id, ...(parent ? { parent } : {}) });
const prompt = (id: string, origin: EntryOf<'prompt'>['origin']): AgentEvent =>
  entry({ kind: 'prompt', id, at: 1, text: id, origin });
const request: AgentEvent = entry({
  ...{ kind: 'request', id: 'request', at: 1, requestId: 'r', request: 'permission' },
  ...{ tool: 'Bash', input: {}, inputHash: '' },
});
const line = (uuid: string, ...events: readonly AgentEvent[]): MirroredLine => ({ uuid, events });
const ids = (events: readonly AgentEvent[]): readonly string[] =>
  events.map((event) => (event.kind === 'entry' ? event.entry.id : event.kind));

/** One whose process has a mirror. */
function mirroredHold(): CauseHold {
  const hold = new CauseHold();
  hold.mirrored([]);
  return hold;
}

describe('a turn that nobody’s prompt began', () => {
  it('says nothing before the mirror tells its cause, and streams all the same', () => {
    const hold = mirroredHold();
    hold.turnBegan(false);
    const delta: AgentEvent = {
      ...{ kind: 'delta', messageId: 'a', block: 0, type: 'text', text: 'a' },
    };
    expect(ids(hold.pass([delta], true))).toEqual(['delta']);
    expect(ids(hold.pass([text('answer')], true))).toEqual([]);
    expect(hold.isOwed).toBe(true);
    const frame = [line('task', prompt('task', 'task')), line('answer')];
    expect(ids(hold.mirrored(frame))).toEqual(['task', 'answer']);
    expect(ids(hold.pass([text('more')], true))).toEqual(['more']);
  });

  it('waits for nothing if the mirror was faster, or somebody’s prompt comes', () => {
    const early = mirroredHold();
    expect(ids(early.mirrored([line('task', prompt('task', 'task'))]))).toEqual(['task']);
    early.turnBegan(false);
    expect(ids(early.pass([text('answer')], true))).toEqual(['answer']);
    // That was the cause of this turn; the next one has its own.
    early.end();
    early.turnBegan(false);
    expect(ids(early.pass([text('next')], true))).toEqual([]);
    const late = mirroredHold();
    late.turnBegan(false);
    late.caused();
    expect(ids(late.pass([prompt('p', 'person')], true))).toEqual(['p']);
  });

  it('is not held up by a mirror that never comes, or has stopped', () => {
    const without = new CauseHold();
    without.turnBegan(false);
    expect(ids(without.pass([text('answer')], true))).toEqual(['answer']);
    const stopped = mirroredHold();
    stopped.turnBegan(false);
    const many = Array.from({ length: 501 }, (_, n) => stopped.pass([text(`${n}`)], true));
    expect(many.flat()).toHaveLength(501);
  });

  it('ends with everything said, though no cause has come', () => {
    const hold = mirroredHold();
    hold.turnBegan(false);
    hold.pass([text('answer')], true);
    expect(ids(hold.end())).toEqual(['answer']);
  });

  it('holds no request for what no transcript repeats: nobody could answer it', () => {
    const hold = mirroredHold();
    hold.turnBegan(false);
    expect(ids(hold.pass([request], false))).toEqual(['request']);
    hold.pass([text('call')], true);
    expect(ids(hold.pass([request], false))).toEqual([]);
    expect(ids(hold.mirrored([line('call')]))).toEqual(['call', 'request']);
  });
});

describe('news that join a running turn', () => {
  it('stand where the transcript has them', () => {
    const hold = mirroredHold();
    hold.turnBegan(true);
    expect(ids(hold.pass([text('before')], true))).toEqual(['before']);
    hold.newsCame();
    hold.pass([text('result'), text('answer')], true);
    const frame = [line('result'), line('news', prompt('news', 'task')), line('answer')];
    expect(ids(hold.mirrored(frame))).toEqual(['result', 'news', 'answer']);
  });

  it('hold up what comes only until the transcript has it', () => {
    const hold = mirroredHold();
    hold.turnBegan(true);
    hold.newsCame();
    hold.pass([text('one')], true);
    expect(ids(hold.mirrored([line('one')]))).toEqual(['one']);
    hold.pass([text('two')], true);
    expect(ids(hold.mirrored([line('two')]))).toEqual(['two']);
  });

  it('are waited for as long as something is watched', () => {
    const hold = mirroredHold();
    hold.turnBegan(true);
    hold.watchBegan('call');
    hold.pass([text('one')], true);
    hold.mirrored([line('news', prompt('news', 'task')), line('one')]);
    expect(ids(hold.pass([text('two')], true))).toEqual([]);
    hold.watchEnded('call');
    expect(ids(hold.end())).toEqual(['two']);
    hold.turnBegan(true);
    expect(ids(hold.pass([text('three')], true))).toEqual(['three']);
  });
});

it('what a command printed stands behind it, and before the answer', () => {
  const hold = mirroredHold();
  const command = (id: string, name: string): AgentEvent =>
    entry({ kind: 'command', id, at: 1, command: name, text: '' });
  hold.commandCame();
  hold.turnBegan(true);
  hold.pass([text('answer')], true);
  const frame = [line('c', command('c', '/goal')), line('o', command('o', '')), line('answer')];
  expect(ids(hold.mirrored(frame))).toEqual(['c', 'o', 'answer']);
});

// The one place where doubles are dropped: entries by id, facts by value.
import { describe, expect, it } from 'vitest';
import { EventFilter } from '../../src/claude/stream/eventFilter.ts';
import type { AgentEvent } from '../../src/protocol/agent.ts';
import type { Entry } from '../../src/protocol/transcript.ts';

const entry = (value: Entry): AgentEvent => ({ kind: 'entry', entry: value });
const text = (id: string): AgentEvent =>
  entry({ kind: 'text', id, at: 0, messageId: 'm', text: id });
const call = (callId: string, tool: string, input: { readonly plan: string }): AgentEvent =>
  entry({ kind: 'tool-call', id: callId, at: 0, messageId: 'm', callId, tool, input });

describe('EventFilter', () => {
  it('lets an entry through once, within a line and from line to line, and keeps the order', () => {
    const filter = new EventFilter();
    expect(filter.pass([text('a'), text('a'), text('b')])).toEqual([text('a'), text('b')]);
    expect(filter.pass([text('b'), text('c'), text('a')])).toEqual([text('c')]);
  });

  it('lets facts through that are new or have changed, and knows them', () => {
    const filter = new EventFilter();
    const facts = (model: string, branch: string): AgentEvent => ({
      kind: 'facts',
      facts: { model, branch },
    });
    filter.pass([facts('opus', 'main')]);
    expect(filter.pass([facts('opus', 'main')])).toEqual([]);
    expect(filter.pass([facts('haiku', 'main')])).toEqual([
      { kind: 'facts', facts: { model: 'haiku' } },
    ]);
    expect(filter.facts).toEqual({ model: 'haiku', branch: 'main' });
  });

  it('lets everything else through as it is', () => {
    const delta: AgentEvent = { kind: 'delta-end', messageId: 'm', block: 0 };
    expect(new EventFilter().pass([delta, delta])).toEqual([delta, delta]);
  });

  it('adds the to-do list after the result that changed it, once', () => {
    const filter = new EventFilter();
    const input = { todos: [{ content: 'a', status: 'completed' }] };
    const write: Entry = {
      kind: 'tool-call',
      id: 'call',
      at: 0,
      messageId: 'm',
      callId: 'c',
      tool: 'TodoWrite',
      input,
    };
    const result: Entry = {
      kind: 'tool-result',
      id: 'result',
      at: 1,
      callId: 'c',
      outcome: 'ok',
      text: '',
    };
    const ids = filter
      .pass([entry(write), entry(result), entry(result)])
      .map((event) => (event.kind === 'entry' ? event.entry.id : event.kind));
    expect(ids).toEqual(['call', 'result', 'result+todos']);
  });

  it('keeps the newest plan for the request that leaves it out', () => {
    const filter = new EventFilter();
    filter.pass([call('one', 'ExitPlanMode', { plan: 'first' })]);
    expect(filter.plan('one')).toBe('first');
    filter.pass([
      call('two', 'ExitPlanMode', { plan: 'second' }),
      call('x', 'Other', { plan: 'no plan' }),
    ]);
    expect([filter.plan('one'), filter.plan('two'), filter.plan('x')]).toEqual([
      undefined,
      'second',
      undefined,
    ]);
  });
});

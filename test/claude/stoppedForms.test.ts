// Forms whose turn is stopped: withdrawn where Claude Code forgets to, and left alone where somebody still waits for them.
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { SessionOutput } from '../../src/claude/cli/sessionOutput.ts';
import type { InLine } from '../../src/claude/wire/streamJson.ts';
import type { AgentEvent } from '../../src/protocol/agent.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

function setUp() {
  const events: AgentEvent[] = [];
  const posted: InLine[] = [];
  const output = new SessionOutput({
    ...{ pid: 1, configDir: '/nowhere', hasMirror: false },
    emit: (event) => events.push(event),
    onDidWrite: () => undefined,
    accept: () => undefined,
    post: (line) => posted.push(line),
    clock: createFakeClock(),
    log: silentLogger,
  });
  const take = (...lines: readonly object[]): void => {
    for (const line of lines) {
      const text = JSON.stringify(line);
      output.take({ kind: 'line', text, bytes: text.length });
    }
  };
  return { output, posted, take, events };
}

const asks = (id: string) => ({
  ...{ type: 'control_request', request_id: id },
  request: { subtype: 'elicitation', mcp_server_name: 'forms', message: 'Hi?' },
});
const ends = (terminal_reason: string) => ({
  ...{ type: 'result', subtype: 'success', uuid: `turn-${terminal_reason}`, num_turns: 1 },
  terminal_reason,
});
const behind = (...types: readonly string[]) => ({
  ...{ type: 'system', subtype: 'background_tasks_changed' },
  tasks: types.map((task_type, at) => ({ task_id: `t${at}`, task_type, description: 'x' })),
});
const cancelled = (id: string) => ({
  type: 'control_response',
  response: { subtype: 'success', request_id: id, response: { action: 'cancel' } },
});

describe('[U8] a form that waits when its turn is stopped', () => {
  it('is withdrawn after the turn, its server is told, and nothing waits any more', () => {
    const { output, posted, take, events } = setUp();
    take(asks('a'), asks('b'), ends('aborted_tools'));
    expect(posted).toEqual([cancelled('a'), cancelled('b')]);
    const order = events.flatMap((event) =>
      event.kind === 'request-withdrawn'
        ? [event.requestId]
        : event.kind === 'entry' && event.entry.kind === 'turn'
          ? ['turn']
          : [],
    );
    expect(order).toEqual(['turn', 'a', 'b']);
    expect(output.status.current).toBe('idle');
    expect(output.requests.forms).toEqual([]);
  });

  it('is not told twice where Claude Code has withdrawn it', () => {
    const { posted, take } = setUp();
    take(asks('a'), { type: 'control_cancel_request', request_id: 'a' }, ends('aborted_tools'));
    expect(posted).toEqual([]);
  });

  it('waits on where its turn has ended by itself, or where an agent behind the conversation may have asked', () => {
    const { output, posted, take } = setUp();
    take(asks('a'), ends('completed'));
    take(behind('local_agent'), asks('b'), ends('aborted_tools'));
    expect(output.requests.forms).toEqual(['a', 'b']);
    expect(posted).toEqual([]);
    // A shell asks nobody.
    take(behind('local_bash'), ends('aborted_streaming'));
    expect(output.requests.forms).toEqual([]);
  });

  it('waits on after another line that is no end of a turn', () => {
    const { output, take } = setUp();
    take(ends('aborted_tools'), asks('a'), behind());
    expect(output.requests.forms).toEqual(['a']);
  });
});

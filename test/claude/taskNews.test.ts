// A resumed agent begins with the news of what died with the last one: a result of no turn, before the first prompt.
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { SessionOutput } from '../../src/claude/cli/sessionOutput.ts';
import type { AgentEvent } from '../../src/protocol/agent.ts';
import type { Json } from '../../src/protocol/json.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

const PROMPT = '0b5ddc4e-9d4a-4d6f-8f0e-1c2f6a4a0a01';
const system = (subtype: string, more: object = {}) => ({ type: 'system', subtype, ...more });
const state = (to: string) => system('session_state_changed', { state: to });
const lifecycle = (to: string) => ({
  ...{ type: 'command_lifecycle', command_uuid: PROMPT, state: to },
});
const result = (turns: number, more: object = {}) => ({
  ...{ type: 'result', subtype: 'success', is_error: false, num_turns: turns, uuid: `r${turns}` },
  ...more,
});
const news = result(0, { origin: { kind: 'task-notification' } });
const gone = system('task_notification', { task_id: 't', status: 'stopped', summary: 'gone' });
const begins = { type: 'stream_event', event: { type: 'message_start', message: { id: 'm' } } };
const back = {
  ...{ type: 'user', uuid: PROMPT, isReplay: true },
  message: { role: 'user', content: 'go on' },
};
const answer = {
  ...{ type: 'assistant', uuid: 'a' },
  message: { id: 'm', role: 'assistant', model: 'opus', content: [{ type: 'text', text: 'ok' }] },
};

/** The order of the lines, as each version wrote it when it was resumed with a prompt. */
const LINES = {
  '2.1.332': [
    ...[gone, state('running'), lifecycle('queued'), system('init'), news, lifecycle('started')],
    ...[system('init'), back, begins, answer, result(1), lifecycle('completed'), state('idle')],
  ],
  '2.1.197': [
    ...[gone, state('running'), gone, system('init'), news, state('idle'), state('running')],
    ...[system('init'), begins, back, answer, result(1), state('idle')],
  ],
} as const;

function setUp() {
  const events: AgentEvent[] = [];
  const output = new SessionOutput({
    ...{ pid: 7, configDir: '/nowhere', hasMirror: false },
    ...{ clock: createFakeClock(), log: silentLogger },
    emit: (event) => events.push(event),
    onDidWrite: () => undefined,
    accept: () => undefined,
    post: () => undefined,
  });
  const take = (lines: readonly object[]): void => {
    for (const line of lines) {
      const text = JSON.stringify(line);
      output.take({ kind: 'line', text, bytes: text.length });
    }
  };
  output.status.set('idle');
  return { output, events, take };
}

function told(events: readonly AgentEvent[]): readonly Json[] {
  return events.flatMap((event): Json[] => {
    if (event.kind === 'status') return [event.status];
    return event.kind === 'prompt' ? [`prompt ${event.state}`] : [];
  });
}

describe('the result that a resumed agent begins with', () => {
  it.each(['2.1.332', '2.1.197'] as const)(
    'ends no prompt and no work: %s goes on with the first prompt without a moment of rest',
    (version) => {
      const { output, events, take } = setUp();
      for (const event of output.prompts.sent({ promptId: PROMPT, text: 'go on' }, false)) {
        events.push(event);
      }
      output.status.set('working');
      events.length = 0;
      take(LINES[version]);
      const seen = told(events).filter((one) => one !== 'working');
      // The older one says nothing itself of its prompts: their end is that of the turn.
      expect(seen).toEqual(
        version === '2.1.332'
          ? ['prompt queued', 'prompt started', 'prompt completed', 'idle']
          : ['prompt started', 'prompt completed', 'idle'],
      );
      expect(output.status.current).toBe('idle');
    },
  );

  it('without a prompt it is idle again, as the agent says', () => {
    const { output, take } = setUp();
    take([gone, state('running'), system('init'), news]);
    expect(output.status.current).toBe('working');
    take([state('idle')]);
    expect(output.status.current).toBe('idle');
  });

  it('a command that the agent ran itself still ends what was sent for it', () => {
    const { output, events, take } = setUp();
    output.prompts.sent({ promptId: PROMPT, text: '/cost' }, false);
    output.status.set('working');
    events.length = 0;
    take([state('running'), system('init'), result(0), state('idle')]);
    expect(told(events)).toEqual(['prompt completed', 'idle']);
  });
});

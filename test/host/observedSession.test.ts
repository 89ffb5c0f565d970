// Taking in what a terminal's session has said before it was opened.
import { expect, it } from 'vitest';
import { Emitter } from '../../src/base/emitter.ts';
import { ObservedSession } from '../../src/host/drive/observedSession.ts';
import type { SessionRecorder } from '../../src/host/session/sessionRecorder.ts';
import type { AgentEvent } from '../../src/protocol/agent.ts';

const EVENTS = 1000;

function entry(n: number): AgentEvent {
  return {
    kind: 'entry',
    entry: { kind: 'command', id: `e${n}`, at: n, command: `${n}`, text: '' },
  };
}

it('a long conversation lets others go on while it is taken in, in order and after what is known', async () => {
  const emitter = new Emitter<AgentEvent>();
  const taken: string[] = [];
  const takenWhenOthersRan: number[] = [];
  const recorder = {
    take(event: AgentEvent) {
      if (event.kind === 'entry') taken.push(event.entry.id);
    },
    // Nothing else of the recorder is asked for entries.
  } as SessionRecorder;
  let others = true;
  const other = (): void => {
    takenWhenOthersRan.push(taken.length);
    if (taken.length === 500) emitter.fire(entry(EVENTS));
    if (others) setImmediate(other);
  };
  await ObservedSession.open(
    { recorder, tables: { hasEntry: (id) => id === 'e99' } },
    {
      key: 'k',
      onDidEmit: emitter.event,
      async open() {
        for (let n = 0; n < EVENTS; n += 1) emitter.fire(entry(n));
        setImmediate(other);
      },
      async close() {},
    },
  );
  others = false;
  expect(taken).toEqual(Array.from({ length: EVENTS - 99 }, (_, i) => `e${i + 100}`));
  expect(takenWhenOthersRan.filter((count) => count > 0 && count < EVENTS).length).toBeGreaterThan(
    10,
  );
  emitter.fire(entry(EVENTS + 1));
  expect(taken.at(-1)).toBe(`e${EVENTS + 1}`);
});

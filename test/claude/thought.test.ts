// How long the agent thought, as its stream tells it.
import { expect, test } from 'vitest';
import { parseOutLine } from '../../src/claude/wire/streamJson.ts';
import { StreamMapper } from '../../src/claude/stream/streamMapper.ts';
import type { Json } from '../../src/protocol/json.ts';

function play(lines: readonly (readonly [number, Json])[]) {
  let now = 0;
  const mapper = new StreamMapper({ now: () => now, hasMirror: false });
  return lines.flatMap(([at, line]) => {
    now = at;
    return mapper.map(parseOutLine(line));
  });
}

const stream = (event: Json): Json => ({ type: 'stream_event', session_id: 's', uuid: 'u', event });
const thinking = {
  ...{ type: 'assistant', uuid: 'a', session_id: 's' },
  message: { id: 'm', content: [{ type: 'thinking', thinking: 'Hm.' }] },
};
const start = stream({ type: 'message_start', message: { id: 'm' } });
const block = stream({
  type: 'content_block_start',
  index: 0,
  content_block: { type: 'thinking' },
});

test('[N4] thinking says how long it streamed, from the beginning of its block', () => {
  const events = play([
    [1000, start],
    [3000, block],
    [9500, thinking],
  ]);
  expect(events.filter(({ kind }) => kind === 'entry')).toMatchObject([
    { entry: { kind: 'thinking', text: 'Hm.', durationMs: 6500 } },
  ]);
});

test('[N4] thinking that was not seen to stream says nothing of it', () => {
  const event = play([[9500, thinking]]).find(({ kind }) => kind === 'entry');
  expect(event).toMatchObject({ entry: { kind: 'thinking' } });
  expect(JSON.stringify(event)).not.toContain('durationMs');
});

// What a new version of Claude Code writes that no recording knows.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addLines, newIn, recordedKinds } from '../../scripts/claude/lineKinds.ts';
import type { Json } from '../../src/protocol/json.ts';

const kinds = (...lines: readonly Json[]): Map<string, Set<string>> => {
  const found = new Map<string, Set<string>>();
  addLines('stream', lines, found);
  return found;
};
const fresh = (line: Json, ...known: readonly Json[]): readonly string[] =>
  newIn(kinds(line), kinds(...known));

const STATUS: Json = { type: 'system', subtype: 'status', status: 'idle' };
const ANSWER: Json = { type: 'assistant', message: { content: [{ type: 'text', text: 'a' }] } };

it('a line that is known is not new, whatever its values', () => {
  expect(fresh({ ...STATUS, status: 'busy' }, STATUS)).toEqual([]);
});

it('another type or subtype is a new kind of line, told with its keys', () => {
  expect(fresh({ type: 'system', subtype: 'mood', mood: 'good' }, STATUS)).toEqual([
    'stream system/mood: a kind of line, with mood, subtype, type',
  ]);
  expect(fresh({ type: 'file-note', at: 1 }, STATUS)).toEqual([
    'stream file-note: a kind of line, with at, type',
  ]);
});

it.each([
  ['control_request', 'request', { subtype: 'can_fly' }, 'control_request/can_fly'],
  ['stream_event', 'event', { type: 'ping' }, 'stream_event/ping'],
  ['attachment', 'attachment', { type: 'map' }, 'attachment/map'],
])('what a %s is stands in its %s', (type, key, inner, kind) => {
  expect([...kinds({ type, [key]: inner }).keys()]).toEqual([`stream ${kind}`]);
});

it('a new key of a known kind is told with its path, without what is in it', () => {
  const line: Json = { ...STATUS, cost: { total: 1, parts: [{ type: 'in' }] } };
  expect(fresh(line, STATUS)).toEqual(['stream system/status: cost']);
  expect(fresh({ ...STATUS, cost: { left: 1 } }, line)).toEqual([
    'stream system/status: cost.left',
  ]);
});

it('a block of a new type is new, and so is a key in a block', () => {
  const block = (one: Json): Json => ({ type: 'assistant', message: { content: [one] } });
  expect(fresh(block({ type: 'song', notes: 1 }), ANSWER)).toEqual([
    'stream assistant: message.content[song]',
  ]);
  expect(fresh(block({ type: 'text', text: 'a', voice: 1 }), ANSWER)).toEqual([
    'stream assistant: message.content[text].voice',
  ]);
});

it('what others chose is no key: ids, models and paths, and the inputs of tools', () => {
  const usage = (model: string): Json => ({ ...STATUS, usage: { [model]: { tokens: 1 } } });
  expect(fresh(usage('claude-a-2'), usage('claude-b-1'))).toEqual([]);
  const call = (input: Json): Json => ({
    type: 'assistant',
    message: { content: [{ type: 'tool_use', input }] },
  });
  expect(fresh(call({ url: 'x' }), call({ command: 'ls' }))).toEqual([]);
});

it('of the recordings both directions of the stream are told apart, and transcripts are read', async () => {
  const folder = join(import.meta.dirname, '../fixtures/claude/2.1.332');
  const found = await recordedKinds([folder]);
  expect(found.has('stream control_request/can_use_tool')).toBe(true);
  expect(found.has('stream control_request/initialize')).toBe(false);
  expect(found.has('transcript attachment/queued_command')).toBe(true);
  expect([...found.keys()].filter((kind) => kind.includes('?'))).toEqual([]);
  expect(newIn(found, found)).toEqual([]);
});

// [N11] Calls that auto mode's classifier has refused: the same in the stream and in the file.
import { expect, test } from 'vitest';
import { messageEntries } from '../../src/claude/entries/messageEntries.ts';
import { messageLineSchema } from '../../src/claude/wire/messageLine.ts';

const block = { type: 'tool_result', tool_use_id: 'c', is_error: true, content: 'Blocked.' };
const line = { type: 'user', uuid: 'u', message: { role: 'user', content: [block] } };
const entriesOf = (more: object) =>
  messageEntries(messageLineSchema.parse({ ...line, ...more }), { now: 0 });

test.each([
  { tool_result_meta: [{ id: 'c', non_execution_kind: 'automode-blocked' }] },
  { tool_result_meta: [{ id: 'c', non_execution_kind: 'automode-unavailable' }] },
  { toolDenialKind: 'automode-blocked' },
])('[N11] %j is denied, by nobody', (more) => {
  expect(entriesOf(more)).toMatchObject([{ outcome: 'denied', autoDenied: true }]);
});

test.each([
  { tool_result_meta: [{ id: 'c', non_execution_kind: 'permission-rule' }] },
  { tool_result_meta: [{ id: 'other', non_execution_kind: 'automode-blocked' }] },
  { toolDenialKind: 'user-rejected' },
  {},
])('[N11] %j is not', (more) => {
  expect(entriesOf(more)[0]).not.toHaveProperty('autoDenied');
});

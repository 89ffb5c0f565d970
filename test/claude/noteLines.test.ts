// Lines that nobody typed, as the CLI writes them: whose they are, and what of them is for people.
import { describe, expect, it } from 'vitest';
import { messageEntries } from '../../src/claude/entries/messageEntries.ts';
import { taskText } from '../../src/claude/entries/personText.ts';
import { toolResultEntry } from '../../src/claude/entries/toolResultEntry.ts';
import { transcriptAttachmentEntries } from '../../src/claude/entries/transcriptLineEntries.ts';

const user = { type: 'user', uuid: 'u', message: { content: 'ring' } } as const;

describe('a prompt that a timer brought', () => {
  it.each([
    ['2.1.332', { isMeta: true, promptSource: 'system', turnOrigin: 'scheduled' }],
    ['2.1.197', { isMeta: true, promptSource: 'sdk' }],
  ])('is said to be one, in %s', (_version, fields) => {
    expect(messageEntries({ ...user, ...fields }, { now: 0 })).toEqual([
      { kind: 'prompt', id: 'u', at: 0, text: 'ring', origin: 'scheduled' },
    ]);
  });

  it('is not what somebody typed, nor a note to the model', () => {
    const typed = { ...user, promptSource: 'sdk', turnOrigin: 'sdk' };
    expect(messageEntries(typed, { now: 0 })).toMatchObject([{ origin: 'person' }]);
    expect(messageEntries({ ...user, isMeta: true }, { now: 0 })).toEqual([]);
  });
});

it('the news of a task come with what it has printed', () => {
  const news = (event: string): string =>
    `<task-notification>\n<task-id>b</task-id>\n<summary>Monitor event: "log"</summary>\n${event}</task-notification>`;
  expect(taskText(news('<event>GET /limits 429</event>\n'))).toBe(
    'Monitor event: "log"\nGET /limits 429',
  );
  expect(taskText(news(''))).toBe('Monitor event: "log"');
});

it('what a hook tells people is in the file what it was live', () => {
  const attachment = {
    type: 'hook_system_message',
    content: 'careful',
    hookName: 'PreToolUse:Bash',
  };
  const line = { type: 'attachment', uuid: 'a' };
  expect(transcriptAttachmentEntries({ ...line, attachment }, line, 1)).toEqual([
    {
      entry: {
        ...{ kind: 'notice', id: 'a', at: 1, level: 'info', code: 'agent' },
        text: 'PreToolUse:Bash says: careful',
      },
    },
  ]);
});

it('the structured part of a server’s result is the same from the file and live', () => {
  const block = { type: 'tool_result', tool_use_id: 'c', content: '{"degrees":7}' };
  const structured = { content: '{"degrees":7}', structuredContent: { degrees: 7 } };
  const base = { id: 'u', at: 1 };
  const live = { ...user, tool_use_result: structured };
  const mcpMeta = { structuredContent: { degrees: 7 } };
  const file = { ...user, toolUseResult: '{"degrees":7}', mcpMeta };
  expect(toolResultEntry(live, block, base, undefined)).toMatchObject({ structured });
  expect(toolResultEntry(file, block, base, undefined)).toMatchObject({ structured });
});

// A web search of the model's side, as the Messages API gives it in an answer.
import { expect, it } from 'vitest';
import { messageEntries } from '../../src/claude/entries/messageEntries.ts';
import { messageLineSchema } from '../../src/claude/wire/messageLine.ts';

const said = (content: unknown) =>
  messageEntries(
    messageLineSchema.parse({
      ...{ type: 'assistant', uuid: 'u' },
      message: {
        ...{ role: 'assistant', id: 'm' },
        content: [{ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content }],
      },
    }),
    { now: 1 },
  );

it('is the result of its call, with titles and addresses, and nothing that only the model can read', () => {
  const found = (title: string, url: string) => ({
    ...{ type: 'web_search_result', title, url },
    encrypted_content: 'EqgfCioIARgBIiQ3YTAw',
  });
  const [entry] = said([
    found('One', 'https://one.example/'),
    found('Two', 'https://two.example/'),
  ]);
  expect(entry).toEqual({
    ...{ kind: 'tool-result', id: 'u', at: 1, callId: 'srvtoolu_1', outcome: 'ok' },
    text: 'One · https://one.example/\nTwo · https://two.example/',
  });
});

it('one that failed says why; one of a shape that nobody knows is still a result', () => {
  const error = { type: 'web_search_tool_result_error', error_code: 'max_uses_exceeded' };
  expect(said(error)).toMatchObject([{ outcome: 'error', text: 'max_uses_exceeded' }]);
  for (const content of [undefined, null, [], [7, null, 'x'], {}]) {
    expect(said(content)).toMatchObject([{ kind: 'tool-result', outcome: 'ok' }]);
  }
});

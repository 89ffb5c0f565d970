// One text in every kind of entry that shows text.
import type { Json } from '../../src/protocol/json.ts';
import { toolView } from '../../src/claude/entries/viewOfTool.ts';
import type { PanelEntry } from '../../src/protocol/local/panel.ts';
import { parseEntry } from '../../src/protocol/transcript.ts';

/** A call's view as it travels. */
function viewOf(tool: string, input: Json): Json {
  // An optional member of a view is absent, never undefined.
  return { ...toolView(tool, input) } as Json;
}

function bodiesOf(text: string, first: number): readonly object[] {
  const input = { command: text, description: text, file_path: text, content: text };
  return [
    { kind: 'text', messageId: `m${first}`, text },
    { kind: 'prompt', text, origin: 'person', author: { name: text, device: text, member: 'm' } },
    {
      kind: 'tool-call',
      messageId: 'm',
      callId: `c${first}`,
      tool: 'Bash',
      input,
      view: viewOf('Bash', input),
    },
    { kind: 'tool-result', callId: `c${first}`, outcome: 'error', text },
    {
      kind: 'tool-call',
      messageId: 'm',
      callId: `d${first}`,
      tool: 'Write',
      input,
      view: viewOf('Write', input),
    },
    {
      ...{ kind: 'tool-call', messageId: 'm', callId: `e${first}`, tool: text, input },
      view: { family: text, title: text, action: text, todos: [{ text, status: 'done' }] },
    },
    { kind: 'notice', level: 'error', code: 'x', text },
    { kind: 'turn', outcome: 'failed', error: text, reason: text },
    { kind: 'command', command: text, text },
  ];
}

/** The entries from an index on: all places, or the answer's text and one other place by a number. */
export function hostileEntries(
  text: string,
  first: number,
  places: 'all' | number = 'all',
): readonly PanelEntry[] {
  const bodies = bodiesOf(text, first);
  const other = typeof places === 'number' ? 1 + (places % (bodies.length - 1)) : 0;
  return bodies
    .filter((_, at) => places === 'all' || at === 0 || at === other)
    .map((body, at) => ({
      index: first + at,
      entry: parseEntry({ ...body, id: `x${first + at}`, at: 0 }),
    }));
}

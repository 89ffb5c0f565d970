// Many short entries, to scroll and to measure by.
import type { PanelEntry } from '../../src/protocol/local/panel.ts';
import type { Entry } from '../../src/protocol/transcript.ts';

const START = 1_763_700_000_000;
const ada = { member: 'ada', name: 'Ada Lovelace', device: 'MacBook' };

/** `count` short entries that differ in kind and height, from index `first`. */
export function manyEntries(count: number, first = 0): PanelEntry[] {
  return Array.from({ length: count }, (_, at): PanelEntry => {
    const index = first + at;
    const common = { id: `e${index}`, at: START + index * 1000 };
    if (index % 10 === 0) {
      const entry: Entry = {
        ...common,
        kind: 'prompt',
        text: `Prompt number ${index}`,
        author: ada,
        origin: 'person',
      };
      return { index, entry };
    }
    if (index % 10 === 3) {
      const entry: Entry = {
        ...common,
        kind: 'tool-call',
        messageId: `m${index}`,
        callId: `c${index}`,
        tool: 'Bash',
        input: { command: `echo ${index}` },
        view: { family: 'shell', command: '/command' },
      };
      return { index, entry };
    }
    if (index % 10 === 4) {
      const entry: Entry = {
        ...common,
        kind: 'tool-result',
        callId: `c${index - 1}`,
        outcome: 'ok',
        text: `${index - 1}\n`.repeat((index % 7) + 1),
      };
      return { index, entry };
    }
    const text = `Reply **${index}**. ${'Some words that fill lines. '.repeat((index * 7) % 23)}`;
    return { index, entry: { ...common, kind: 'text', messageId: `m${index}`, text } };
  });
}

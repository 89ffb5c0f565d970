// Prompts that waited together come back as one message, in the replay and in the mirror, in either order.
import { describe, expect, it } from 'vitest';
import { StreamMapper } from '../../src/claude/stream/streamMapper.ts';
import { type SentPrompt, SentPrompts } from '../../src/claude/stream/sentPrompts.ts';
import { parseOutLine } from '../../src/claude/wire/streamJson.ts';
import type { AgentEvent } from '../../src/protocol/agent.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { Entry } from '../../src/protocol/transcript.ts';
import { claudeDoes } from '../../tools/install/claudeFeatures.ts';
import type { ClaudeVersion } from '../../tools/install/claudeVersions.ts';
import { RECORDED_VERSIONS } from './fixtures.ts';

const picture = (bytes: string) => ({ mediaType: 'image/png', base64: btoa(bytes) });
const prompt = (promptId: string, text: string, ...pictures: string[]): SentPrompt => ({
  promptId,
  text,
  ...(pictures.length > 0 ? { images: pictures.map((bytes) => picture(bytes)) } : {}),
});

/** A prompt as it is sent, and as it comes back alone. */
function contentOf({ text, images = [] }: SentPrompt): Json {
  if (images.length === 0) return text;
  const blocks = images.map(({ mediaType, base64 }) => ({
    type: 'image',
    source: { type: 'base64', media_type: mediaType, data: base64 },
  }));
  return [{ type: 'text', text }, ...blocks];
}

/** What the CLI makes of prompts that waited together, as it was measured with both versions. */
function mergedContent(prompts: readonly SentPrompt[], version: ClaudeVersion): Json {
  if (prompts.every(({ images }) => images === undefined)) {
    return prompts.map(({ text }) => text).join('\n');
  }
  return prompts.flatMap((one, index): readonly Json[] => {
    const content = contentOf(one);
    if (typeof content !== 'string') return content as readonly Json[]; // a list, as made above
    const isLast = index === prompts.length - 1;
    return [
      {
        type: 'text',
        text: !isLast && claudeDoes(version, 'merged-line-break') ? `${content}\n` : content,
      },
    ];
  });
}

const userLine = (uuid: string, content: Json, more: { readonly [key: string]: Json }): Json => ({
  type: 'user',
  uuid,
  message: { role: 'user', content },
  ...more,
});
const replay = (uuid: string, content: Json): Json => userLine(uuid, content, { isReplay: true });
const mirror = (...entries: Json[]): Json => ({
  type: 'transcript_mirror',
  filePath: '/x/s.jsonl',
  entries,
});
const RESULT: Json = { type: 'result', subtype: 'success', uuid: 'turn', num_turns: 1 };

/** The lines for prompts that waited together: the frame of the mirror comes after `before` replays. */
function linesOf(prompts: readonly SentPrompt[], version: ClaudeVersion, before: number): Json[] {
  const last = prompts.at(-1)?.promptId ?? '';
  const merged = mergedContent(prompts, version);
  const lines = prompts.map((one) =>
    replay(one.promptId, one.promptId === last ? merged : contentOf(one)),
  );
  return [...lines.slice(0, before), mirror(userLine(last, merged, {})), ...lines.slice(before)];
}

class Played {
  readonly mapper = new StreamMapper({ now: () => 0, hasMirror: true });
  readonly events: AgentEvent[] = [];

  send(prompts: readonly SentPrompt[]): this {
    for (const one of prompts) this.events.push(...this.mapper.prompts.sent(one, true));
    return this;
  }

  lines(lines: readonly Json[]): this {
    for (const line of lines) this.events.push(...this.mapper.map(parseOutLine(line)));
    return this;
  }

  /** Id, words and pictures of each prompt that is shown, and whether it went into a running turn. */
  get prompts() {
    return this.events.flatMap((event) => {
      if (event.kind !== 'entry' || event.entry.kind !== 'prompt') return [];
      const { id, promptId, text, images, folded } = event.entry;
      const bytes = (event.images ?? []).map(({ base64 }) => atob(base64));
      return [{ id, promptId, text, sizes: images?.map((one) => one.totalBytes), bytes, folded }];
    });
  }

  states(promptId: string): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'prompt' && event.promptId === promptId ? [event.state] : [],
    );
  }
}

function shown(prompts: readonly SentPrompt[]) {
  return prompts.map(({ promptId, text, images }, index) => ({
    id: promptId,
    promptId,
    text,
    sizes: images?.map(({ base64 }) => atob(base64).length),
    bytes: (images ?? []).map(({ base64 }) => atob(base64)),
    folded: index > 0 ? true : undefined,
  }));
}

const BATCHES: Readonly<Record<string, readonly SentPrompt[]>> = {
  'two prompts': [prompt('b', 'one'), prompt('c', 'another')],
  'three prompts': [prompt('b', 'one'), prompt('c', 'two\nlines'), prompt('d', 'three')],
  'identical texts': [prompt('b', 'yes'), prompt('c', 'yes'), prompt('d', 'yes')],
  'a prompt that ends with the text of another': [
    prompt('b', 'yes'),
    prompt('c', 'no\nyes'),
    prompt('d', 'yes'),
  ],
  'blank lines at the edges': [
    prompt('b', 'one\n'),
    prompt('c', '  two  '),
    prompt('d', '\n3\n\n'),
  ],
  'pictures of the first': [prompt('b', 'look', 'cat'), prompt('c', 'plain')],
  'pictures of the last': [prompt('b', 'plain'), prompt('c', 'more'), prompt('d', 'look', 'cat')],
  'pictures of several': [
    prompt('b', 'plain'),
    prompt('c', 'look', 'cat', 'mouse'),
    prompt('d', 'and here', 'horse'),
  ],
  'pictures without a word': [prompt('b', 'plain'), prompt('c', '', 'cat'), prompt('d', '', 'dog')],
};

describe.each(RECORDED_VERSIONS)('prompts that waited together in Claude Code %s', (version) => {
  describe.each(Object.entries(BATCHES))('%s', (_, prompts) => {
    const positions = Array.from({ length: prompts.length + 1 }, (__, before) => before);

    it.each(positions)(
      'show each once, as its author sent it, in the order of sending, with the mirror after %i replays',
      (before) => {
        const played = new Played().send(prompts).lines(linesOf(prompts, version, before));
        expect(played.prompts).toEqual(shown(prompts));
        for (const { promptId } of prompts) {
          expect(played.states(promptId)).toEqual(['queued', 'started']);
        }
      },
    );
  });

  it.each(['by us', 'by the CLI'])(
    'leave out what was cancelled %s, of the same text too',
    (by) => {
      const [first, gone, last] = [prompt('b', 'yes'), prompt('c', 'yes'), prompt('d', 'last')];
      for (const before of [0, 1, 2]) {
        const played = new Played().send([first, gone, last]);
        if (by === 'by us') played.mapper.prompts.cancelled('c');
        else played.lines([{ type: 'command_lifecycle', command_uuid: 'c', state: 'cancelled' }]);
        played.lines(linesOf([first, last], version, before));
        expect(played.prompts).toEqual(shown([first, last]));
      }
    },
  );

  it('leave out a command that ran by itself', () => {
    const [first, last] = [prompt('b', 'one'), prompt('d', 'last')];
    for (const before of [0, 1, 2]) {
      const played = new Played().send([first, prompt('c', '/cost'), last]);
      played.lines(linesOf([first, last], version, before));
      expect(played.prompts).toEqual(shown([first, last]));
    }
  });

  it('are told apart from those of the next turn', () => {
    const batches = [
      [prompt('b', 'yes'), prompt('c', 'yes')],
      [prompt('d', 'yes'), prompt('e', 'yes')],
    ];
    const played = new Played();
    for (const batch of batches) {
      played.send(batch).lines([...linesOf(batch, version, 0), RESULT]);
    }
    expect(played.prompts).toEqual(batches.flatMap((batch) => shown(batch)));
  });
});

describe('a prompt that comes back alone', () => {
  const only = prompt('a', 'look\nhere', 'cat');

  it.each(['mirror', 'replay'])('has its words and pictures if the %s comes first', (first) => {
    const lines = [mirror(userLine('a', contentOf(only), {})), replay('a', contentOf(only))];
    const played = new Played().send([only]).lines(first === 'mirror' ? lines : lines.toReversed());
    expect(played.prompts).toEqual(shown([only]));
  });

  it('runs, also if only the mirror says so', () => {
    const played = new Played()
      .send([only])
      .lines([
        mirror(userLine('a', contentOf(only), {})),
        { type: 'result', subtype: 'success', uuid: 'turn', terminal_reason: 'aborted_streaming' },
      ]);
    expect(played.states('a')).toEqual(['queued', 'started', 'cancelled']);
  });

  it.each(['changed on its way', 'changed\nyes'])(
    'is shown as the CLI has it, if the CLI has changed it: %j',
    (text) => {
      const sent = [prompt('b', 'yes'), prompt('a', 'typed')];
      const played = new Played().send(sent).lines([mirror(userLine('a', text, {}))]);
      expect(played.prompts).toMatchObject([{ id: 'a', text }]);
    },
  );

  it('is given no pictures that the CLI has left out', () => {
    const played = new Played().send([only]).lines([mirror(userLine('a', only.text, {}))]);
    expect(played.prompts).toMatchObject([{ text: only.text, sizes: undefined, bytes: [] }]);
  });

  it('is shown as it stands in the file, if it was not sent from here', () => {
    const other = mirror(userLine('a', 'one\ntwo', {}));
    expect(new Played().lines([other]).prompts).toMatchObject([{ id: 'a', text: 'one\ntwo' }]);
  });
});

describe('prompts that are folded into a running turn', () => {
  const prompts = [prompt('b', 'and this'), prompt('c', 'look', 'cat'), prompt('d', '', 'dog')];
  const attachments = mirror(
    ...prompts.map((one): Json => ({
      type: 'attachment',
      uuid: `file-${one.promptId}`,
      attachment: {
        type: 'queued_command',
        prompt: contentOf(one),
        source_uuid: one.promptId,
        commandMode: 'prompt',
      },
    })),
  );
  const replays = prompts.map((one) => replay(one.promptId, contentOf(one)));

  it.each([0, 1, 2, 3])('have words and pictures with the mirror after %i replays', (before) => {
    const first = prompt('a', 'begin');
    const played = new Played()
      .send([first, ...prompts])
      .lines([
        replay('a', 'begin'),
        ...replays.slice(0, before),
        attachments,
        ...replays.slice(before),
      ]);
    expect(played.prompts).toEqual(shown([first, ...prompts]));
  });
});

describe('a turn that runs', () => {
  const entriesAfter = (line: Json): Entry[] =>
    new Played()
      .lines([line, replay('p', 'next')])
      .events.flatMap((event) => (event.kind === 'entry' ? [event.entry] : []));

  it('is not begun by what a command has printed', () => {
    const output = '<local-command-stdout>Set model to haiku</local-command-stdout>';
    expect(entriesAfter(replay('o', output))).toEqual([
      expect.not.objectContaining({ folded: true }),
    ]);
  });

  it('is begun by a command that makes a prompt of its own', () => {
    const command = '<command-name>/init</command-name>';
    // The command stands there at once: the mirror brings it later, under the same id.
    expect(entriesAfter(replay('o', command))).toMatchObject([
      { id: 'o', kind: 'command', command: '/init' },
      { id: 'p', folded: true },
    ]);
  });
});

describe('SentPrompts', () => {
  it('lets those before a prompt that came back wait no more', () => {
    const sent = new SentPrompts();
    for (const one of [prompt('a', '/cost'), prompt('b', 'yes'), prompt('c', 'no')]) sent.add(one);
    expect(sent.take('b', 'yes')).toEqual([prompt('b', 'yes')]);
    expect(sent.take('a', '/cost')).toBeUndefined();
    expect(sent.take('b', 'yes')).toBeUndefined();
    expect(sent.take('c', 'no')).toEqual([prompt('c', 'no')]);
  });

  it('forgets the oldest of more than ever wait', () => {
    const sent = new SentPrompts();
    for (let i = 0; i <= 1000; i += 1) sent.add(prompt(`p${i}`, 'x'));
    expect(sent.take('p0', 'x')).toBeUndefined();
    expect(sent.take('p1', 'x')).toHaveLength(1);
  });
});

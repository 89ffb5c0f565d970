// The small pure pieces that make entries and events out of lines.
import { describe, expect, it } from 'vitest';
import { createTranscriptMapper } from '../../src/claude/entries/transcriptMapper.ts';
import { LiveBlocks } from '../../src/claude/stream/liveBlocks.ts';
import { messageEntries } from '../../src/claude/entries/messageEntries.ts';
import { PromptLifecycle } from '../../src/claude/stream/promptLifecycle.ts';
import { parseOutLine, type StreamEventLine } from '../../src/claude/wire/streamJson.ts';
import { StreamMapper } from '../../src/claude/stream/streamMapper.ts';
import { TodoTracker } from '../../src/claude/entries/todoTracker.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { Entry, EntryOf } from '../../src/protocol/transcript.ts';

describe('LiveBlocks', () => {
  const event = (live: LiveBlocks, value: StreamEventLine['event'], parent?: string) =>
    live.events({
      type: 'stream_event',
      event: value,
      ...(parent === undefined ? {} : { parent_tool_use_id: parent }),
    });
  const begin = (live: LiveBlocks, id: string, parent?: string): void => {
    event(live, { type: 'message_start', message: { id } }, parent);
    event(live, { type: 'content_block_start', index: 0, content_block: { type: 'text' } }, parent);
  };
  const delta = { type: 'content_block_delta', index: 0, delta: { text: 'x' } };

  it('keeps the streams of the conversation and of a subagent apart', () => {
    const live = new LiveBlocks(() => 0);
    begin(live, 'main');
    begin(live, 'sub', 'call');
    expect(event(live, delta)).toMatchObject([{ messageId: 'main', block: 0, text: 'x' }]);
    expect(event(live, delta, 'call')).toMatchObject([{ messageId: 'sub', parent: 'call' }]);
  });

  it('ends live text when its message is begun anew or the turn ends, and takes no stray text', () => {
    const live = new LiveBlocks(() => 0);
    begin(live, 'one');
    event(live, delta);
    expect(event(live, { type: 'message_start', message: { id: 'two' } })).toEqual([
      { kind: 'delta-end', messageId: 'one', block: 0 },
    ]);
    live.endAll();
    event(live, { type: 'content_block_start', index: 0, content_block: { type: 'text' } });
    expect(event(live, delta)).toEqual([]);
  });
});

describe('PromptLifecycle', () => {
  const states = (events: ReturnType<PromptLifecycle['queued']>): string[] =>
    events.map((event) => (event.kind === 'prompt' ? event.state : ''));

  it('ends what had started with its turn, if the CLI does not tell', () => {
    const life = new PromptLifecycle();
    expect(states(life.queued('a'))).toEqual(['queued']);
    expect(states(life.started('a'))).toEqual(['started']);
    life.queued('b');
    expect(states(life.turnEnded('completed'))).toEqual(['completed']);
    expect(life.turnEnded('completed')).toEqual([]);
  });

  it('has in a turn all that started in it, also what the CLI says is over before its end', () => {
    const life = new PromptLifecycle();
    for (const id of ['first', 'folded', 'next']) life.apply(id, 'queued');
    life.apply('first', 'started');
    life.apply('folded', 'started');
    life.apply('folded', 'completed');
    expect(life.inTurn).toEqual(['first', 'folded']);
    life.turnEnded('completed');
    life.apply('first', 'completed');
    life.apply('next', 'started');
    expect(life.inTurn).toEqual(['next']);
    life.commandEnded();
    life.apply('next', 'completed');
    expect(life.inTurn).toEqual([]);
  });

  it('takes the oldest that waits for a slash command, which never comes back as a prompt', () => {
    const life = new PromptLifecycle();
    life.written('command');
    life.queued('next');
    expect(life.turnEnded('completed')).toEqual([]);
    expect(life.commandEnded()).toMatchObject([{ promptId: 'command', state: 'completed' }]);
    expect(states(life.started('next'))).toEqual(['started']);
    expect(life.turnEnded('completed')).toMatchObject([{ promptId: 'next', state: 'completed' }]);
    expect(life.apply('x', 'written')).toEqual([]);
  });

  it('takes no cancelled prompt for the slash command that ended', () => {
    const life = new PromptLifecycle();
    life.queued('cancelled');
    expect(states(life.cancelled('cancelled'))).toEqual(['cancelled']);
    life.written('command');
    expect(life.commandEnded()).toMatchObject([{ promptId: 'command', state: 'completed' }]);
  });

  it('leaves the end to a CLI that tells, and never goes back', () => {
    const life = new PromptLifecycle();
    expect(states(life.apply('a', 'started'))).toEqual(['started']);
    expect(life.apply('a', 'queued')).toEqual([]);
    expect(life.apply('a', 'toString')).toEqual([]);
    expect(life.turnEnded('completed')).toEqual([]);
    expect(states(life.apply('a', 'cancelled'))).toEqual(['cancelled']);
  });
});

describe('TodoTracker', () => {
  const call = (tool: string, input: object): Entry => ({
    kind: 'tool-call',
    id: 'c',
    at: 0,
    messageId: 'm',
    callId: 'c',
    tool,
    // The schema's JSON type has an index signature that `object` lacks.
    input: input as EntryOf<'tool-call'>['input'],
  });
  const result = (
    outcome: 'ok' | 'error',
    structured?: EntryOf<'tool-result'>['structured'],
  ): Entry => ({
    kind: 'tool-result',
    id: 'res',
    at: 1,
    callId: 'c',
    outcome,
    text: '',
    ...(structured === undefined ? {} : { structured }),
  });

  it('shows the list of TodoWrite once the tool has succeeded, and not if it failed', () => {
    const tracker = new TodoTracker();
    const todos = [
      { content: 'a', status: 'completed' },
      { content: 'b', status: 'in_progress' },
      { content: 'c', status: 'pending' },
    ];
    expect(tracker.follow(call('TodoWrite', { todos }))).toEqual([]);
    expect(tracker.follow(result('ok'))).toMatchObject([
      { id: 'res+todos', items: [{ status: 'done' }, { status: 'in-progress' }, { text: 'c' }] },
    ]);
    tracker.follow(call('TodoWrite', { todos }));
    expect(tracker.follow(result('error'))).toEqual([]);
  });

  it('follows tasks: created, changed, deleted', () => {
    const tracker = new TodoTracker();
    tracker.follow(call('TaskCreate', { subject: 'One' }));
    tracker.follow(result('ok', { task: { id: '1', subject: 'One' } }));
    tracker.follow(call('TaskUpdate', { taskId: '1', status: 'completed', subject: 'Uno' }));
    expect(tracker.follow(result('ok'))).toMatchObject([
      { items: [{ text: 'Uno', status: 'done' }] },
    ]);
    tracker.follow(call('TaskUpdate', { taskId: '1', status: 'deleted' }));
    expect(tracker.follow(result('ok'))).toMatchObject([{ items: [] }]);
  });
});

describe('messageEntries', () => {
  it('gives each block of a line an id of its own, the first the uuid of the line', () => {
    const entries = messageEntries(
      {
        type: 'user',
        uuid: 'u',
        message: {
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: 'A' },
            { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'B' }] },
          ],
        },
      },
      { now: 5 },
    );
    expect(entries.map((entry) => entry.id)).toEqual(['u', 'u#1']);
    expect(entries).toMatchObject([{ text: 'A', at: 5 }, { text: 'B' }]);
  });

  it('keeps bytes out of entries: images by size, base64 by length', () => {
    const data = Buffer.alloc(6000, 7).toString('base64');
    const [entry] = messageEntries(
      {
        type: 'user',
        uuid: 'u',
        message: {
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'a',
              content: [{ type: 'image', source: { media_type: 'image/png', data } }],
            },
          ],
        },
        tool_use_result: { file: { base64: data } },
      },
      { now: 0 },
    );
    expect(entry).toMatchObject({ images: [{ mediaType: 'image/png', totalBytes: 6000 }] });
    expect(JSON.stringify(entry)).not.toContain(data.slice(0, 100));
  });

  it('reads shell escapes and command output without their colours', () => {
    const of = (content: string) =>
      messageEntries({ type: 'user', uuid: 'u', message: { content } }, { now: 0 });
    expect(of('<bash-input>ls</bash-input>')).toMatchObject([{ command: '!ls' }]);
    expect(of('<bash-stdout>a</bash-stdout><bash-stderr>b</bash-stderr>')).toMatchObject([
      { command: '', text: 'a\nb' },
    ]);
    expect(
      of('<local-command-stdout>\u001b[1mbold\u001b[22m</local-command-stdout>'),
    ).toMatchObject([{ text: 'bold' }]);
    expect(of('<local-command-stdout></local-command-stdout>')).toEqual([]);
  });
});

describe('a slash command that makes a prompt of its own', () => {
  it('starts and ends under the id that it was sent with, also if the CLI does not tell', () => {
    const mapper = new StreamMapper({ now: () => 0, hasMirror: true });
    mapper.prompts.sent({ promptId: 'p', text: '/init' }, false);
    const command = {
      type: 'user',
      uuid: 'p',
      message: { role: 'user', content: '<command-name>/init</command-name>' },
    };
    const lines: Json[] = [
      { type: 'transcript_mirror', filePath: '/x/a.jsonl', entries: [command] },
      { type: 'result', subtype: 'success', uuid: 'r', num_turns: 1 },
    ];
    const states = lines.flatMap((line) =>
      mapper
        .map(parseOutLine(line))
        .flatMap((event) => (event.kind === 'prompt' ? [`${event.promptId} ${event.state}`] : [])),
    );
    expect(states).toEqual(['p started', 'p completed']);
  });
});

describe('a compaction in the live stream', () => {
  const boundary: Json = { type: 'system', subtype: 'compact_boundary', uuid: 'b' };
  const line = (uuid: string, more: Record<string, Json>): Json => ({
    type: 'user',
    uuid,
    message: { role: 'user', content: uuid },
    ...more,
  });
  const entriesAfter = (...lines: Json[]): Entry[] => {
    const mapper = new StreamMapper({ now: () => 0, hasMirror: false });
    return lines.flatMap((json) =>
      mapper
        .map(parseOutLine(json))
        .flatMap((event) => (event.kind === 'entry' ? [event.entry] : [])),
    );
  };

  it('takes its summary from the line that follows', () => {
    expect(entriesAfter(boundary, line('s', { isSynthetic: true }))).toMatchObject([
      { kind: 'compaction', id: 'b', summary: { text: 's' } },
    ]);
  });

  it('takes no prompt and no result for a summary', () => {
    expect(entriesAfter(boundary, line('p', { isReplay: true }))).toMatchObject([
      { kind: 'compaction', id: 'b' },
      { kind: 'prompt', id: 'p', text: 'p' },
    ]);
    const result = { content: [{ type: 'tool_result', tool_use_id: 't', content: 'done' }] };
    expect(entriesAfter(boundary, line('r', { message: result }))).toMatchObject([
      { kind: 'compaction', id: 'b' },
      { kind: 'tool-result', id: 'r', text: 'done' },
    ]);
  });
});

describe('lines of the terminal', () => {
  const entriesOf = (line: Json) => createTranscriptMapper({ now: () => 0 }).map(line).entries;

  it('shows a local command as it was typed, and what it printed without its colours', () => {
    const local = (content: string) =>
      entriesOf({ type: 'system', subtype: 'local_command', uuid: 'u', content });
    expect(
      local(
        '<command-name>/rename</command-name>\n <command-message>rename</command-message>\n <command-args>New name</command-args>',
      ),
    ).toMatchObject([{ kind: 'command', id: 'u', command: '/rename New name', text: '' }]);
    expect(
      local('<local-command-stdout>\u001b[1mdone\u001b[22m</local-command-stdout>'),
    ).toMatchObject([{ kind: 'command', command: '', text: 'done' }]);
    expect(local('plain')).toMatchObject([{ kind: 'command', command: 'plain' }]);
  });

  it('puts the first prompt before an answer that was written ahead of it, and waits for no other', () => {
    const mapper = createTranscriptMapper({ now: () => 0 });
    const said = (type: string, uuid: string, second: number, content = uuid): Json => ({
      type,
      uuid,
      timestamp: `2026-01-01T00:00:0${second}Z`,
      message: { id: uuid, content },
    });
    const ids = (line: Json): string[] => mapper.map(line).entries.map((entry) => entry.id);
    expect(ids({ type: 'system', subtype: 'informational', uuid: 'i', content: 'x' })).toEqual([
      'i',
    ]);
    expect(ids(said('assistant', 'answer', 2))).toEqual([]);
    expect(ids({ type: 'system', subtype: 'turn_duration', uuid: 'turn' })).toEqual([]);
    expect(ids(said('user', 'prompt', 1))).toEqual(['prompt', 'answer', 'turn']);
    expect(ids(said('assistant', 'next', 3))).toEqual(['next']);
    const alone = createTranscriptMapper({ now: () => 0 });
    expect(alone.map(said('assistant', 'answer', 2)).entries).toEqual([]);
    expect(alone.flush().map((entry) => entry.id)).toEqual(['answer']);
  });

  it('takes a subagent that stands in the same file for no person', () => {
    const line = (type: string, content: Json): Json => ({
      type,
      uuid: type,
      isSidechain: true,
      agentId: 'a1',
      message: { id: 'm', content },
    });
    const mapper = createTranscriptMapper({ now: () => 0 });
    expect(mapper.map(line('user', 'Look for bugs')).entries).toEqual([]);
    const answer = line('assistant', [{ type: 'text', text: 'None' }]);
    expect(mapper.map(answer).entries).toMatchObject([
      { kind: 'text', text: 'None', parent: 'sidechain:a1' },
    ]);
  });

  it('knows no branch where there is none', () => {
    const { facts } = createTranscriptMapper({ now: () => 0 }).map({
      type: 'user',
      gitBranch: 'HEAD',
      message: { content: 'x' },
    });
    expect(facts.branch).toBeUndefined();
  });
});

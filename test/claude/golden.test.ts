// Golden tests: recordings of the real CLI through the mappers.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTranscriptMapper } from '../../src/claude/entries/transcriptMapper.ts';
import type { AgentEvent } from '../../src/protocol/agent.ts';
import { type Entry, entrySchema } from '../../src/protocol/transcript.ts';
import { claudeDoes } from '../../tools/install/claudeFeatures.ts';
import {
  entriesOf,
  FIXTURES,
  jsonLines,
  NOW,
  playStream,
  readTranscripts,
  RECORDED_VERSIONS,
} from './fixtures.ts';

/** One line per event; the deltas of a block as one. */
function golden(scenes: ReadonlyMap<string, readonly AgentEvent[]>): string {
  const lines: string[] = [];
  for (const [scene, events] of scenes) {
    lines.push(`## ${scene}`);
    const deltas = new Map<string, string>();
    for (const event of events) {
      if (event.kind === 'raw') continue;
      if (event.kind === 'delta') {
        const key = `${event.messageId}/${event.block}`;
        deltas.set(key, (deltas.get(key) ?? '') + event.text);
        continue;
      }
      if (event.kind === 'delta-end') {
        const key = `${event.messageId}/${event.block}`;
        lines.push(JSON.stringify({ ...event, text: deltas.get(key) }));
        deltas.delete(key);
        continue;
      }
      lines.push(JSON.stringify(event));
    }
    for (const [key, text] of deltas) lines.push(`left live: ${key} ${text}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Kinds that only the live stream has. */
const LIVE_ONLY = new Set(['request', 'turn', 'task', 'retry', 'reset']);

describe.each(RECORDED_VERSIONS)('recordings of Claude Code %s', (version) => {
  const stream = join(FIXTURES, version, 'stream.jsonl');

  it('give the same events as before', async () => {
    await expect(golden(playStream(stream))).toMatchFileSnapshot(
      join(FIXTURES, version, 'events.golden'),
    );
  });

  it('give the same events as before without the mirror', async () => {
    await expect(golden(playStream(stream, { hasMirror: false }))).toMatchFileSnapshot(
      join(FIXTURES, version, 'events-without-mirror.golden'),
    );
  });

  it('give entries that the schema accepts, each id once', () => {
    const entries = entriesOf([...playStream(stream).values()].flat());
    for (const entry of entries) expect(entrySchema.safeParse(entry).success).toBe(true);
    expect(new Set(entries.map((entry) => entry.id)).size).toBe(entries.length);
  });

  it('hold every kind of entry that this version emits, and nothing unknown', () => {
    const kinds = new Set(
      entriesOf([...playStream(stream).values()].flat()).map((entry) => entry.kind),
    );
    const wanted: Entry['kind'][] = [
      ...(['prompt', 'text', 'thinking', 'tool-call', 'tool-result', 'request'] as const),
      ...(['task', 'compaction', 'reset', 'command', 'turn', 'retry', 'notice'] as const),
    ];
    for (const kind of wanted) expect(kinds, kind).toContain(kind);
    expect(kinds.has('todos')).toBe(!claudeDoes(version, 'task-list'));
    expect(kinds.has('unknown')).toBe(false);
  });

  it('have the same ids live and in the transcript file, so that a crashed host can drop doubles', async () => {
    const live = entriesOf([...playStream(stream).values()].flat());
    const file = await readTranscripts(version);
    expect(file.length).toBeGreaterThan(80);
    const liveIds = new Set(live.map((entry) => entry.id));
    const onlyInFile = file.filter((entry) => !liveIds.has(entry.id) && entry.kind !== 'retry');
    expect(onlyInFile).toEqual([]);
    const fileIds = new Set(file.map((entry) => entry.id));
    const onlyLive = live.filter((entry) => !fileIds.has(entry.id) && !LIVE_ONLY.has(entry.kind));
    expect(onlyLive).toEqual([]);
  });

  it('have the same content live and in the file', async () => {
    const live = new Map(
      entriesOf([...playStream(stream).values()].flat()).map((entry) => [entry.id, entry]),
    );
    const same = (entry: Entry): unknown => ({ ...entry, at: 0 });
    for (const entry of await readTranscripts(version)) {
      const other = live.get(entry.id);
      if (other === undefined || entry.kind === 'retry') continue;
      // An older version does not write down that a call was denied.
      if (
        other.kind === 'tool-result' &&
        entry.kind === 'tool-result' &&
        !claudeDoes(version, 'denied-in-file')
      ) {
        expect({ ...entry, at: 0, outcome: '' }).toEqual({ ...other, at: 0, outcome: '' });
      } else expect(same(entry)).toEqual(same(other));
    }
  });

  it('leave no live text behind', () => {
    const live = new Map<string, number>();
    for (const event of [...playStream(stream).values()].flat()) {
      if (event.kind === 'delta') live.set(`${event.messageId}/${event.block}`, 1);
      if (event.kind === 'delta-end') live.delete(`${event.messageId}/${event.block}`);
    }
    expect([...live.keys()]).toEqual([]);
  });

  it('end streamed text before the entry that takes its place: nobody reads it twice', () => {
    const streamed = { text: 'text', thinking: 'thinking', 'tool-call': 'tool-input' } as const;
    let superseded = 0;
    for (const events of playStream(stream).values()) {
      const live = new Map<string, string>();
      for (const event of events) {
        if (event.kind === 'delta') {
          live.set(`${event.messageId}/${event.block}`, `${event.messageId} ${event.type}`);
        }
        if (event.kind === 'delta-end') {
          superseded += Number(live.delete(`${event.messageId}/${event.block}`));
        }
        if (event.kind !== 'entry') continue;
        const { entry } = event;
        if (entry.kind !== 'text' && entry.kind !== 'thinking' && entry.kind !== 'tool-call') {
          continue;
        }
        expect([...live.values()]).not.toContain(`${entry.messageId} ${streamed[entry.kind]}`);
      }
    }
    expect(superseded).toBeGreaterThan(10);
  });

  it('tell the life of each prompt in order, each state once', () => {
    const states = new Map<string, string[]>();
    for (const event of [...playStream(stream).values()].flat()) {
      if (event.kind !== 'prompt') continue;
      states.set(event.promptId, [...(states.get(event.promptId) ?? []), event.state]);
    }
    for (const life of states.values()) {
      expect(life.join(' ')).toMatch(/^(queued )?(started )?(completed|cancelled)$/);
    }
    expect(states.size).toBeGreaterThan(15);
  });
});

describe('recordings of other sessions', () => {
  it('map a transcript of the terminal: hooks, peers, folded prompts, ends of turns', async () => {
    const mapper = createTranscriptMapper({ now: () => NOW });
    const entries = jsonLines(join(FIXTURES, 'samples/terminal.jsonl')).flatMap(
      (line) => mapper.map(line).entries,
    );
    const text = entries.map((entry) => JSON.stringify(entry)).join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot(join(FIXTURES, 'samples/terminal.golden'));
    const origins = new Set(entries.map((entry) => (entry.kind === 'prompt' ? entry.origin : '')));
    expect([...origins].sort()).toEqual(['', 'hook', 'peer', 'person']);
  });

  it.each(['queueing', 'crash'])('map the stream of %s', async (name) => {
    const scenes = playStream(join(FIXTURES, `samples/${name}.jsonl`), { hasMirror: false });
    await expect(golden(scenes)).toMatchFileSnapshot(join(FIXTURES, `samples/${name}.golden`));
  });
});

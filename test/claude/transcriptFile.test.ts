// Reading transcripts that grow, shrink, are replaced or are garbled.
import { appendFile, mkdir, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImageBudget } from '../../src/claude/files/imageBudget.ts';
import {
  ConversationReader,
  MAX_ENTRIES,
  QUIET_AFTER,
} from '../../src/claude/files/conversationReader.ts';
import { TranscriptFile } from '../../src/claude/files/transcriptFile.ts';
import type { Json } from '../../src/protocol/json.ts';
import { NOW } from './fixtures.ts';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transcript-'));
  path = join(folder, 'a.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(file: TranscriptFile) {
  const lines: (Json | undefined)[] = [];
  let restarted = false;
  const exists = await file.read({
    line: (line) => lines.push(line),
    restart: () => (restarted = true),
  });
  return { exists, restarted, lines };
}

describe('TranscriptFile', () => {
  it('reads only what is new, and a partial last line when it is complete', async () => {
    const file = new TranscriptFile(path);
    expect(await read(file)).toEqual({ exists: false, restarted: false, lines: [] });
    await writeFile(path, '{"n":1}\n{"n":2}\n{"n":');
    expect((await read(file)).lines).toEqual([{ n: 1 }, { n: 2 }]);
    expect((await read(file)).lines).toEqual([]);
    await appendFile(path, '3}\n');
    expect((await read(file)).lines).toEqual([{ n: 3 }]);
  });

  it('begins again when the file was cut or replaced', async () => {
    const file = new TranscriptFile(path);
    await writeFile(path, '{"n":1}\n{"n":2}\n');
    await read(file);
    await truncate(path, 8);
    expect(await read(file)).toEqual({ exists: true, restarted: true, lines: [{ n: 1 }] });
    await writeFile(join(folder, 'b'), '{"n":"other"}\n{"n":"file"}\n{"n":"longer"}\n');
    await rename(join(folder, 'b'), path);
    expect((await read(file)).lines).toEqual([{ n: 'other' }, { n: 'file' }, { n: 'longer' }]);
  });

  it('begins again when lines were taken out and it has grown past the old end', async () => {
    const file = new TranscriptFile(path);
    await writeFile(path, '{"n":1}\n{"n":2}\n{"n":3}\n');
    await read(file);
    await writeFile(path, '{"n":1}\n{"n":3}\n{"n":"what came then"}\n');
    expect(await read(file)).toEqual({
      exists: true,
      restarted: true,
      lines: [{ n: 1 }, { n: 3 }, { n: 'what came then' }],
    });
  });

  it('gives a last line without its end only when it is asked for, and only if it is whole', async () => {
    const file = new TranscriptFile(path);
    await writeFile(path, '{"n":1}\n{"n":2}');
    expect((await read(file)).lines).toEqual([{ n: 1 }]);
    const rest: (Json | undefined)[] = [];
    file.rest({ line: (line) => rest.push(line) });
    expect(rest).toEqual([{ n: 2 }]);
    const torn = new TranscriptFile(path);
    await writeFile(path, '{"n":1}\n{"n":');
    await read(torn);
    torn.rest({ line: (line) => rest.push(line) });
    expect(rest).toEqual([{ n: 2 }]);
  });

  it('gives a garbled line as undefined and goes on', async () => {
    const file = new TranscriptFile(path);
    await writeFile(
      path,
      Buffer.concat([Buffer.from([0xff, 0x00, 0x0a]), Buffer.from('{"n":1}\n')]),
    );
    expect((await read(file)).lines).toEqual([undefined, { n: 1 }]);
  });

  it('reads a line of 12 MB', async () => {
    await writeFile(path, `${JSON.stringify({ big: 'x'.repeat(12 * 1024 * 1024) })}\n{"n":1}\n`);
    const { lines } = await read(new TranscriptFile(path));
    expect(lines.length).toBe(2);
    expect(lines[1]).toEqual({ n: 1 });
  });
});

describe('ConversationReader', () => {
  const line = (uuid: string, text: string, timestamp: string): string =>
    `${JSON.stringify({ type: 'user', uuid, timestamp, message: { role: 'user', content: text } })}\n`;

  it('turns unknown and garbled lines into entries, noise into nothing', async () => {
    await writeFile(
      path,
      [
        line('u1', 'one', '2026-01-01T00:00:00Z').trim(),
        'garbage',
        '{"type":"file-history-snapshot","snapshot":{}}',
        '{"type":"from-the-future","uuid":"f1","content":"hello"}',
        '{"type":"from-the-future","uuid":"f2","counter":1}',
        '{"type":"user","uuid":"u2","message":{"content":5}}',
        '[1,2]',
        '',
      ].join('\n'),
    );
    const reader = new ConversationReader({ path, now: () => NOW });
    const { entries } = await reader.read();
    expect(entries.map(({ entry }) => [entry.kind, entry.id.slice(0, 12)])).toEqual([
      ['prompt', 'u1'],
      ['notice', 'garbled-line'],
      ['unknown', 'f1'],
      ['unknown', 'u2'],
      ['unknown', expect.stringMatching(/^unknown:/)],
    ]);
  });

  it('gives the pictures of prompts and results with their entries', async () => {
    const picture = (data: string) => ({
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data },
    });
    const result = { type: 'tool_result', tool_use_id: 'c', content: [picture('QkJC')] };
    const user = (uuid: string, content: unknown) =>
      JSON.stringify({ type: 'user', uuid, message: { role: 'user', content } });
    const folded = { type: 'queued_command', prompt: [picture('Q0ND')], source_uuid: 'u3' };
    await writeFile(
      path,
      [
        user('u1', [{ type: 'text', text: 'see' }, picture('QUFB')]),
        user('u2', [result]),
        JSON.stringify({ type: 'attachment', uuid: 'a', attachment: folded }),
        '',
      ].join('\n'),
    );
    const { entries } = await new ConversationReader({ path, now: () => NOW }).read();
    expect(entries.map(({ entry, images }) => [entry.id, images?.[0]?.base64])).toEqual([
      ['u1', 'QUFB'],
      ['u2', 'QkJC'],
      ['u3', 'Q0ND'],
    ]);
  });

  it('of more pictures than there is room for, the newest have their bytes', () => {
    const budget = new ImageBudget(10);
    // One that is read again is counted once.
    for (const id of ['a', 'b', 'b', 'c']) {
      budget.add(id, [{ mediaType: 'image/png', base64: 'x'.repeat(4) }]);
    }
    const kept = ['a', 'b', 'c'].filter(
      (id) => budget.reported({ kind: 'prompt', id, at: 0, text: '', origin: 'person' }).images,
    );
    expect(kept).toEqual(['b', 'c']);
  });

  it('reads a conversation with two roots, missing parents and a circle in the order of the file', async () => {
    const child = (uuid: string, parentUuid: string | null) =>
      JSON.stringify({ type: 'user', uuid, parentUuid, message: { role: 'user', content: uuid } });
    const lines = [child('a', null), child('b', 'gone'), child('c', null), child('d', 'e')];
    await writeFile(path, `${[...lines, child('e', 'd')].join('\n')}\n`);
    const { entries } = await new ConversationReader({ path, now: () => NOW }).read();
    expect(entries.map(({ entry }) => entry.id)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('joins a compaction with its summary in a file that was rewritten', async () => {
    const reader = new ConversationReader({ path, now: () => NOW });
    await writeFile(path, line('u1', 'one', '2026-01-01T00:00:00Z'));
    await reader.read();
    const boundary = { type: 'system', subtype: 'compact_boundary', uuid: 'b' };
    await writeFile(path, `${JSON.stringify(boundary)}\n`);
    expect((await reader.read()).entries).toEqual([]);
    const summary = {
      type: 'user',
      uuid: 's',
      isCompactSummary: true,
      message: { role: 'user', content: 'In short' },
    };
    await appendFile(path, `${JSON.stringify(summary)}\n`);
    expect((await reader.read()).entries).toMatchObject([
      { entry: { kind: 'compaction', id: 'b', summary: { text: 'In short' } } },
    ]);
  });

  it('forgets what was held back when the file that held it is rewritten', async () => {
    const reader = new ConversationReader({ path, now: () => NOW });
    await writeFile(path, '{"type":"system","subtype":"compact_boundary","uuid":"b"}\n');
    expect((await reader.read()).entries).toEqual([]);
    await writeFile(path, line('u1', 'one', '2026-01-01T00:00:00Z'));
    expect((await reader.read()).entries.map(({ entry }) => entry.id)).toEqual(['u1']);
    expect(reader.flush()).toEqual([]);
  });

  it('tells garbled lines of two conversations apart, and names the same one alike', async () => {
    const other = join(folder, 'b.jsonl');
    await writeFile(path, 'garbage\n');
    await writeFile(other, 'garbage\n');
    const idOf = async (file: string): Promise<string | undefined> =>
      (await new ConversationReader({ path: file, now: () => NOW }).read()).entries[0]?.entry.id;
    expect(await idOf(path)).toBe(await idOf(path));
    expect(await idOf(path)).not.toBe(await idOf(other));
  });

  it('gives the newest entries of a very long conversation, and says how many it left out', async () => {
    const lines = Array.from({ length: 12_500 }, (_, i) =>
      line(`u${i}`, `prompt ${i}`, '2026-01-01T00:00:00Z'),
    );
    await writeFile(path, lines.join(''));
    const { entries } = await new ConversationReader({ path, now: () => NOW }).read();
    expect(entries.length).toBe(MAX_ENTRIES);
    expect(entries.at(-1)?.entry.id).toBe('u12499');
    expect(entries[0]?.entry).toMatchObject({
      code: 'older-left-out',
      text: expect.stringContaining(`${12_500 - MAX_ENTRIES + 1} oldest`),
    });
    expect(entries[1]?.entry.id).toBe(`u${12_500 - MAX_ENTRIES + 1}`);
  });

  const subagents = async (count: number): Promise<string> => {
    const under = join(folder, 'a', 'subagents');
    await mkdir(under, { recursive: true });
    await writeFile(path, line('u1', 'one', '2026-01-01T00:00:00Z'));
    for (let i = 0; i < count; i += 1) {
      await writeFile(join(under, `agent-${i}.jsonl`), said(`s${i}`));
      await writeFile(join(under, `agent-${i}.meta.json`), `{"toolUseId":"call-${i}"}`);
    }
    return under;
  };
  const said = (uuid: string): string =>
    `${JSON.stringify({ type: 'assistant', uuid, timestamp: '2026-01-01T00:00:01Z', message: { id: uuid, content: [{ type: 'text', text: uuid }] } })}\n`;

  it('shows every subagent of a conversation that had hundreds', async () => {
    await subagents(300);
    const { entries } = await new ConversationReader({ path, now: () => NOW }).read();
    expect(new Set(entries.map(({ entry }) => entry.parent)).size).toBe(301);
  });

  it('shows what a subagent says after it was silent for long', async () => {
    const under = await subagents(2);
    const reader = new ConversationReader({ path, now: () => NOW });
    await reader.read();
    for (let i = 0; i <= QUIET_AFTER; i += 1) expect((await reader.read()).entries).toEqual([]);
    await appendFile(join(under, 'agent-1.jsonl'), said('late'));
    const late: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      late.push(...(await reader.read()).entries.map(({ entry }) => entry.id));
    }
    expect(late).toEqual(['late']);
  });

  it('puts the lines of a replaced file out again under the same ids', async () => {
    const reader = new ConversationReader({ path, now: () => NOW });
    await writeFile(path, line('u1', 'one', '2026-01-01T00:00:00Z'));
    expect((await reader.read()).entries.map(({ entry }) => entry.id)).toEqual(['u1']);
    await writeFile(join(folder, 'b'), line('u1', 'one', '2026-01-01T00:00:00Z'));
    await rename(join(folder, 'b'), path);
    expect((await reader.read()).entries.map(({ entry }) => entry.id)).toEqual(['u1']);
  });
});

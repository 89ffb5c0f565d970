// Reading transcripts that grow, shrink, are replaced or are garbled.
import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConversationReader } from '../../src/claude/conversationReader.ts';
import { TranscriptFile } from '../../src/claude/transcriptFile.ts';
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
  const result = await file.read((line) => lines.push(line));
  return { ...result, lines };
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
    expect(entries.map((entry) => [entry.kind, entry.id.slice(0, 12)])).toEqual([
      ['prompt', 'u1'],
      ['notice', 'garbled-line'],
      ['unknown', 'f1'],
      ['unknown', 'u2'],
      ['unknown', expect.stringMatching(/^unknown:/)],
    ]);
  });

  it('puts the lines of a replaced file out again under the same ids', async () => {
    const reader = new ConversationReader({ path, now: () => NOW });
    await writeFile(path, line('u1', 'one', '2026-01-01T00:00:00Z'));
    expect((await reader.read()).entries.map((entry) => entry.id)).toEqual(['u1']);
    await writeFile(join(folder, 'b'), line('u1', 'one', '2026-01-01T00:00:00Z'));
    await rename(join(folder, 'b'), path);
    expect((await reader.read()).entries.map((entry) => entry.id)).toEqual(['u1']);
  });
});

// Looking for a text in the whole log: what is found, how much at a time, and what nobody finds.
import { expect, test } from 'vitest';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import type { Json } from '../../src/protocol/json.ts';
import { findInLog } from '../../src/sync/host/findInLog.ts';
import type { BlobRead } from '../../src/sync/host/hostRoomOptions.ts';

function logOf(entries: readonly Json[], blobs: Readonly<Record<string, BlobRead>> = {}) {
  const read: string[] = [];
  const records = entries.map((entry, index) => {
    const text = JSON.stringify({ index, prev: '', entry });
    return { index, hash: '', text };
  });
  return {
    read,
    options: {
      journal: {
        readLog: (from: number, to: number) => records.slice(from, to),
        logEnd: () => ({ nextIndex: records.length, lastHash: '' }),
      },
      readBlob: (blob: string, offset: number) => {
        read.push(blob);
        const whole = blobs[blob];
        return whole && { ...whole, bytes: whole.bytes.slice(offset, offset + 100_000) };
      },
    },
  };
}

const text = (body: string, more: object = {}) => ({
  ...{ kind: 'text', id: 'i', at: 7, messageId: 'm', text: body },
  ...more,
});

test('[N3] a text is found in any letters, newest first, with a line around it', async () => {
  const { options } = logOf([
    text('The Needle of old'),
    text('hay'),
    {
      kind: 'tool-call',
      id: 'c',
      at: 8,
      messageId: 'm',
      callId: 'c',
      tool: 'Bash',
      input: { command: `cat ${'x'.repeat(300)}\n needle.txt` },
    },
  ]);
  const { hits, next } = await findInLog(options, { query: ' NEEDLE ' });
  expect(hits.map(({ index, kind, at }) => [index, kind, at])).toEqual([
    [2, 'tool-call', 8],
    [0, 'text', 7],
  ]);
  expect(hits.map(({ snippet, from, to }) => snippet.slice(from, to))).toEqual([
    'needle',
    'Needle',
  ]);
  expect(hits[0]?.snippet).not.toContain('\n');
  expect(next).toBe(0);
});

test('[N3] signs of patterns are what they are, and neither nothing nor a novel is looked for', async () => {
  const { options } = logOf([text('f(x)* [a]'), text('ffx')]);
  const indexes = async (query: string) =>
    (await findInLog(options, { query })).hits.map(({ index }) => index);
  expect(await indexes('(x)* [')).toEqual([0]);
  expect(await indexes('  ')).toEqual([]);
  expect(await indexes('f'.repeat(LIMITS.queryCharacters + 1))).toEqual([]);
});

test('[N3] an answer has fifty hits, and says where to go on', async () => {
  const { options } = logOf(Array.from({ length: 120 }, (_, n) => text(`needle ${n}`)));
  const first = await findInLog(options, { query: 'needle' });
  expect([first.hits.length, first.hits.at(-1)?.index, first.next]).toEqual([50, 70, 70]);
  const second = await findInLog(options, { query: 'needle', before: first.next });
  expect([second.hits[0]?.index, second.next]).toEqual([69, 20]);
  const third = await findInLog(options, { query: 'needle', before: second.next });
  expect([third.hits.length, third.next]).toEqual([20, 0]);
});

test('[N3] an answer looks through so much as costs a moment', async () => {
  const { options } = logOf(Array.from({ length: 300 }, () => text('x'.repeat(20_000))));
  const { hits, next } = await findInLog(options, { query: 'needle' });
  expect(hits).toEqual([]);
  expect(next).toBeGreaterThan(80);
  expect(next).toBeLessThan(100);
});

test('[N3] what was cut is found in its whole, and does not end the search when it is gone', async () => {
  const body = utf8Bytes(`${'x'.repeat(150_000)} needle ${'y'.repeat(1000)}`);
  const cut = (blob: string) => text('head', { cut: { tail: 'tail', totalBytes: 9, blob } });
  const { options } = logOf([text('needle'), cut('whole'), cut('gone')], {
    whole: { totalBytes: body.length, bytes: body },
  });
  const { hits } = await findInLog(options, { query: 'needle' });
  expect(hits.map(({ index }) => index)).toEqual([1, 0]);
});

test('[N3, R18] what a command printed for owners alone is found by nobody, nor looked at', async () => {
  const bytes = utf8Bytes('the secret needle');
  const own = {
    ...{ kind: 'command', id: 'i', at: 1, command: '/context', text: '', ownerOnly: true },
    cut: { tail: '', totalBytes: 1024, blob: 'own' },
  };
  const { options, read } = logOf(
    [own, text('x', { cut: { tail: '', totalBytes: 9, blob: 'own' } })],
    {
      own: { totalBytes: bytes.length, bytes, ownerOnly: true },
    },
  );
  expect((await findInLog(options, { query: 'needle' })).hits).toEqual([]);
  // By the second entry, of which nobody could know that it names such a body.
  expect(read).toEqual(['own']);
});

test('[N3] a record that is none is passed over', async () => {
  const { options } = logOf([text('needle'), text('hay')]);
  const journal = {
    ...options.journal,
    readLog: (from: number, to: number) =>
      options.journal
        .readLog(from, to)
        .map((record) => (record.index === 1 ? { ...record, text: '{' } : record)),
  };
  expect((await findInLog({ ...options, journal }, { query: 'needle' })).hits).toHaveLength(1);
});

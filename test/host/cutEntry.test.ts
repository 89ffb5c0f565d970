// Bounds of entries, as properties over entries of every kind and size.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { generateSigningPair, newBootOf, randomBytes, textHash } from '../../src/crypto/keys.ts';
import { RecordSealer } from '../../src/crypto/record.ts';
import { newEntries } from '../../src/host/session/completeEntry.ts';
import type { Json } from '../../src/protocol/json.ts';
import { RECORD_TYPE } from '../../src/protocol/room.ts';
import { type Entry, entrySchema } from '../../src/protocol/transcript.ts';
import { bodyId, cutEntry, MAX_ENTRY_BYTES } from '../../src/host/session/cutEntry.ts';
import { jsonBytes, jsonHead, jsonTail } from '../../src/base/jsonText.ts';

const COMMON = { id: 'an-id', at: 1 } as const;

/** Texts that swell under escaping, and some that are far too long. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc
    .tuple(
      fc.constantFrom('a', '"', '\u0000', '\\', 'é', '漢', '😀', '\ud800', '\n', '\u2028'),
      fc.integer({ min: 0, max: 60_000 }),
    )
    .map(([unit, count]) => unit.repeat(count)),
);
const json = fc.oneof(
  fc.jsonValue() as fc.Arbitrary<Json>,
  fc.dictionary(fc.string(), text),
  fc.array(text, { maxLength: 200 }),
  text.map((deep): Json => {
    let value: Json = deep;
    for (let i = 0; i < 100; i += 1) value = { value };
    return value;
  }),
);

const entries: fc.Arbitrary<Entry> = fc.oneof(
  text.map((it): Entry => ({ ...COMMON, kind: 'prompt', text: it, origin: 'person' })),
  text.map((it): Entry => ({ ...COMMON, kind: 'text', messageId: 'm', text: it })),
  text.map((it): Entry => ({ ...COMMON, kind: 'thinking', messageId: 'm', text: it })),
  text.map((it): Entry => ({ ...COMMON, kind: 'command', command: '/x', text: it })),
  text.map((it): Entry => ({ ...COMMON, kind: 'notice', level: 'info', code: 'c', text: it })),
  text.map((it): Entry => ({ ...COMMON, kind: 'unknown', type: 'x', json: it })),
  text.map((it): Entry => ({ ...COMMON, kind: 'unknown', type: it, id: it, json: it })),
  text.map((it): Entry => ({
    ...COMMON,
    kind: 'compaction',
    trigger: 'auto',
    summary: { text: it },
  })),
  text.map((it): Entry => ({ ...COMMON, kind: 'turn', outcome: 'failed', error: it })),
  text.map((it): Entry => ({ ...COMMON, kind: 'text', messageId: it, text: it, extra: it })),
  fc.array(text, { maxLength: 100 }).map((all): Entry => ({
    ...COMMON,
    kind: 'todos',
    items: all.map((it) => ({ text: it, status: 'done' as const })),
  })),
  fc.tuple(text, json).map(([it, structured]): Entry => ({
    ...COMMON,
    kind: 'tool-result',
    callId: 'c',
    outcome: 'ok',
    text: it,
    structured,
  })),
  json.map((input): Entry => ({
    ...COMMON,
    kind: 'tool-call',
    messageId: 'm',
    callId: 'c',
    tool: 't',
    input,
  })),
  fc.tuple(json, text).map(([input, it]): Entry => ({
    ...COMMON,
    kind: 'request',
    requestId: 'r',
    request: 'plan',
    tool: 't',
    input,
    inputHash: 'h',
    plan: it,
    suggestions: [input],
    questions: Array.from({ length: it.length % 90 }, () => ({ question: it, options: [] })),
  })),
);

describe('entry bounds', () => {
  it('an entry always fits a log record, stays a valid entry and keeps its id', () => {
    fc.assert(
      fc.property(entries, (whole) => {
        const { entry, bodies } = cutEntry(whole);
        expect(jsonBytes(entry)).toBeLessThanOrEqual(MAX_ENTRY_BYTES);
        expect(entrySchema.safeParse(entry).success).toBe(true);
        if (whole.id.length <= 200) expect(entry.id).toBe(whole.id);
        if (whole.kind === 'request')
          expect(entry).toMatchObject({ kind: 'request', requestId: 'r', inputHash: 'h' });
        for (const body of bodies) expect(bodyId(body.bytes)).toBe(body.blob);
      }),
      { numRuns: 400 },
    );
  });

  it('the longest entry, sealed at a far index, is a log record within its limit', async () => {
    const pair = await generateSigningPair();
    const secret = randomBytes(32);
    const sealer = await RecordSealer.create({
      room: randomBytes(16),
      pair,
      boot: newBootOf(1),
      secretOf: () => secret,
    });
    const entry = { ...COMMON, kind: 'text', messageId: 'm', text: '' } as const;
    const longest = { ...entry, text: 'x'.repeat(MAX_ENTRY_BYTES - jsonBytes(entry)) };
    expect(jsonBytes(longest)).toBe(MAX_ENTRY_BYTES);
    expect(cutEntry(longest).entry).toEqual(longest);
    const plain = { index: 999_999_999, prev: await textHash('x'), entry: longest };
    const record = await sealer.seal({
      type: RECORD_TYPE.log,
      place: 'log',
      epoch: 1,
      plaintext: utf8Bytes(JSON.stringify(plain)),
    });
    expect(record.length).toBeLessThanOrEqual(32 * 1024);
  });

  it('an entry whose id is in the log, or twice in a batch, is left out', () => {
    const entry = (id: string): Entry => ({
      ...COMMON,
      id,
      kind: 'text',
      messageId: 'm',
      text: id,
    });
    const store = {
      hasEntry: (id: string) => id === 'old',
      saveBlob: () => undefined,
      saveOwnerBlob: () => undefined,
    };
    const fresh = newEntries([entry('old'), entry('a'), entry('b'), entry('a')], store, false);
    expect(fresh.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('an entry that fits is not touched', () => {
    const entry: Entry = { ...COMMON, kind: 'text', messageId: 'm', text: 'x'.repeat(27_000) };
    expect(cutEntry(entry)).toEqual({ entry, bodies: [] });
  });

  it('a 10 MB tool result keeps head and tail, and the whole is kept beside it', () => {
    const whole = `begin${'0123456789'.repeat(1_048_576)}end`;
    const { entry, bodies } = cutEntry({
      ...COMMON,
      kind: 'tool-result',
      callId: 'c',
      outcome: 'ok',
      text: whole,
    });
    if (entry.kind !== 'tool-result') throw new Error('kind changed');
    expect(entry.text.startsWith('begin')).toBe(true);
    expect(entry.text).toHaveLength(20 * 1024);
    expect(entry.cut).toMatchObject({ totalBytes: whole.length, blob: bodies[0]?.blob });
    expect(entry.cut?.tail.endsWith('9end')).toBe(true);
    expect(entry.cut?.tail).toHaveLength(6 * 1024);
    expect(Buffer.from(bodies[0]?.bytes ?? []).toString()).toBe(whole);
  });

  it('a 1 MB prompt keeps head and tail, and the whole is kept beside it', () => {
    const whole = 'ü'.repeat(524_288);
    const { entry, bodies } = cutEntry({
      ...COMMON,
      kind: 'prompt',
      origin: 'person',
      text: whole,
    });
    expect(entry).toMatchObject({ kind: 'prompt', cut: { totalBytes: 1_048_576 } });
    expect(bodies).toHaveLength(1);
  });

  it('a long tool input keeps its shape with shortened strings', () => {
    const input = { file_path: '/a', content: 'c'.repeat(100_000) };
    const { entry, bodies } = cutEntry({
      ...COMMON,
      kind: 'tool-call',
      messageId: 'm',
      callId: 'c',
      tool: 'Write',
      input,
    });
    expect(entry).toMatchObject({
      input: { file_path: '/a' },
      inputCut: { blob: bodies[0]?.blob },
    });
    expect(JSON.parse(Buffer.from(bodies[0]?.bytes ?? []).toString())).toEqual(input);
  });

  it('head and tail take exactly what JSON.stringify counts and split no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(400), (it, max) => {
        for (const part of [jsonHead(it, max), jsonTail(it, max)]) {
          expect(jsonBytes(part) - 2).toBeLessThanOrEqual(max);
        }
        expect(it.startsWith(jsonHead(it, max)) && it.endsWith(jsonTail(it, max))).toBe(true);
        if (jsonBytes(it) - 2 <= max)
          expect([jsonHead(it, max), jsonTail(it, max)]).toEqual([it, it]);
      }),
    );
    expect(jsonHead('a😀', 4)).toBe('a');
    expect(jsonTail('😀a', 4)).toBe('a');
  });
});

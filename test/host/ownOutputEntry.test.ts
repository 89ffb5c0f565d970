// [R18] What commands printed is taken out of entries before anything else is done with them.
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/protocol/transcript.ts';
import { newEntries } from '../../src/host/session/completeEntry.ts';
import { MAX_ENTRY_BYTES } from '../../src/host/session/cutEntry.ts';

const CANARY = 'a plan and a memory';

/** A store that keeps what it is given. */
function makeStore(known: readonly string[] = []) {
  const open = new Map<string, string>();
  const own = new Map<string, string>();
  const store = {
    hasEntry: (id: string) => known.includes(id),
    saveBlob: (blob: string, bytes: Uint8Array) =>
      void open.set(blob, Buffer.from(bytes).toString()),
    saveOwnerBlob: (blob: string, bytes: Uint8Array) =>
      void own.set(blob, Buffer.from(bytes).toString()),
  };
  return { store, open, own };
}

function output(change: Partial<Extract<Entry, { kind: 'command' }>> = {}): Entry {
  return { kind: 'command', id: 'o', at: 1, command: '', text: CANARY, ...change };
}

describe('what a command printed', () => {
  it.each([
    ['as usual', {}],
    ['beside its command', { command: '/context' }],
    ['of a subagent', { parent: 'c1' }],
    ['of a megabyte', { text: CANARY.repeat(60_000) }],
    ['under an id of any length', { id: 'i'.repeat(100_000) }],
    ['with a command of any length', { command: `/${'x'.repeat(100_000)}` }],
    ['by somebody of any name', { author: { name: 'n'.repeat(100_000) } }],
  ])('%s: nothing of it is in the log or in what everybody may fetch', (_name, change) => {
    const { store, open, own } = makeStore();
    const entries = newEntries([output(change)], store, false);
    expect(entries).toHaveLength(1);
    expect(JSON.stringify([entries, [...open]])).not.toContain('plan');
    expect(JSON.stringify(entries).length).toBeLessThanOrEqual(MAX_ENTRY_BYTES + 2);
    expect([...own.values()]).toEqual([('text' in change && change.text) || CANARY]);
  });

  it('the same text twice has two names that do not tell it, and its size in steps', () => {
    const { store, own } = makeStore();
    const entries = newEntries([output(), output({ id: 'p' })], store, false);
    expect(new Set(own.keys()).size).toBe(2);
    expect(entries).toEqual(
      [...own.keys()].map((blob, n) => ({
        ...{ kind: 'command', id: n === 0 ? 'o' : 'p', at: 1, command: '', text: '' },
        cut: { tail: '', totalBytes: 1024, blob },
        ownerOnly: true,
      })),
    );
  });

  it('is there for all where the owner has ticked it', () => {
    const { store, own } = makeStore();
    expect(newEntries([output()], store, true)).toEqual([output()]);
    expect(own.size).toBe(0);
  });

  it('what is in the log already is not kept once more', () => {
    const { store, own } = makeStore(['o']);
    expect(
      newEntries([output(), output({ id: 'p' }), output({ id: 'p' })], store, false),
    ).toHaveLength(1);
    expect(own.size).toBe(1);
  });

  it('a command that has printed nothing, and what a tool has printed, are as they were', () => {
    const { store, own } = makeStore();
    const result: Entry = {
      kind: 'tool-result',
      id: 'r',
      at: 1,
      callId: 'c',
      outcome: 'ok',
      text: 'x',
    };
    const entries = [output({ command: '/context', text: '' }), result];
    expect(newEntries(entries, store, false)).toEqual(entries);
    expect(own.size).toBe(0);
  });
});

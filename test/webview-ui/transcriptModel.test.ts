// Rows of the transcript: what joins, nests, replaces, and survives.
import { effect } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import type { PanelEntry } from '../../src/protocol/local/panel.ts';
import { type Json } from '../../src/protocol/json.ts';
import { parseEntry } from '../../src/protocol/transcript.ts';
import { manyEntries } from '../../webview-ui/gallery/manyEntries.ts';
import { sampleEntries } from '../../webview-ui/gallery/sampleEntries.ts';
import { TranscriptModel } from '../../webview-ui/model/transcriptModel.ts';
import { busyMs } from '../probes/busyMs.ts';

const placed = (index: number, body: Readonly<Record<string, Json>>): PanelEntry => ({
  index,
  entry: parseEntry({ id: `e${index}`, at: index, ...body }),
});
const call = (index: number, callId: string, more: Readonly<Record<string, Json>> = {}) =>
  placed(index, { kind: 'tool-call', messageId: 'm', callId, tool: 'Bash', input: {}, ...more });
const result = (index: number, callId: string) =>
  placed(index, { kind: 'tool-result', callId, outcome: 'ok', text: 'done' });

function modelOf(...entries: PanelEntry[]): TranscriptModel {
  const model = new TranscriptModel();
  model.replace(entries);
  return model;
}

describe('transcript model', () => {
  it('knows every kind of entry of the samples', () => {
    const unknown = sampleEntries().filter(({ entry }) => entry.kind === 'unknown');
    expect(unknown).toHaveLength(1);
  });

  it('joins a result with its call, also when it comes later', () => {
    const model = modelOf(call(0, 'c'));
    const seen: (number | undefined)[] = [];
    const stop = effect(() => void seen.push(model.rows[0]?.result?.index));
    model.append([result(1, 'c')]);
    expect(model.rows).toHaveLength(1);
    expect(seen).toEqual([undefined, 1]);
    stop();
  });

  it('shows a result whose call is not loaded, and joins it once older entries came', () => {
    const model = modelOf(result(5, 'c'));
    expect(model.rows.map((row) => row.key)).toEqual(['e5']);
    model.prepend([call(4, 'c')]);
    expect(model.rows.map((row) => row.key)).toEqual(['e4']);
    expect(model.rows[0]?.result?.index).toBe(5);
  });

  it('keeps the keys of rows when older entries come', () => {
    const model = modelOf(...manyEntries(20, 100));
    const keys = model.rows.map((row) => row.key);
    model.prepend(manyEntries(50, 50));
    expect(model.rows.map((row) => row.key).slice(-keys.length)).toEqual(keys);
    expect(model.size).toBe(70);
  });

  it('takes an entry that comes twice once', () => {
    const model = modelOf(...manyEntries(5));
    model.append(manyEntries(8));
    expect(model.size).toBe(8);
  });

  it('joins permission and decision with the call', () => {
    const request = { kind: 'request', requestId: 'r', request: 'permission', callId: 'c' };
    const model = modelOf(
      call(0, 'c'),
      placed(1, { ...request, tool: 'Bash', input: {}, inputHash: 'h' }),
      placed(2, { kind: 'decision', requestId: 'r', outcome: 'allowed', author: { name: 'Ada' } }),
    );
    expect(model.rows).toHaveLength(1);
    expect(model.rows[0]?.request?.requestId).toBe('r');
    expect(model.rows[0]?.decision?.author?.name).toBe('Ada');
    expect(model.decisionOf('r')?.outcome).toBe('allowed');
  });

  it('nests what a subagent does below its call', () => {
    const model = modelOf(
      call(0, 'agent', { tool: 'Agent' }),
      call(1, 'inner', { parent: 'agent' }),
      result(2, 'inner'),
      placed(3, { kind: 'text', messageId: 'x', text: 'found', parent: 'agent' }),
    );
    expect(model.rows).toHaveLength(1);
    expect(model.rows[0]?.children.map((row) => row.key)).toEqual(['e1', 'e3']);
    expect(model.rows[0]?.children[0]?.result?.index).toBe(2);
  });

  it('counts only the newest retry of a run, and the newest news of a task', () => {
    const retry = (index: number) =>
      placed(index, { kind: 'retry', attempt: index + 1, error: 'overloaded' });
    const task = (index: number, status: string) =>
      placed(index, { kind: 'task', taskId: 't', status, title: 'dev' });
    const model = modelOf(retry(0), retry(1), task(2, 'running'), task(3, 'completed'));
    expect(model.rows.map((row) => row.entry)).toMatchObject([
      { kind: 'retry', attempt: 2 },
      { kind: 'task', status: 'completed' },
    ]);
  });

  it('ends calls without a result with the turn, but not those of subagents', () => {
    const model = modelOf(
      call(0, 'a'),
      call(1, 'agent'),
      call(2, 'inner', { parent: 'agent' }),
      placed(3, { kind: 'turn', outcome: 'interrupted' }),
    );
    expect(model.rows[0]?.isAbandoned).toBe(true);
    expect(model.rows[1]?.children[0]?.isAbandoned).toBe(false);
  });

  it('takes 20,000 entries and one more quickly', () => {
    const model = modelOf(...manyEntries(20_000));
    const appending = busyMs(() => {
      for (let n = 0; n < 1000; n++) model.append(manyEntries(1, 20_000 + n));
    });
    expect(appending).toBeLessThan(2000);
    expect(model.size).toBe(21_000);
  });
});

// The gallery shows every kind of entry: what is not in it is in no picture, accessibility or hostile-text test.
import { expect, test } from 'vitest';
import { type EntryKind, entrySchema } from '../../src/protocol/transcript.ts';
import { sampleEntries } from '../../webview-ui/gallery/sampleEntries.ts';

test('every kind of entry of the protocol has a sample', () => {
  const kinds: readonly EntryKind[] = entrySchema.def.options.flatMap(
    (option) => option.shape.kind.def.values,
  );
  const shown = new Set(sampleEntries(0).map(({ entry }) => entry.kind));
  expect(kinds.filter((kind) => !shown.has(kind))).toEqual([]);
  expect(kinds.length).toBeGreaterThan(10);
});

// Messages from the extension, checked; entries of a kind this panel does not know stay visible.
import * as z from 'zod/mini';
import { jsonSchema } from '../../src/protocol/json.ts';
import { type ToPanel, toPanelSchema } from '../../src/protocol/local/panel.ts';
import { parseEntry } from '../../src/protocol/transcript.ts';

const looseEntriesSchema = z.looseObject({
  type: z.enum(['entries', 'append', 'prepend']),
  entries: z.array(z.object({ index: z.number(), entry: jsonSchema })),
});

/** The message, or undefined if it is none that this panel understands. */
export function parseToPanel(value: unknown): ToPanel | undefined {
  const parsed = toPanelSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const loose = looseEntriesSchema.safeParse(value);
  if (!loose.success) return undefined;
  const entries = loose.data.entries.map(({ index, entry }) => ({
    index,
    entry: parseEntry(entry),
  }));
  const again = toPanelSchema.safeParse({ ...loose.data, entries });
  return again.success ? again.data : undefined;
}

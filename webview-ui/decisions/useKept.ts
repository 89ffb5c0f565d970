// State of a request that waits, which outlives its page.
import { useState } from 'preact/hooks';
import type { Json } from '../../src/protocol/json.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { useUi } from '../ui.ts';

/** As useState: begins with what `read` makes of what was kept, and keeps what `write` makes of it. */
export function useKept<T>(
  request: EntryOf<'request'>,
  how: { readonly read: (kept: Json | undefined) => T; readonly write: (value: T) => Json },
): readonly [T, (value: T) => void] {
  const { store } = useUi();
  const [value, setValue] = useState(() => how.read(store.requestDrafts.of(request)));
  const change = (next: T): void => {
    setValue(next);
    store.requestDrafts.keep(request, how.write(next));
  };
  return [value, change];
}

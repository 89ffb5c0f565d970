// The panel's only door to the outside: pictures in, messages out, and state that stays with the page.
import type { Disposable } from '../src/base/disposable.ts';
import type { Json } from '../src/protocol/json.ts';
import type { FromPanel } from '../src/protocol/local/fromPanel.ts';

/** A way to whoever serves the panel: the extension, a page, or the gallery. */
export interface UiPort {
  /** What answers it comes later, never within the call. */
  post(message: FromPanel): void;
  /** Every picture (`Picture`) as a list of raw messages: the store parses them. */
  onPicture(listener: (messages: readonly unknown[]) => void): Disposable;
  /** What survives a hidden or reloaded panel, and goes nowhere: ids, and what is filled into requests that wait; never keys. */
  getState(): Json | undefined;
  setState(state: Json): void;
}

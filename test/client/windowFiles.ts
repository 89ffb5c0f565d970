// Files that windows of a computer share, in memory: what is written takes a while, and may be cut off with its window.
import type { Clock } from '../../src/base/clock.ts';
import type { TextFiles } from '../../src/client/storage.ts';

/** A folder; each window has its own way in. */
export class WindowFiles {
  readonly texts = new Map<string, string>();

  /** `isGone`: the window has ended, and nothing of it arrives any more. */
  window(clock: Clock, delayMs: number, isGone: () => boolean): TextFiles {
    const { texts } = this;
    return {
      list: async () => [...texts.keys()],
      read: async (name) => texts.get(name),
      write: (name, text) =>
        new Promise((resolve) => {
          const arrive = (): void => {
            if (!isGone()) texts.set(name, text);
            resolve();
          };
          if (delayMs === 0) arrive();
          else clock.after(delayMs, arrive);
        }),
      remove: async (name) => void texts.delete(name),
    };
  }
}

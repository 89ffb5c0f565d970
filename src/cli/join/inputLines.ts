// The lines of stdin, and whether they came at once: what is pasted arrives faster than anybody types.
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';

/** Lines that come within this time of each other were pasted. */
const PASTE_MS = 30;

/** How lines are read. */
export interface InputLinesOptions {
  readonly input: NodeJS.ReadableStream;
  /** Lines that came together, without their ends; of a script, those of one piece of input. */
  readonly onLines: (lines: readonly string[]) => void;
  /** The end of input; a terminal that went away is one too. */
  readonly onEnd?: () => void;
  /** Set for a keyboard: lines that come at once are given at once. */
  readonly clock?: Clock;
}

/**
 * Reads lines until disposed. Only a line feed ends one (with a carriage return before it): unlike
 * readline, that leaves U+2028, which JSON allows in strings, inside its line.
 */
export function readLines(options: InputLinesOptions): Disposable {
  const { input, onLines, onEnd, clock } = options;
  const disposables = new DisposableStore();
  let rest = '';
  let ready: string[] = [];
  let timer: Disposable | undefined;
  const give = (): void => {
    const lines = ready;
    ready = [];
    if (lines.length > 0) onLines(lines);
  };
  const onData = (piece: string | Uint8Array): void => {
    const parts = `${rest}${String(piece)}`.split('\n');
    rest = parts.pop() ?? '';
    ready.push(...parts.map((line) => line.replace(/\r$/, '')));
    timer?.dispose();
    if (clock) timer = clock.after(PASTE_MS, give);
    else give();
  };
  const finish = (): void => {
    if (disposables.isDisposed) return;
    timer?.dispose();
    // The last line may have no end.
    if (rest !== '') ready.push(rest);
    rest = '';
    give();
    onEnd?.();
  };
  input.setEncoding('utf8');
  input.on('data', onData);
  input.on('end', finish);
  input.on('error', finish);
  disposables.defer(() => {
    timer?.dispose();
    input.off('data', onData);
    input.off('end', finish);
    input.off('error', finish);
    // Whoever goes reads no more, and nobody hears of a terminal that breaks later.
    input.on('error', () => undefined);
    input.pause();
  });
  return disposables;
}

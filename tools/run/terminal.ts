// A plain terminal of somebody who knows nothing of us: a program under a pseudo-terminal of its own.
import { waitUntil } from './waitUntil.ts';
import { type ProcessGroup, spawnGroup } from './processes.ts';

const ESCAPE = String.fromCodePoint(0x1b);
const ESCAPE_SEQUENCE = new RegExp(`${ESCAPE}(?:\\[[\\d;?]*[A-Za-z]|\\][^\\u0007]*\\u0007|.)`, 'g');

/** A terminal with one program in it. */
export interface Terminal {
  /** What the program has written so far, escape sequences included. */
  screen(): string;
  /** Types text as a person does, Enter after it. */
  type(text: string): Promise<void>;
  /** Presses keys, without Enter after them and without waiting for what they show. */
  press(keys: string): void;
  close(): Promise<void>;
}

/** util-linux' script gives a pseudo-terminal without a native module; the size is what a person has. */
export function openTerminal(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Terminal {
  // What is shown is shown by the program: the terminal itself would do it before the program has started.
  const line = ['stty rows 40 cols 120 -echo;', 'exec', ...command.map(quote)].join(' ');
  const group: ProcessGroup = spawnGroup('script', ['-qfec', line, '/dev/null'], {
    cwd: options.cwd,
    env: { ...options.env, TERM: 'xterm-256color' },
  });
  return {
    screen: () => group.output(),
    async type(text) {
      const before = group.output().length;
      group.write(text);
      // A terminal program takes Enter in the same chunk for a pasted line break: also one that is just starting.
      await waitUntil(`the terminal shows ${JSON.stringify(text)}`, () =>
        shown(group.output().slice(before)).includes(shown(text)),
      );
      group.write('\r');
    },
    press: (keys) => group.write(keys),
    close: () => group.end(),
  };
}

/** What can be read in what a program wrote, without the gaps, which it may make by moving the cursor. */
function shown(output: string): string {
  return output.replaceAll(ESCAPE_SEQUENCE, '').replaceAll(/\s/g, '');
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

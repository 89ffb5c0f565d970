// Progress lines of `npm start`: what is going on, and how long it took. Always on stderr.

/** Says what is going on. */
export interface Progress {
  /** Runs one step under a title and shows its time; errors pass through. */
  step<T>(title: string, run: () => Promise<T>): Promise<T>;
  /** One line. */
  say(text: string): void;
}

/** Progress on stderr, so that stdout keeps to what `--json` promises. */
export function createProgress(): Progress {
  const begin = performance.now();
  const say = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  return {
    say,
    async step(title, run) {
      const start = performance.now();
      say(`… ${title}`);
      const result = await run();
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      const total = ((performance.now() - begin) / 1000).toFixed(1);
      say(`✓ ${title} (${seconds} s, ${total} s in all)`);
      return result;
    },
  };
}

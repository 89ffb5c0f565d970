// The child process itself: spawn, lines out, lines in with backpressure, the tail of its errors, its end.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import { LineSplitter, type SplitLine } from './lines.ts';

/** What the program said last on stderr is kept for a problem's text. Characters. */
const STDERR_TAIL_CHARS = 2000;

/** An idle child ends 0.3 s after its input is closed; this long is given before it is ended. */
const EXIT_GRACE_MS = 10_000;
const TERM_GRACE_MS = 3_000;

/** How the child is started. */
export interface ChildOptions {
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How it ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Set if it could not be started. */
  readonly error?: string;
}

/** A child that speaks lines. */
export class LineChild {
  /** Lines of its standard output. */
  readonly onDidLine;
  /** Resolves when it has ended and all of its output was read. */
  readonly exited: Promise<ChildExit>;
  private readonly lines = new Emitter<SplitLine>();
  private readonly child: ChildProcess;
  private stderr = '';
  private hasEnded = false;

  constructor(options: ChildOptions) {
    this.onDidLine = this.lines.event;
    const isScript = process.platform === 'win32' && /\.(cmd|bat)$/i.test(options.path);
    this.child = spawn(isScript ? `"${options.path}"` : options.path, [...options.args], {
      cwd: options.cwd,
      env: { ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      shell: isScript,
      // A group of its own: Ctrl+C in the host's terminal must not interrupt the sessions, and
      // kill() reaches the tools that it started.
      detached: process.platform !== 'win32',
    });
    const splitter = new LineSplitter();
    this.child.stdout?.on('data', (chunk: Buffer) => {
      for (const line of splitter.push(chunk)) this.lines.fire(line);
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString('utf8')).slice(-STDERR_TAIL_CHARS);
    });
    // A child that ends while we write must not end us (EPIPE).
    this.child.stdin?.on('error', () => {});
    this.exited = new Promise((resolve) => {
      this.child.once('error', (error) => {
        this.hasEnded = true;
        resolve({ code: null, signal: null, error: error.message });
      });
      this.child.once('close', (code, signal) => {
        this.hasEnded = true;
        for (const line of splitter.end()) this.lines.fire(line);
        resolve({ code, signal });
      });
    });
  }

  /** Process id; 0 if it could not be started. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  get stderrTail(): string {
    return this.stderr.trim();
  }

  get isEnded(): boolean {
    return this.hasEnded;
  }

  /** Writes a line; resolves when the pipe has room again (or the child is gone). */
  async write(text: string): Promise<void> {
    const stdin = this.child.stdin;
    if (stdin === null || this.hasEnded || stdin.writableEnded) return;
    if (stdin.write(`${text}\n`)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stdin.off('drain', done);
        stdin.off('close', done);
        resolve();
      };
      stdin.once('drain', done);
      stdin.once('close', done);
    });
  }

  /** Closes its standard input: it finishes the turn and ends. */
  endInput(): void {
    this.child.stdin?.end();
  }

  /** Sends a signal to it, and with `group` to what it has started too. */
  signal(signal: 'SIGTERM' | 'SIGKILL', group = false): void {
    if (this.hasEnded || this.child.pid === undefined) return;
    try {
      if (group && process.platform !== 'win32') process.kill(-this.child.pid, signal);
      else this.child.kill(signal);
    } catch {
      // It ended in between.
    }
  }
}

/** Closes the child's input and waits for its end; with a clock it is ended by force if it lingers. */
export async function endChild(child: LineChild, clock: Clock | undefined): Promise<void> {
  child.endInput();
  const term = clock?.after(EXIT_GRACE_MS, () => child.signal('SIGTERM'));
  const kill = clock?.after(EXIT_GRACE_MS + TERM_GRACE_MS, () => child.signal('SIGKILL', true));
  await child.exited;
  term?.dispose();
  kill?.dispose();
}

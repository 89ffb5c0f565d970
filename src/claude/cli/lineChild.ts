// The child process itself: spawn, lines out, lines in with backpressure, the tail of its errors, its end.
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { killTree } from '../../node/processTree.ts';
import { LineSplitter, type SplitLine } from '../wire/lineSplitter.ts';
import { programStart } from './programStart.ts';

/** What the program said last on stderr is kept for a problem's text. Characters. */
const STDERR_TAIL_CHARS = 2000;

/** What reads like a key is not for everybody who sees the problem. */
const SECRET = /\b(sk-|Bearer )[\w.-]{8,}/gi;

/** An idle child ends 0.3 s after its input is closed; this long is given before it is ended. */
const EXIT_GRACE_MS = 10_000;
const TERM_GRACE_MS = 3_000;
/** A child that has closed its input or output says and hears nothing any more. Ended after this time. */
const BROKEN_GRACE_MS = 2_000;
/** What the child has started may hold its output open for ever: not waited for longer than this. */
const LEFTOVER_GRACE_MS = 2_000;

/** How the child is started. */
export interface LineChildOptions {
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly platform?: NodeJS.Platform;
  /** Starts programs; default: node:child_process. */
  readonly spawn?: SpawnProgram;
}

/** Starts a program, as node:child_process does. */
export type SpawnProgram = (
  program: string,
  args: readonly string[],
  options: SpawnOptions,
) => ChildProcess;

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
  private readonly timers = new DisposableStore();
  private readonly clock: Clock;
  private readonly child: ChildProcess;
  private readonly platform: NodeJS.Platform;
  private readonly spawn: SpawnProgram;
  private stderr = '';
  private lastOutputAt = 0;
  private hasEnded = false;
  private isInputEnded = false;

  constructor(options: LineChildOptions) {
    this.onDidLine = this.lines.event;
    this.clock = options.clock;
    this.platform = options.platform ?? process.platform;
    this.spawn = options.spawn ?? spawn;
    const { program, shell } = programStart(options.path, this.platform);
    this.child = this.spawn(program, options.args, {
      cwd: options.cwd,
      env: { ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      shell,
      // A group of its own: Ctrl+C in the host's terminal must not interrupt the sessions.
      detached: this.platform !== 'win32',
    });
    const splitter = new LineSplitter();
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.lastOutputAt = this.clock.monotonic();
      for (const line of splitter.push(chunk)) this.lines.fire(line);
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString('utf8')).slice(-STDERR_TAIL_CHARS);
    });
    // A child that ends while we write must not end us (EPIPE).
    this.child.stdin?.on('error', () => {});
    this.child.stdin?.once('close', () => this.broken());
    this.child.stdout?.once('close', () => this.broken());
    this.child.once('exit', () => this.awaitLeftovers());
    this.exited = new Promise((resolve) => {
      this.child.on('error', (error) => {
        // Only one that never ran has no pid: a failed signal is no end.
        if (this.child.pid !== undefined) return;
        this.hasEnded = true;
        resolve({ code: null, signal: null, error: error.message });
      });
      this.child.once('close', (code, signal) => {
        this.hasEnded = true;
        this.timers.dispose();
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
    return this.stderr.trim().replaceAll(SECRET, '$1…');
  }

  get isEnded(): boolean {
    return this.hasEnded;
  }

  /** Writes a line; resolves when the pipe has room again, to false if nobody can read it any more. */
  async write(text: string): Promise<boolean> {
    const stdin = this.child.stdin;
    if (stdin === null || this.hasEnded || !stdin.writable) return false;
    if (stdin.write(`${text}\n`)) return true;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stdin.off('drain', done);
        stdin.off('close', done);
        resolve();
      };
      stdin.once('drain', done);
      stdin.once('close', done);
    });
    return stdin.writable;
  }

  /** Closes its standard input: it finishes the turn and ends. */
  endInput(): void {
    this.isInputEnded = true;
    this.child.stdin?.end();
  }

  /** Asks it to end: it ends what it has started itself. */
  terminate(): void {
    if (!this.hasEnded) this.child.kill('SIGTERM');
  }

  /** Kills it with all that it has started, tools and what runs in the background. */
  kill(): void {
    const { pid } = this.child;
    if (this.hasEnded || pid === undefined) return;
    if (this.platform === 'win32') this.taskkill(pid);
    else killTree(pid);
  }

  /** Windows has no groups, and the child may be the shell that runs a script. */
  private taskkill(pid: number): void {
    const options = { stdio: 'ignore', windowsHide: true } as const;
    this.spawn('taskkill', ['/pid', String(pid), '/T', '/F'], options).once('error', () =>
      this.child.kill(),
    );
  }

  /** One of its pipes is closed: it is about to end, or nobody can talk to it any more. */
  private broken(): void {
    if (this.hasEnded || this.isInputEnded || this.timers.size > 0) return;
    this.timers.add(this.clock.after(BROKEN_GRACE_MS, () => this.kill()));
  }

  /** It has ended, its output is open: once nothing comes any more it is closed from here. */
  private awaitLeftovers(): void {
    const since = this.clock.monotonic();
    const look = (): void => {
      if (this.hasEnded) return;
      const isQuiet = this.clock.monotonic() - this.lastOutputAt >= LEFTOVER_GRACE_MS;
      if (!isQuiet && this.clock.monotonic() - since < EXIT_GRACE_MS) {
        this.timers.add(this.clock.after(LEFTOVER_GRACE_MS, look));
        return;
      }
      this.child.stdout?.destroy();
      this.child.stderr?.destroy();
    };
    // One turn of the loop later: what has come while this process slept is read first.
    this.timers.add(this.clock.after(LEFTOVER_GRACE_MS, () => setImmediate(look)));
  }
}

/** Closes the child's input and waits for its end; with a clock it is ended by force if it lingers. */
export async function endChild(child: LineChild, clock: Clock | undefined): Promise<void> {
  child.endInput();
  const term = clock?.after(EXIT_GRACE_MS, () => child.terminate());
  const kill = clock?.after(EXIT_GRACE_MS + TERM_GRACE_MS, () => child.kill());
  await child.exited;
  term?.dispose();
  kill?.dispose();
}

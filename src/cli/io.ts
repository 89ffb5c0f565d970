// Where a command reads and writes, and how it says what it has to say.
import type { Clock } from '../base/clock.ts';
import type { AgentRules } from '../protocol/agentRules.ts';
import type { Json } from '../protocol/json.ts';
import type { RoomMemories } from '../client/rooms/roomMemories.ts';

/** The world of one command line. */
export interface CliIo {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Stdout is a terminal that shows colours. */
  readonly hasColours: boolean;
  /** Somebody types at stdin. */
  readonly hasKeyboard: boolean;
  /** Stdout is a terminal; undefined if it is a file or a pipe. */
  readonly columns: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The user's home folder. */
  readonly userHome: string;
  /** Aborts on Ctrl+C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** What holds for the agent whose sessions are started. */
  readonly agentRules: Pick<AgentRules, 'isNeededVariable'>;
  /** What was seen of sessions before. */
  readonly memory: RoomMemories;
  /** Path of this program's file: the session host is started from it. */
  readonly script: string;
  /** This process's own Node. */
  readonly execPath: string;
}

/** A subcommand. */
export interface CliCommand {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** Runs it; resolves to the exit code. Throws AppError. */
  readonly run: (args: readonly string[], io: CliIo) => Promise<number>;
}

/** Prints one line for people. */
export function printText(io: Pick<CliIo, 'stdout'>, text: string): void {
  io.stdout.write(`${text}\n`);
}

/** Prints one line of JSON. */
export function printJson(io: Pick<CliIo, 'stdout'>, value: Json): void {
  io.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Control characters that text from others could move the cursor or hide itself with. */
// oxlint-disable-next-line no-control-regex -- these are the characters to take out
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text from elsewhere as a terminal may show it: line breaks and tabs stay, other controls go. */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(UNPRINTABLE, '');
}

/** The same on one line: what could pretend to be a line of ours cannot. */
export function oneLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ').trim();
}

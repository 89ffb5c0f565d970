// Entry of the one program: command line, session host and relay are its subcommands.
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { systemClock } from '../base/clock.ts';
import { isAppError } from '../base/errors.ts';
import { errorText } from '../base/log.ts';
import { PRODUCT_ID, PRODUCT_VERSION } from '../base/product.ts';
import { CLAUDE_RULES } from '../claude/rules/claudeRules.ts';
import { cancelled } from '../client/errors.ts';
import { RoomMemories } from '../client/rooms/roomMemories.ts';
import { resolveHome } from '../host/find/paths.ts';
import { usage, nodeTooOld } from './errors.ts';
import { EXIT, exitCodeOf } from './exitCode.ts';
import { COMMANDS } from './commandList.ts';
import { type CliIo, oneLine } from './io.ts';
import { roomMemoryFolder } from './join/roomMemoryFolder.ts';

function helpText(): string {
  const lines = [...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(13)} ${summary}`);
  return `Usage: ${PRODUCT_ID} COMMAND [options]

Attaches people and devices to running Claude Code sessions.

${lines.join('\n')}

“${PRODUCT_ID} COMMAND --help” says more. All commands take --json. Exit codes:
0 done, 1 failed, 2 not understood, 3 not found or ambiguous, 4 refused,
5 host or relay not reachable, 6 waits for a person, 7 has a problem.
`;
}

async function run(args: readonly string[], io: CliIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--version' || name === '-v') {
    io.stdout.write(`${PRODUCT_VERSION}\n`);
    return EXIT.ok;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const about = COMMANDS.get(rest[0] ?? '');
    io.stdout.write(about?.help ?? helpText());
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const command = COMMANDS.get(name);
  if (command === undefined) throw usage(`“${name}” is no command`);
  const options = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined);
  if (options.includes('--help') || options.includes('-h')) {
    io.stdout.write(command.help);
    return EXIT.ok;
  }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 13)) throw nodeTooOld(process.version);
  return command.run(rest, io);
}

/** Runs one command line to its end; says what went wrong, and sets the exit code. */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Once is a wish that may take a moment; twice is an order.
      if (stop.signal.aborted) process.exit(EXIT.failed);
      stop.abort();
    });
  }
  // A reader that has gone (`| head`) ends the program like any other tool.
  process.stdout.on('error', () => process.exit(EXIT.failed));
  process.stderr.on('error', () => undefined);
  const home = resolveHome(process.env, homedir());
  const memory = new RoomMemories({ storage: roomMemoryFolder(home), clock: systemClock });
  process.on('exit', () => void memory.flush());
  const io: CliIo = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    hasColours: process.stdout.isTTY && !process.env['NO_COLOR'],
    hasKeyboard: process.stdin.isTTY,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    env: process.env,
    cwd: process.cwd(),
    userHome: homedir(),
    signal: stop.signal,
    clock: systemClock,
    agentRules: CLAUDE_RULES,
    memory,
    script: realpathSync(process.argv[1] ?? ''),
    execPath: process.execPath,
  };
  let code: number;
  try {
    code = await run(args, io);
  } catch (thrown) {
    // What was waited for when the signal came ends in its own way.
    const error = stop.signal.aborted && !isAppError(thrown) ? cancelled() : thrown;
    code = exitCodeOf(error);
    const name = isAppError(error) ? error.code : 'internal';
    const text = isAppError(error) ? error.message : `This failed: ${errorText(error)}`;
    process.stderr.write(`${PRODUCT_ID}: ${oneLine(text)}\n`);
    if (args.includes('--json')) {
      const line = { error: { code: name, message: text } };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  }
  // Sockets that close, and a stdin that stays open, must not keep a command alive.
  process.exitCode = code;
  process.stdout.write('', () => process.exit(code));
}

await main();

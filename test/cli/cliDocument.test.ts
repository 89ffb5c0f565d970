// docs/cli.md, the help and the command line itself know the same commands and options.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { RoomMemories } from '../../src/client/rooms/roomMemories.ts';
import { COMMANDS } from '../../src/cli/commandList.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { HELP as TERMINAL_HELP } from '../../src/cli/join/joinTerminal.ts';
import { TINY_RULES } from '../agents/tinyAgent.ts';
import { REPO_ROOT } from '../../tools/install/cache.ts';

const read = (path: string): string => readFileSync(join(REPO_ROOT, path), 'utf8');
const document = read('docs/cli.md');

/** The cells of every row of the table that follows a heading line of this first cell. */
function tableOf(firstCell: string): string[][] {
  const lines = document.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${firstCell} `));
  const rows = lines.slice(start + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1));
}

const optionsIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\w-])--([a-z][\w-]*)/g)].map(([, name]) => `${name}`);
const codeIn = (text: string): string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => `${code}`);

/** The options that a command's help describes, a line each: name, and whether it takes a value. */
function helpedOptions(help: string): { name: string; takesValue: boolean }[] {
  return [...help.matchAll(/^ {2}--([a-z][\w-]*)( [A-Z]+)?/gm)].map(([, name, value]) => ({
    name: `${name}`,
    takesValue: value !== undefined,
  }));
}

const helped = [...COMMANDS].flatMap(([command, { help }]) =>
  helpedOptions(help).map((option) => ({ command, ...option })),
);
const pairs = (list: readonly { command: string; name: string }[]): string[] =>
  [...new Set(list.map(({ command, name }) => `${command} --${name}`))].toSorted();

test('the table of commands in docs/cli.md has every command of the program, with its verbs, and no other', () => {
  const documented = codeIn(
    tableOf('command')
      .map(([first]) => first)
      .join(),
  ).map((code) => /^[a-z-]+(?: [a-z]+)?/.exec(code)?.[0] ?? code);
  const usages = [...COMMANDS.values()].flatMap(({ help }) =>
    [...help.matchAll(/^(?:Usage:|) +twinhelm ([a-z-]+(?: [a-z]+)?)/gm)].map(
      ([, name]) => `${name}`,
    ),
  );
  expect(usages).toContain('host stop');
  expect(new Set(usages.map((usage) => usage.split(' ')[0]))).toEqual(new Set(COMMANDS.keys()));
  expect(documented.toSorted()).toEqual(usages.toSorted());
});

test('the table of options in docs/cli.md has every option of every command, and no other', () => {
  const documented = tableOf('option').flatMap(([names, commands]) =>
    optionsIn(`${names}`).flatMap((name) =>
      codeIn(`${commands}`).map((command) => ({ command, name })),
    ),
  );
  const common = ['json', 'help'];
  for (const command of COMMANDS.keys()) {
    const own = helped.filter((option) => option.command === command).map(({ name }) => name);
    expect(own, command).toEqual(expect.arrayContaining(common));
  }
  expect(pairs(documented)).toEqual(pairs(helped.filter(({ name }) => !common.includes(name))));
});

test('an option that docs/cli.md or a usage line names anywhere is described', () => {
  // What is typed behind a verb of `join` is described by its /help.
  const known = new Set([...helped.map(({ name }) => name), ...optionsIn(TERMINAL_HELP)]);
  expect(optionsIn(document).filter((name) => !known.has(name))).toEqual([]);
  for (const [command, { help }] of COMMANDS) {
    const own = new Set(helpedOptions(help).map(({ name }) => name));
    const usage = help.slice(0, help.indexOf('\n\n'));
    expect(
      optionsIn(usage).filter((name) => !own.has(name)),
      command,
    ).toEqual([]);
  }
});

const STRANGER = 'no-such-option';

function io(): CliIo {
  const stop = new AbortController();
  const storage = { read: () => undefined, write: () => undefined };
  return {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    hasColours: false,
    hasKeyboard: false,
    columns: undefined,
    env: {},
    cwd: REPO_ROOT,
    userHome: REPO_ROOT,
    signal: stop.signal,
    clock: systemClock,
    agentRules: TINY_RULES,
    memory: new RoomMemories({ storage, clock: systemClock }),
    script: '',
    execPath: '',
  };
}

test.each(helped.filter(({ name }) => name !== 'help'))(
  '$command takes --$name as its help says',
  async ({ command, name, takesValue }) => {
    // The first option that it does not know is the one that it names.
    const args = [`--${name}${takesValue ? '=1' : ''}`, `--${STRANGER}`];
    const ran = COMMANDS.get(command)?.run(args, io());
    await expect(ran).rejects.toThrow(`--${STRANGER}`);
    const wrong = COMMANDS.get(command)?.run(
      [`--${name}${takesValue ? '' : '=1'}`, `--${STRANGER}`],
      io(),
    );
    await expect(wrong).rejects.toThrow(`--${name}`);
  },
);

test('no command takes an option that no help describes', () => {
  const files = readdirSync(join(REPO_ROOT, 'src/cli/commands')).map(
    (file) => `src/cli/commands/${file}`,
  );
  const taken = [...files, 'src/relay/commandOptions.ts'].flatMap((file) =>
    [...read(file).matchAll(/'?([\w-]+)'?: \{ type: '(?:string|boolean)'/g)].map(
      ([, name]) => `${name}`,
    ),
  );
  const known = new Set(helped.map(({ name }) => name));
  // For the session host alone: its options come on stdin.
  const hidden = ['child'];
  expect(taken.length).toBeGreaterThan(30);
  expect([...new Set(taken)].filter((name) => !known.has(name))).toEqual(hidden);
});

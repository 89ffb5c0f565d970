// The command line without a session: usage, exit codes, help, ids, environments, unreachable links.
import { say } from '../../src/base/say.ts';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
import { exitCodeOf } from '../../src/cli/exitCode.ts';
import { loadIdentity } from '../../src/cli/join/identityFile.ts';
import { printable } from '../../src/cli/io.ts';
import { sessionEnvironment } from '../../src/cli/commands/sessionEnvironment.ts';
import { resolveSession } from '../../src/cli/text/sessionIds.ts';
import { AppError } from '../../src/base/errors.ts';
import { formatLink } from '../../src/protocol/link.ts';
import type { DirectoryRow } from '../../src/protocol/state.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { REPO_ROOT } from '../../tools/install/cache.ts';
import { exitOf, spawnGroup } from '../../tools/run/processes.ts';
import { TINY_RULES } from '../agents/tinyAgent.ts';
import { createMovableClock } from '../probes/movableClock.ts';
import { JoinRig } from './joinRig.ts';
import { bundleProgram } from '../../tools/run/programBundle.ts';
import { openTerminal } from '../../tools/run/terminal.ts';

let main = '';
const home = mkdtempSync(join(tmpdir(), 'twinhelm-cli-line-'));
const env = { PATH: process.env['PATH'], HOME: home, TWINHELM_HOME: join(home, 'twinhelm') };

beforeAll(async () => {
  main = await bundleProgram(new URL('../../src/cli/main.ts', import.meta.url));
});

const rig = new JoinRig();
afterEach(() => rig.close());
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function run(...args: string[]) {
  const group = spawnGroup(process.execPath, [main, ...args], { env, cwd: home });
  let stdout = '';
  let stderr = '';
  group.child.stdout?.on('data', (text: string) => (stdout += text));
  group.child.stderr?.on('data', (text: string) => (stderr += text));
  group.child.stdin?.end();
  await new Promise((resolve) => group.child.once('close', resolve));
  return { code: await exitOf(group), stdout, stderr };
}

function row(id: string): DirectoryRow {
  return {
    session: {
      id,
      title: 't',
      source: 'hosted',
      status: 'idle',
      computer: 'c',
      cwd: '/',
      project: 'p',
      agent: 'a',
      startedAt: 0,
      lastActivityAt: 0,
    },
    guests: 0,
    pending: 0,
  };
}

// Many short processes: some at a time.
describe('usage', { concurrent: true }, () => {
  it('without a command it prints the commands and exits with 2', async () => {
    const { code, stdout } = await run();
    expect(code).toBe(2);
    for (const name of ['sessions', 'start', 'share', 'join', 'send', 'end', 'host', 'relay']) {
      expect(stdout).toContain(`\n  ${name} `);
    }
  });

  it.each(['sessions', 'start', 'share', 'stop-sharing', 'join', 'send', 'end', 'host', 'relay'])(
    '%s --help prints its usage and exits with 0',
    async (name) => {
      const { code, stdout, stderr } = await run(name, '--help');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`Usage: twinhelm ${name}`);
      expect(stdout).toContain('--json');
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    },
  );

  it.each([
    [['frob'], '“frob” is no command.'],
    [['share'], 'the id of the session is missing.'],
    [['share', 'abc', '--role', 'king'], '--role must be viewer or controller.'],
    [['share', 'abc', '--allow-control'], 'need the role controller.'],
    [['share', 'abc', '--where', 'moon'], '--where must be loopback or an address'],
    [['share', 'abc', '--expires', 'soon'], '--expires must be a time such as 30m, 8h or 7d.'],
    [['start', 'here'], '“here” is one argument too many.'],
    [['start', '--share', 'king'], '--share must be viewer or controller.'],
    [['start', '--allow-control'], 'go with --share viewer or --share controller.'],
    [['send', 'abc'], 'the text is missing.'],
    [['send', ' ', 'x'], 'the session is missing.'],
    [['join', ''], 'the link or the id is missing.'],
    [['host', 'dance'], '“dance” is none of status, stop and replace.'],
    [['host', 'replace', '--force', '--wait'], '--force and --wait exclude each other.'],
    [['join', 'x', '--name', '文'.repeat(22)], '--name takes at most 64 bytes.'],
    [['sessions', '--frob'], "Unknown option '--frob'."],
    [['relay', '--port', 'x'], '--port must be a number'],
  ])('%j says what is wrong on stderr and exits with 2', async (args, text) => {
    const { code, stdout, stderr } = await run(...args);
    expect(stderr).toContain(text);
    expect(stderr).toContain('--help');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('with --json the error is also one line of JSON on stdout', async () => {
    const { code, stdout } = await run('share', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'usage',
        message: expect.stringContaining('the id of the session is missing'),
      },
    });
  });
});

describe('links and hosts that cannot be reached', () => {
  it.each([
    ['a wrong link', 'https://example.org/join#nonsense', 'link-malformed'],
    [
      'a link that was cut',
      'http://127.0.0.1:1/join#1.aaaaaaaaaaaaaaaaaaaaaaaaaa.AAAA',
      'link-malformed',
    ],
    ['a link that lost all behind its address', 'https://example.org/join', 'link-malformed'],
    ['a link of an older version', 'http://127.0.0.1:1/join#0.x.y.z.v', 'link-foreign-version'],
    ['a link of a newer version', 'http://127.0.0.1:1/join#9.x.y.z.v', 'link-needs-update'],
  ])('%s exits with 2, and nothing is sent', async (_title, link, code) => {
    const ended = await run('join', link, '--json');
    expect(ended.code).toBe(2);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      type: 'end',
      reason: 'failed',
      error: { code, message: expect.stringContaining('Nothing was sent.') },
    });
  });

  it('a relay that is not there exits with 5 and says where the link leads', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const link = formatLink({
      room: newId(),
      secret: new Uint8Array(32),
      relay: `ws://127.0.0.1:${port}`,
      role: 'viewer',
      epoch: { number: 0, secret: new Uint8Array(32) },
    });
    const clock = createMovableClock();
    const joining = rig.run(link, 'Vic', { flags: ['--json'], clock });
    await joining.until('"truth":"relay-offline"');
    // As long as it tries.
    clock.advance(8_000);
    expect(await joining.ended).toBe(5);
    const said = `The relay ws://127.0.0.1:${port} cannot be reached[^]*works only where it was made`;
    expect(joining.lines().at(-1)).toMatchObject({
      type: 'end',
      reason: 'failed',
      error: { code: 'relay-unreachable', message: expect.stringMatching(new RegExp(said)) },
    });
  });

  it('host stop and host status without a host are no failure', async () => {
    expect(await run('host', 'stop')).toMatchObject({
      code: 0,
      stdout: 'No session host is running.\n',
    });
    expect((await run('host', 'status', '--json')).stdout).toBe('{"running":false}\n');
  });

  it('a hostile host.json is named, and nothing is sent to it', async () => {
    const folder = join(home, 'twinhelm');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'host.json');
    writeFileSync(file, '{"pid":1}', { mode: 0o600 });
    const { code, stderr } = await run('host', 'stop');
    rmSync(file);
    expect(code).toBe(1);
    expect(stderr).toContain('Nothing was sent to the address in it.');
  });
});

describe('ids', () => {
  const rows = [row('abcdef'), row('abcxyz'), row('q')];

  it('any beginning that only one session has names it', () => {
    expect(resolveSession(rows, 'abcd').session.id).toBe('abcdef');
    expect(resolveSession(rows, 'Q').session.id).toBe('q');
    expect(resolveSession([...rows, row('abc')], 'abc').session.id).toBe('abc');
  });

  it('an ambiguous or unknown beginning names what there is, and exits with 3', () => {
    const failure = (prefix: string): unknown => {
      try {
        return resolveSession(rows, prefix);
      } catch (error) {
        return error;
      }
    };
    const ambiguous = failure('abc');
    expect(String(ambiguous)).toContain('abcdef, abcxyz');
    expect(exitCodeOf(ambiguous)).toBe(3);
    for (const prefix of ['zzz', '', ' ']) expect(exitCodeOf(failure(prefix))).toBe(3);
  });
});

describe.runIf(process.platform === 'linux')('Ctrl+C', () => {
  it('ends a prompt that is being typed, and nothing is sent', async () => {
    const command = [process.execPath, main, 'send', 'abc', '-'];
    const terminal = openTerminal(command, { cwd: home, env: { ...env, PATH: env.PATH ?? '' } });
    try {
      await waitUntil('the hint', () => terminal.screen().includes('Ctrl+D'));
      terminal.press('half a thou\u0003');
      await waitUntil('the end', () => terminal.screen().includes('This was cancelled.'));
      expect(terminal.screen()).not.toContain('No session');
    } finally {
      await terminal.close();
    }
  });
});

describe('small parts', () => {
  it('exit codes tell refusal, absence and silence apart', () => {
    const codeOf = (code: AppError['code']): number =>
      exitCodeOf(new AppError(code, { happened: say`x` }));
    expect(codeOf('command-rejected')).toBe(4);
    expect(codeOf('relay-unreachable')).toBe(5);
    expect(codeOf('session-not-found')).toBe(3);
    expect(codeOf('agent-crashed')).toBe(1);
    expect(exitCodeOf(new Error('x'))).toBe(1);
  });

  it('text from others cannot move the cursor, hide or reverse itself', () => {
    expect(printable('a\u001b[2Jb\u009b1mc\r\nd\u202ee\u0007\tf')).toBe('a[2Jb1mc\nde\tf');
  });

  it('an environment is cut to what one command carries, the needed first', () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`VARIABLE_${i}`, 'x'.repeat(i * 4)]),
    );
    const needed = { PATH: '/bin', HOME: '/h', TINY_HOME: 'y'.repeat(1300) };
    const env = { ...many, ...needed, VSCODE_PID: '1' };
    const kept = sessionEnvironment(env, TINY_RULES);
    expect(kept).toMatchObject({ ...needed, VARIABLE_0: '' });
    // No agent's name is known to the command line itself.
    const others = sessionEnvironment(env, { isNeededVariable: () => false });
    expect(others).not.toHaveProperty('TINY_HOME');
    expect(CLAUDE_RULES.isNeededVariable('CLAUDE_CONFIG_DIR')).toBe(true);
    expect(kept).not.toHaveProperty('VSCODE_PID');
    expect(kept).not.toHaveProperty('VARIABLE_299');
    expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThanOrEqual(28 * 1024);
  });

  it('of many commands that make an identity at once, all have the same', async () => {
    const folder = join(home, 'crowd');
    const script = `import(${JSON.stringify(join(REPO_ROOT, 'src/cli/join/identityFile.ts'))})
      .then(({ loadIdentity }) => loadIdentity(${JSON.stringify(folder)}))
      .then(({ member }) => console.log(member))`;
    const groups = Array.from({ length: 6 }, () =>
      spawnGroup(process.execPath, ['-e', script], {}),
    );
    const codes = await Promise.all(groups.map((group) => exitOf(group)));
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
    expect(new Set(groups.map((group) => group.output())).size).toBe(1);
    expect(readdirSync(folder)).toEqual(['cli-identity']);
  });

  it('the identity of a home is made once, kept private, and never replaced if damaged', async () => {
    const folder = join(home, 'people');
    const [first, second] = await Promise.all([loadIdentity(folder), loadIdentity(folder)]);
    expect(second.member).toBe(first.member);
    const file = join(folder, 'cli-identity');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await loadIdentity(folder)).member).toBe(first.member);
    writeFileSync(file, 'damaged');
    await expect(loadIdentity(folder)).rejects.toThrow('it is damaged');
    expect(readFileSync(file, 'utf8')).toBe('damaged');
  });
});

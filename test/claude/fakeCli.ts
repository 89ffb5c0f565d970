// A stand-in for `claude` that misbehaves on demand: an executable script, found and started like the real one.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the script does; each is the body of a function. */
export interface FakeCli {
  /** Printed for --version; undefined: nothing. */
  readonly version?: string;
  /** Runs first, for every call. */
  readonly always?: string;
  /** Printed for `auth status --json`. */
  readonly auth?: string;
  /** Runs for each prompt; `say(object)` writes a line, `raw(bytes)` bytes, `uuid` is the prompt's. */
  readonly onPrompt?: string;
  /** Runs instead of the answer to initialize. */
  readonly onInitialize?: string;
  /** Runs instead of the exit when its input has ended. */
  readonly onClose?: string;
}

/** Writes the script; remove its folder with `dispose`. */
export async function fakeCli(cli: FakeCli): Promise<{
  readonly path: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  dispose(): Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'fake-claude-'));
  const path = join(folder, 'claude');
  const initialize =
    cli.onInitialize ??
    `say({ type: 'control_response', response: { subtype: 'success', request_id: line.request_id, response: { commands: [], models: [] } } });`;
  const script = `#!${process.execPath}
const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
const raw = (value) => process.stdout.write(value);
const args = process.argv.slice(2);
${cli.always ?? ''}
if (args[0] === '--version') {
  ${cli.version === undefined ? '' : `console.log(${JSON.stringify(cli.version)});`}
} else if (args[0] === '--help') {
  console.log('--session-id --replay-user-messages');
} else if (args[0] === 'auth') {
  ${cli.auth === undefined ? '' : `console.log(${JSON.stringify(cli.auth)});`}
} else {
  let n = 0;
  const id = () => 'fake-' + ++n;
  require('node:readline').createInterface({ input: process.stdin }).on('line', (text) => {
    const line = JSON.parse(text);
    if (line.type === 'control_request' && line.request.subtype === 'initialize') { ${initialize} }
    else if (line.type === 'control_request') say({ type: 'control_response', response: { subtype: 'error', request_id: line.request_id, error: 'no' } });
    else if (line.type === 'user') { const uuid = line.uuid; ${cli.onPrompt ?? ''} }
  }).on('close', () => { ${cli.onClose ?? 'process.exit(0)'} });
}
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  return {
    path,
    folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, ANTHROPIC_API_KEY: 'dummy' },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

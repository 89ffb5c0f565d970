// The session host and its relay as one program, as the built file is: `host` and `relay --child`.
import { fileURLToPath } from 'node:url';
import { runHost } from '../../src/host/hostMain.ts';
import { resolveHome } from '../../src/host/find/paths.ts';
import { runRelay } from '../../src/relay/relayProgram.ts';

const controller = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => controller.abort());
const { stdin, stdout, stderr, env } = process;
const { signal } = controller;
const [command, ...args] = process.argv.slice(2);

if (command === 'relay') {
  process.exitCode = await runRelay(args, { stdin, stdout, stderr, signal });
} else {
  const script = fileURLToPath(import.meta.url);
  process.exitCode = await runHost({
    home: resolveHome(env, '/nowhere'),
    relayCommand: [process.execPath, script, 'relay', '--child'],
    env,
    json: args.includes('--json'),
    stdout,
    stderr,
    signal,
    ...(env['TEST_IDLE_MS'] === undefined ? {} : { idleMs: Number(env['TEST_IDLE_MS']) }),
  }).catch((error: unknown) => {
    stderr.write(`${String(error)}\n`);
    return 1;
  });
}
process.exit();

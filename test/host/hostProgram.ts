// The session host and its relay as one program, as the built file is: `host` and `relay --child`.
import { fileURLToPath } from 'node:url';
import { runHost } from '../../src/host/hostMain.ts';
import { IDLE_MS } from '../../src/host/idleStop.ts';
import { resolveHome } from '../../src/host/find/paths.ts';
import { runRelay } from '../../src/relay/relayProgram.ts';
import { createMovableClock } from '../probes/movableClock.ts';

const controller = new AbortController();
const idleClock = createMovableClock();
let passed = 0;
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => controller.abort());
const { stdin, stdout, stderr, env } = process;
const { signal } = controller;
const [command, ...args] = process.argv.slice(2);
// Half an hour passes for those who wait for idleness, and it is told when they have looked.
process.on('SIGUSR2', () => {
  idleClock.advance(IDLE_MS);
  const answer = `${JSON.stringify({ passed: (passed += 1) })}\n`;
  idleClock.after(1, () => stdout.write(answer));
});

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
    idleClock,
  }).catch((error: unknown) => {
    stderr.write(`${String(error)}\n`);
    return 1;
  });
}
process.exit();

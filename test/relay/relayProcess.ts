// The relay as a process of its own, as the command line runs it.
import { runRelay } from '../../src/relay/relayProgram.ts';

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
const { stdin, stdout, stderr } = process;
try {
  const io = { stdin, stdout, stderr, signal: stopping.signal };
  process.exitCode = await runRelay(process.argv.slice(2), io);
} catch (error) {
  stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

// A process of the lock race: tries to open the journal of argv[2], says how it went, holds it until stdin ends.
import { isAppError } from '../../src/base/errors.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Journal } from '../../src/host/journal.ts';
import { hostPaths } from '../../src/host/paths.ts';

const paths = hostPaths(process.argv[2] ?? '');
try {
  const journal = Journal.open({ paths, clock: systemClock, log: silentLogger });
  process.stdout.write(`won ${journal.term}\n`);
} catch (error) {
  process.stdout.write(`${isAppError(error) ? error.code : String(error)}\n`);
}
process.stdin.resume();

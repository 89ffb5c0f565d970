// A process of the lock race: tries to open the journal of argv[2], says how it went (with `tell` also why), holds it until stdin ends.
import { isAppError } from '../../src/base/errors.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Journal } from '../../src/host/journal/journal.ts';
import { hostPaths } from '../../src/host/find/paths.ts';

const paths = hostPaths(process.argv[2] ?? '');
try {
  const journal = Journal.open({ paths, clock: systemClock, log: silentLogger });
  process.stdout.write(`won ${journal.term}\n`);
} catch (error) {
  const detail = process.argv[3] === 'tell' && isAppError(error) ? ` ${error.message}` : '';
  process.stdout.write(`${isAppError(error) ? error.code : String(error)}${detail}\n`);
}
process.stdin.resume();

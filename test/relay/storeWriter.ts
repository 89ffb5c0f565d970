// A process that appends numbers for ever and tells which are flushed, until it is killed.
import { utf8Bytes } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { openSqliteStore } from '../../src/relay/stores/sqliteStore.ts';

const file = process.argv[2] ?? '';
const store = await openSqliteStore({ file, clock: systemClock, log: silentLogger });
let next = (await store.load('a')).length;
for (;;) {
  for (let i = 0; i < 7; i += 1) store.append('a', utf8Bytes(String(next++)));
  const last = next - 1;
  await store.flush();
  process.send?.(last);
}

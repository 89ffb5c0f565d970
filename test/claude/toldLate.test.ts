// [Z1] Lines that our own child tells late, on a computer at its limit, are no other's; those of a process that is seen are at once.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Emitter } from '../../src/base/emitter.ts';
import { silentLogger } from '../../src/base/log.ts';
import { ClaudeWriters } from '../../src/claude/files/claudeWriters.ts';
import { OwnChildren } from '../../src/claude/files/ownChildren.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twinhelm-told-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const stranger = { pid: 9, sessionId: 's', cwd: '/', startedAt: 5, entrypoint: 'cli' };

/** A conversation that our child has open; `there`: who else stands in the registry. */
async function watched(there: readonly (typeof stranger)[] = []) {
  const clock = createFakeClock();
  const waits: number[] = [];
  const path = join(folder, 's.jsonl');
  writeFileSync(path, '');
  const own = new OwnChildren(() => 0);
  own.started(7, 's');
  let changed = (): void => undefined;
  const writers = await new ClaudeWriters({
    ...{ sessionId: 's', cwd: '/', own, log: silentLogger },
    hasMirror: () => true,
    before: { marks: [] },
    registry: {
      onDidChange: new Emitter<void>().event,
      running: () => there,
      look: async () => undefined,
    },
    // Only the parts that are asked here.
    projects: { find: async () => path, findIn: async () => path } as never,
    watches: {
      listen: (_folder: string, listener: () => void) => {
        changed = listener;
        return { isOn: true, renew: async () => undefined, dispose: () => undefined };
      },
      // As above.
    } as never,
    clock: {
      ...clock,
      after: (ms, run) => {
        waits.push(ms);
        return clock.after(ms, run);
      },
    },
  }).open();
  appendFileSync(
    path,
    `${JSON.stringify({ type: 'user', uuid: 'u', parentUuid: null, entrypoint: 'cli' })}\n`,
  );
  changed();
  await waitUntil('the line is read', () => waits.length > 0);
  return { writers, own, clock, waits };
}

it('[Z1] what our child tells half a second late was never another’s', async () => {
  const { writers, own, clock } = await watched();
  clock.advance(500);
  expect(writers.others).toBeUndefined();
  own.wrote('s', ['u']);
  clock.advance(5_000);
  expect(writers.others).toBeUndefined();
  writers.dispose();
});

it('[Z1] what nobody tells is another’s within a second, though no process was seen', async () => {
  const { writers, clock, waits } = await watched();
  expect(waits[0]).toBeLessThan(1_000);
  clock.advance(waits[0] ?? 0);
  await expect.poll(() => writers.others).toMatchObject({ messages: 1 });
  writers.dispose();
});

it('[Z1] beside a process that is seen it is another’s after 0.3 s', async () => {
  const { writers, clock, waits } = await watched([stranger]);
  expect(waits[0]).toBe(300);
  clock.advance(300);
  await expect.poll(() => writers.others).toMatchObject({ messages: 1, writers: [{ pid: 9 }] });
  writers.dispose();
});

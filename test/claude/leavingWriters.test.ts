// Others on a conversation at the edges: one that has just gone, one that came while no host was there, and what is only slow to be known.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { Emitter } from '../../src/base/emitter.ts';
import { silentLogger } from '../../src/base/log.ts';
import { ClaudeWriters } from '../../src/claude/files/claudeWriters.ts';
import { FolderWatches } from '../../src/claude/files/folderWatches.ts';
import { OwnChildren } from '../../src/claude/files/ownChildren.ts';
import { Projects, projectSlug } from '../../src/claude/files/projects.ts';
import type { RegistryRecord } from '../../src/claude/files/registry.ts';
import { WriterList } from '../../src/claude/files/writerList.ts';
import type { SeenOthers, TheirsBefore } from '../../src/protocol/agent.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { temporaryFolder } from '../host/folders.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

const ID = '11111111-2222-4333-8444-555555555555';
const open: ClaudeWriters[] = [];
afterEach(() => open.splice(0).forEach((one) => one.dispose()));

/** A conversation with lines `a` and `b`, and a registry that a test fills. */
async function watched(
  before: TheirsBefore = { marks: [] },
  more: readonly string[] = [],
  clock: Clock = systemClock,
) {
  const folder = temporaryFolder();
  const place = join(folder, 'projects', projectSlug(folder));
  mkdirSync(place, { recursive: true });
  const file = join(place, `${ID}.jsonl`);
  const line = (uuid: string, parentUuid: string | null): string =>
    `${JSON.stringify({ type: 'user', uuid, parentUuid, entrypoint: 'sdk-cli', message: { content: uuid } })}\n`;
  writeFileSync(file, line('a', null) + line('b', 'a') + more.join(''));
  let records: readonly RegistryRecord[] = [];
  let looked: readonly RegistryRecord[] = [];
  const changed = new Emitter<void>();
  const own = new OwnChildren(() => Date.now());
  const common = { clock, log: silentLogger };
  const writers = new ClaudeWriters({
    ...common,
    ...{ sessionId: ID, cwd: folder, before, own, hasMirror: () => true },
    registry: {
      running: () => looked,
      onDidChange: changed.event,
      look: async () => void (looked = records),
    },
    projects: new Projects(folder),
    watches: new FolderWatches(common),
  });
  open.push(writers);
  return {
    ...{ writers, own, line },
    append: (uuid: string, parent: string) => appendFileSync(file, line(uuid, parent)),
    run(next: readonly RegistryRecord[]): void {
      records = next;
      looked = next;
      changed.fire();
    },
    isRegistered: (next: readonly RegistryRecord[]) => void (records = next),
  };
}

const script = (pid: number): RegistryRecord => ({
  ...{ pid, sessionId: ID, cwd: '/', entrypoint: 'sdk-cli', procStart: `${pid}`, startedAt: 1 },
});

it('[Z2] one that wrote and has gone at once is never nobody in between', async () => {
  const { writers, run, append } = await watched();
  await writers.open();
  const told: (SeenOthers | undefined)[] = [];
  writers.onDidSeeWriters(() => told.push(writers.others));
  run([script(7)]);
  expect(writers.others?.writers).toMatchObject([{ pid: 7 }]);
  append('theirs', 'b');
  run([]);
  await waitUntil('it has left', () => writers.others?.writers[0]?.left === true);
  expect(told).not.toContain(undefined);
  expect(writers.others).toMatchObject({ messages: 1, writers: [{ pid: 7, left: true }] });
});

it('[Z2] one that has gone without a word is nobody, as soon as that is known', async () => {
  const { writers, run } = await watched();
  await writers.open();
  run([script(7)]);
  run([]);
  expect(writers.others?.writers).toHaveLength(1);
  await waitUntil('nobody is there', () => writers.others === undefined);
});

it('[Z5] what stands behind the end that a host has noted is others’, and its next end is told', async () => {
  const line = (uuid: string, parentUuid: string): string =>
    `${JSON.stringify({ type: 'user', uuid, parentUuid, message: { content: uuid } })}\n`;
  const later = [line('theirs', 'b'), line('theirs too', 'theirs')];
  const { writers } = await watched({ marks: [], end: 'b' }, later);
  await writers.open();
  expect(writers.others).toMatchObject({ messages: 2, writers: [{ left: true }] });
  expect(writers.marks).toEqual(['theirs']);
  expect(writers.isTheirs('theirs too')).toBe(true);
  expect(writers.isTheirs('b')).toBe(false);
  expect(await writers.end()).toBe('theirs too');
});

it('[Z5] an end that is not in the file, or the last line of it, makes nothing others’', async () => {
  for (const end of ['b', 'gone', undefined]) {
    const { writers } = await watched({ marks: [], end });
    await writers.open();
    expect(writers.others).toBeUndefined();
    expect(await writers.end()).toBe('b');
  }
});

it('[Z1] who is there when a host begins to look is seen at once', async () => {
  const { writers, isRegistered } = await watched();
  isRegistered([script(7)]);
  await writers.open();
  expect(writers.others?.writers).toMatchObject([{ pid: 7 }]);
});

it('[Z1] a script that comes while our child is not in the registry yet is seen as soon as it is', () => {
  const own = new OwnChildren(() => 0);
  own.started(5, ID);
  // What stands there first may be what our child was started through.
  expect(own.others(ID, [script(7)])).toEqual([]);
  expect(own.others(ID, [script(7), script(5)])).toEqual([script(7)]);
  expect(own.others(ID, [script(7)])).toEqual([script(7)]);
});

it('[Z1] lines without a time of their own are of one moment, however often they are looked at', () => {
  const clock = createFakeClock();
  const list = new WriterList(clock);
  const line = { type: 'user', uuid: 'x', timestamp: 'no time', isPrompt: true };
  const first = list.seen([], [line]);
  clock.advance(5000);
  expect(list.seen([], [line])).toEqual(first);
});

it('[Z1] on a computer that is overloaded a line of ours is waited for, and one of others is told later', async () => {
  let skewMs = 0;
  const held: (() => void)[] = [];
  // Timers stand still until the test runs them.
  const clock: Clock = {
    ...systemClock,
    monotonic: () => systemClock.monotonic() + skewMs,
    after(_ms, run) {
      held.push(run);
      return { dispose: () => undefined };
    },
  };
  const { writers, own, append } = await watched({ marks: [] }, [], clock);
  await writers.open();
  append('ours', 'b');
  append('theirs', 'b');
  await waitUntil('both are read', () => held.length > 0);
  skewMs += 5000;
  held.at(-1)?.();
  await new Promise(setImmediate);
  expect(writers.others).toBeUndefined();
  own.wrote(ID, ['ours']);
  skewMs += 350;
  held.at(-1)?.();
  await waitUntil('theirs is told', () => writers.others !== undefined);
  expect(writers.marks).toEqual(['theirs']);
});

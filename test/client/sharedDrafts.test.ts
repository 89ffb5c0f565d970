// Drafts of windows beside one another: each keeps its own, sees the others', and finds its own again after a reload.
import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { Drafts } from '../../src/client/prompts/drafts.ts';
import { SharedDrafts } from '../../src/client/prompts/sharedDrafts.ts';
import type { SessionRef } from '../../src/client/rooms/sessionRef.ts';
import { createFakeClock, type FakeClock } from '../probes/fakeClock.ts';
import { WindowFiles } from './windowFiles.ts';
import { MemoryStorage } from './samples.ts';

const ref: SessionRef = { kind: 'own', session: 's1' };

let clock: FakeClock;
let files: WindowFiles;
let alive: Set<number>;
let count: number;

beforeEach(() => {
  clock = createFakeClock();
  files = new WindowFiles();
  alive = new Set();
  count = 0;
});

interface Window {
  readonly pid: number;
  readonly drafts: Drafts;
  readonly shared: SharedDrafts;
  type(text: string): Promise<void>;
  end(): void;
}

/** A window of a workspace; without `storage` what that kept of it is lost. */
function window(place: string, storage = new MemoryStorage()): Window {
  count += 1;
  const pid = count;
  alive.add(pid);
  const shared = new SharedDrafts({
    files: files.window(clock, 0, () => !alive.has(pid)),
    window: `w${pid}`,
    place,
    processes: { pid, isAlive: (one) => alive.has(one) },
    now: () => clock.now(),
    log: silentLogger,
  });
  const drafts = new Drafts({ storage, now: () => clock.now(), shared });
  return {
    ...{ pid, drafts, shared },
    async type(text) {
      clock.advance(1000);
      drafts.set(ref, text);
      await shared.settled();
    },
    end: () => void alive.delete(pid),
  };
}

const find = async ({ drafts }: Window) => {
  clock.advance(1000);
  const found = await drafts.find(ref);
  return [found?.own?.text, found?.other?.text];
};

describe('two windows', () => {
  it('keep their own, and see the other’s as another’s', async () => {
    const [a, b] = [window('shop'), window('blog')];
    await a.type('of a');
    await b.type('of b');
    expect(await find(a)).toEqual(['of a', 'of b']);
    expect(await find(b)).toEqual(['of b', 'of a']);
    expect(files.texts.size).toBe(2);
  });

  it('each find their own again after a reload, though the workspace is the same', async () => {
    const [a, b] = [window('shop'), window('shop')];
    await a.type('of a');
    await b.type('of b');
    a.end();
    const again = window('shop');
    expect(await find(again)).toEqual(['of a', 'of b']);
    b.end();
    expect(await find(window('shop'))).toEqual(['of b', 'of a']);
  });

  it('what goes on in another window is no more the first one’s after its reload, until it types anew', async () => {
    const [a, b] = [window('shop'), window('blog')];
    await a.type('begun in a');
    const found = await b.drafts.find(ref);
    expect(found?.other?.text).toBe('begun in a');
    await b.type('begun in a, ended in b');
    b.drafts.takeOver(ref, found?.other?.id ?? '');
    await b.shared.settled();
    expect(await find(b)).toEqual(['begun in a, ended in b', undefined]);
    expect(await find(a)).toEqual(['begun in a', 'begun in a, ended in b']);
    await a.type('begun in a, and gone on with');
    expect(await find(b)).toEqual(['begun in a, ended in b', 'begun in a, and gone on with']);
  });

  it('what was sent is offered to nobody', async () => {
    const [a, b] = [window('shop'), window('blog')];
    await a.type('please');
    await a.type('');
    expect(await find(b)).toEqual([undefined, undefined]);
    a.end();
    expect(await find(window('shop'))).toEqual(['', undefined]);
  });
});

describe('after a reload', () => {
  it('a storage that was cut short does not bring back what was sent, nor an older draft', async () => {
    const stale = new MemoryStorage();
    const a = window('shop', stale);
    await a.type('first words');
    const kept = new Map(stale.keys().map((key) => [key, stale.get(key)]));
    await a.type('first words and more');
    a.end();
    const again = new MemoryStorage();
    for (const [key, value] of kept) void again.update(key, value);
    const b = window('shop', again);
    expect(b.drafts.get(ref)).toBe('first words');
    expect(await find(b)).toEqual(['first words and more', undefined]);
    expect(b.drafts.get(ref)).toBe('first words and more');
  });

  it('what only the storage has, newer than the files, stays', async () => {
    const a = window('shop');
    await a.type('old');
    a.end();
    const storage = new MemoryStorage();
    clock.advance(60_000);
    new Drafts({ storage, now: () => clock.now() }).set(ref, 'from before there were files');
    expect(await find(window('shop', storage))).toEqual([
      'from before there were files',
      undefined,
    ]);
  });
});

describe('files', () => {
  it('of a newer version are left as they are, and said to be there; what is no draft is passed over', async () => {
    const newer = JSON.stringify({ v: 2, session: 'own:s1', pieces: ['x'] });
    files.texts.set('own-s1.w9.json', newer);
    files.texts.set('own-s1.w8.json', '{"v":1,"te');
    const a = window('shop');
    await a.type('mine');
    expect((await a.drafts.find(ref))?.isNewer).toBe(true);
    await a.shared.tidy();
    expect(files.texts.get('own-s1.w9.json')).toBe(newer);
    expect(await find(a)).toEqual(['mine', undefined]);
  });

  it('that nobody has touched for a month are taken away, no others', async () => {
    const [a, b] = [window('shop'), window('blog')];
    await a.type('old');
    clock.advance(31 * 24 * 3_600_000);
    await b.type('new');
    await b.shared.tidy();
    expect([...files.texts.keys()]).toEqual(['own-s1.w2.json']);
  });

  it('that cannot be written or read cost nothing of what is typed', async () => {
    const broken = {
      list: () => Promise.reject(new Error('no disk')),
      read: () => Promise.reject(new Error('no disk')),
      write: () => Promise.reject(new Error('no disk')),
      remove: () => Promise.reject(new Error('no disk')),
    };
    const options = { files: broken, window: 'w1', place: 'shop', now: () => 1, log: silentLogger };
    const shared = new SharedDrafts(options);
    const drafts = new Drafts({ storage: new MemoryStorage(), now: () => 1, shared });
    drafts.set(ref, 'typed');
    await shared.settled();
    expect((await drafts.find(ref))?.own?.text).toBe('typed');
    await shared.tidy();
  });
});

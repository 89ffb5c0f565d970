// 50 reloads in the middle of typing: what comes back is what stood there half a second before, or newer.
import { expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { Drafts } from '../../src/client/prompts/drafts.ts';
import { SharedDrafts } from '../../src/client/prompts/sharedDrafts.ts';
import type { SessionRef } from '../../src/client/rooms/sessionRef.ts';
import { WindowFiles } from '../client/windowFiles.ts';
import { MemoryStorage } from '../client/samples.ts';
import { createFakeClock, type FakeClock } from '../probes/fakeClock.ts';
import { createRandom } from '../probes/seededRandom.ts';
import { ComposerModel } from '../../webview-ui/model/composerModel.ts';
import { createFakePort } from './fakePort.ts';

const ref: SessionRef = { kind: 'own', session: 's1' };
/** A write takes this long to be there for good. */
const WRITE_MS = 40;
const KEPT_MS = 500;
const STEP_MS = 10;

/** Time goes by in small steps, so that what begins in between begins then. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= STEP_MS) {
    clock.advance(Math.min(STEP_MS, left));
    // oxlint-disable-next-line no-await-in-loop -- one step after the other
    await new Promise(setImmediate);
  }
}

test.each([1, 2, 3])(
  '50 reloads while typing lose nothing that is older than half a second (seed %i)',
  async (seed) => {
    const random = createRandom(seed);
    const clock = createFakeClock();
    const files = new WindowFiles();
    let before = { at: clock.monotonic(), texts: [{ at: clock.monotonic(), text: '' }] };
    for (let reload = 0; reload < 50; reload += 1) {
      let isGone = false;
      const shared = new SharedDrafts({
        files: files.window(clock, WRITE_MS, () => isGone),
        ...{ window: `w${reload}`, place: 'shop' },
        // The process of the window before may live on for a while.
        processes: { pid: reload, isAlive: (pid) => pid === reload || random() < 0.3 },
        now: () => clock.now(),
        log: silentLogger,
      });
      // What the window itself had kept is lost with it.
      const drafts = new Drafts({ storage: new MemoryStorage(), now: () => clock.now(), shared });
      const fake = createFakePort();
      const port = {
        ...fake.port,
        post: (message: (typeof fake.posted)[number]) => {
          if (!isGone && message.type === 'draft') drafts.set(ref, message.text);
        },
      };
      const composer = new ComposerModel({ port, clock, notTakenText: () => '' });
      composer.restore(drafts.get(ref));
      // oxlint-disable-next-line no-await-in-loop -- one reload after the other
      const found = await drafts.find(ref);
      composer.takeDrafts({ type: 'drafts', ...(found?.own && { own: found.own.text }) });
      const text = composer.draft.value;
      const oldest = before.texts.findLast(({ at }) => at <= before.at - KEPT_MS)?.text ?? '';
      const since = before.texts.filter(({ at }) => at >= before.at - KEPT_MS);
      expect([reload, [oldest, ...since.map((one) => one.text)]]).toEqual([
        reload,
        expect.arrayContaining([text]),
      ]);
      const texts = [{ at: clock.monotonic(), text }];
      const letters = 1 + Math.floor(random() * 40);
      for (let letter = 0; letter < letters; letter += 1) {
        // oxlint-disable-next-line no-await-in-loop -- what is written goes its way meanwhile
        await pass(clock, 20 + Math.floor(random() * 120));
        composer.type(`${composer.draft.value}${letter % 10}`);
        texts.push({ at: clock.monotonic(), text: composer.draft.value });
      }
      // oxlint-disable-next-line no-await-in-loop -- the same
      await pass(clock, Math.floor(random() * 400));
      isGone = true;
      before = { at: clock.monotonic(), texts };
    }
  },
);

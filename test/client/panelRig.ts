// A pump between a view in memory and what is posted to its page.
import type { AppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Drafts } from '../../src/client/prompts/drafts.ts';
import { PanelPump } from '../../src/client/panel/panelPump.ts';
import { returnRefusedPrompts } from '../../src/client/prompts/refusedPrompts.ts';
import type { SessionRef } from '../../src/client/rooms/sessionRef.ts';
import { untranslated } from '../../src/client/translate.ts';
import type { FromPanel } from '../../src/protocol/local/fromPanel.ts';
import { type Picture, type ToPanel, toPanelSchema } from '../../src/protocol/local/panel.ts';
import type { Problem } from '../../src/protocol/state.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { MemoryStorage, FakeView, poolOf } from './samples.ts';

/** The session that is shown. */
export const ref: SessionRef = { kind: 'own', session: 's' };
/** Another one. */
export const otherRef: SessionRef = { kind: 'joined', room: 'other' };

interface SetUp {
  readonly problem?: Problem;
  readonly drafts?: Drafts;
  readonly ref?: SessionRef;
}

/** A pump of a joined room, with everything that it did. */
export async function setUp(view = new FakeView(), options: SetUp = {}) {
  const clock = createFakeClock();
  const pool = poolOf(view, { clock });
  const {
    problem,
    drafts = new Drafts({ storage: new MemoryStorage(), now: () => clock.now() }),
    ref: shown = ref,
  } = options;
  returnRefusedPrompts({ pool, drafts, t: untranslated });
  const lease = pool.acquire(shown);
  await waitUntil('joined', () => lease.room.view);
  const posted: ToPanel[] = [];
  const pictures: Picture[] = [];
  const reported: AppError[] = [];
  const opened: string[] = [];
  const pump = new PanelPump({
    room: lease.room,
    post: (picture) => {
      pictures.push(picture);
      posted.push(...picture.map((message) => toPanelSchema.parse(message)));
    },
    drafts,
    actions: {
      openEntry: (entry) => opened.push(entry.entry.id),
      openLink: (url) => opened.push(url),
      openFile: () => Promise.resolve(false),
      saveText: () => Promise.resolve(false),
      copy: () => undefined,
      runCommand: (name) => opened.push(name),
      report: (error) => reported.push(error),
    },
    absence: () => ({ kind: 'connecting' }),
    problem: () => problem,
    strings: { Send: 'Senden' },
    locale: 'de',
    clock,
    log: silentLogger,
    t: untranslated,
  });
  const say = (message: FromPanel): void => pump.receive(message);
  const types = (): readonly string[] => posted.map(({ type }) => type);
  const settled = (): Promise<void> => new Promise((resolve) => queueMicrotask(resolve));
  const forget = (): void => {
    posted.length = 0;
    pictures.length = 0;
  };
  return {
    view,
    room: lease.room,
    clock,
    drafts,
    pump,
    posted,
    pictures,
    forget,
    reported,
    opened,
    say,
    types,
    settled,
  };
}

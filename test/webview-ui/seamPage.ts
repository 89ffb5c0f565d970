// A page of its own: the panel's app on client/ alone, in one tab, without editor or Node. The link stands in the fragment.
import * as z from 'zod/mini';
import { systemClock } from '../../src/base/clock.ts';
import { Emitter } from '../../src/base/emitter.ts';
import type { AppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { PanelPump } from '../../src/client/panel/panelPump.ts';
import { Drafts } from '../../src/client/prompts/drafts.ts';
import { returnRefusedPrompts } from '../../src/client/prompts/refusedPrompts.ts';
import { identitySecret, IdentityStore } from '../../src/client/rooms/identityStore.ts';
import { joinAs } from '../../src/client/rooms/joinTarget.ts';
import { RoomMemories, roomMemoryRecord } from '../../src/client/rooms/roomMemories.ts';
import { RoomPool } from '../../src/client/rooms/roomPool.ts';
import { untranslated } from '../../src/client/translate.ts';
import { jsonSchema } from '../../src/protocol/json.ts';
import { parseLink } from '../../src/protocol/link.ts';
import type { Picture } from '../../src/protocol/local/panel.ts';
import { mountPanel } from '../../webview-ui/mount.tsx';
import type { UiPort } from '../../webview-ui/port.ts';
import '../../webview-ui/styles/panel.css';
import { MemorySecrets, MemoryStorage } from '../client/samples.ts';

// As in every page of ours: the policy forbids making code from strings.
z.config({ jitless: true });

const link = location.hash.slice(1);
const { room } = parseLink(link);
const log = silentLogger;
const clock = systemClock;
const storage = new MemoryStorage();

function complain(error: unknown): void {
  // oxlint-disable-next-line no-console -- the test reads the console
  console.error(error);
}

const identity = new IdentityStore({
  storage: identitySecret(new MemorySecrets()),
  onTrouble: ({ error }) => complain(error),
});
const pool = new RoomPool({
  links: { targetOf: () => ({ link }), onDidChange: new Emitter<void>().event },
  join: joinAs({
    identity: () => identity.get(),
    name: () => 'Pia',
    device: 'a page',
    memory: new RoomMemories({ storage: roomMemoryRecord(storage), clock }),
    clock,
    log,
  }),
  clock,
  random: Math.random,
  log,
});
const drafts = new Drafts({ storage, now: () => clock.now() });
returnRefusedPrompts({ pool, drafts, t: untranslated });
const pictures = new Emitter<Picture>();
const pump = new PanelPump({
  room: pool.acquire({ kind: 'joined', room }).room,
  post: (picture) => pictures.fire(picture),
  drafts,
  actions: {
    openEntry: () => undefined,
    openLink: () => undefined,
    openFile: () => Promise.resolve(false),
    saveText: () => Promise.resolve(false),
    copy: () => undefined,
    runCommand: () => undefined,
    report: (error: AppError) => complain(error),
  },
  absence: () => ({ kind: 'connecting' }),
  problem: () => undefined,
  strings: {},
  locale: 'en',
  clock,
  log,
  t: untranslated,
});
const port: UiPort = {
  post: (message) => queueMicrotask(() => pump.receive(message)),
  onPicture: pictures.event,
  getState: () => jsonSchema.safeParse(history.state).data ?? undefined,
  setState: (kept) => history.replaceState(kept, ''),
};
const element = document.getElementById('app');
if (element === null) throw new Error('invariant: the page has no #app');
mountPanel({ element, port, clock });

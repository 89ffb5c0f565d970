// Joining by a link to a session of another computer: panel, list, prompt, leaving.
import { untranslated } from '../../../src/client/translate.ts';
import { joinNow } from '../../../src/editor/commands/joinCommands.ts';
import { panelHeader } from '../../../src/client/panel/panelModel.ts';
import { parseLink } from '../../../src/protocol/link.ts';
import type { RoomView } from '../../../src/session/view.ts';
import { appOfExtension, assertEqual, panelTabs } from '../extension.ts';
import { waitUntil } from '../../../tools/run/waitUntil.ts';
import { testInput } from '../input.ts';

const { room } = parseLink(testInput.controllerLink);
const ref = { kind: 'joined', room } as const;

async function joined(): Promise<RoomView> {
  const app = await appOfExtension();
  if (!app.pool.find(ref)) await joinNow(app, testInput.controllerLink);
  return waitUntil('the room is joined', () => {
    const view = app.pool.find(ref)?.view;
    return view?.me && view.truth.kind === 'live' ? view : undefined;
  });
}

function textsOf(view: RoomView): string {
  return view.entries.map(({ entry }) => ('text' in entry ? entry.text : '')).join('\n');
}

suite('joining', () => {
  test('a link opens the session in a panel, and its page comes up', async () => {
    const app = await appOfExtension();
    const view = await joined();
    assertEqual(view.me?.role, 'controller', 'role');
    await waitUntil('the panel is open', () => panelTabs().length === 1);
    await waitUntil('the page is ready', () => app.panels.find(ref)?.isShown);
    assertEqual(app.panels.current?.ref, ref, 'panel in front');
    await waitUntil('the tab has the title', () => panelTabs()[0]?.label === 'Suite');
  });

  test('the joined session stands in the list under its computer', async () => {
    const app = await appOfExtension();
    await joined();
    const row = await waitUntil('its computer is known', () =>
      app.directory.joinedRows().find(({ computer }) => computer !== ''),
    );
    assertEqual([row.room, row.session?.title], [room, 'Suite'], 'row');
  });

  test('a prompt runs, its author is known, and its answer streams in', async () => {
    const view = await joined();
    view.send('prompt', { text: 'Hello from the suite' });
    await waitUntil('the answer is there', () => textsOf(view).includes('You said'));
    const prompt = view.entries.findLast(({ entry }) => entry.kind === 'prompt')?.entry;
    const author = prompt?.kind === 'prompt' ? prompt.author?.member : undefined;
    assertEqual(author, view.member, 'author');
    assertEqual(panelHeader(view, 0, untranslated).control.kind, 'mine', 'control');
  });

  test('a second window of the link source shares one connection', async () => {
    const app = await appOfExtension();
    await joined();
    const lease = app.pool.acquire(ref);
    assertEqual(lease.room === app.pool.find(ref), true, 'same room');
    lease.dispose();
  });

  test('[P7] another network of this device opens new connections, and the session goes on', async () => {
    const view = await joined();
    const kinds: string[] = [];
    const following = view.onDidChange(() => kinds.push(view.truth.kind));
    EventTarget.prototype.dispatchEvent.call(globalThis, new Event('online'));
    await waitUntil('it was doubted', () => kinds.includes('unconfirmed'));
    await waitUntil('it is live again', () => view.truth.kind === 'live');
    following.dispose();
    assertEqual(kinds.includes('host-offline'), false, 'the host was blamed');
  });

  test('leaving closes the panel and forgets the link', async () => {
    const app = await appOfExtension();
    await joined();
    await app.pool.leave(ref);
    app.panels.close(ref);
    await app.joined.remove((item) => item.room === room);
    await waitUntil('the panel is closed', () => panelTabs().length === 0);
    assertEqual(app.directory.joinedRows(), [], 'joined sessions');
  });
});

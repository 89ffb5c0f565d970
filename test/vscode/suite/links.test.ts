// Links that lead nowhere, in both extension hosts: a clear error, and nothing kept or sent.
import { joinNow } from '../../../src/editor/commands/joinCommands.ts';
import { formatLink, parseLink } from '../../../src/protocol/link.ts';
import { appOfExtension, assertEqual } from '../extension.ts';
import { waitUntil } from '../../../tools/run/waitUntil.ts';
import { testInput } from '../input.ts';

suite('links', () => {
  test('a damaged link is refused before anything is sent', async () => {
    const app = await appOfExtension();
    const damaged = testInput.viewerLink.slice(0, -20);
    const error = await joinNow(app, damaged).catch((thrown: unknown) => thrown);
    if (!(error instanceof Error) || !error.message.includes('link')) throw new Error('no error');
    assertEqual(app.joined.items, [], 'joined sessions');
  });

  test('a link to a relay that is not there says so in the panel, and can be left', async () => {
    const app = await appOfExtension();
    const link = parseLink(testInput.viewerLink);
    const ref = { kind: 'joined', room: 'a'.repeat(26) } as const;
    await joinNow(app, formatLink({ ...link, room: ref.room, relay: 'ws://127.0.0.1:9' }));
    await waitUntil(
      'it is offline',
      () => app.pool.find(ref)?.view?.truth.kind === 'relay-offline',
    );
    await app.pool.leave(ref);
    app.panels.close(ref);
    await app.joined.remove(({ room }) => room === ref.room);
    assertEqual(app.joined.items, [], 'joined sessions');
  });
});

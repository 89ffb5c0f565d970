// Joining by a link: what is kept of a session that was joined before.
import { afterEach, expect, test } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { say } from '../../src/base/say.ts';
import { RoomPool } from '../../src/client/rooms/roomPool.ts';
import { joinNow } from '../../src/editor/commands/joinCommands.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { FakeView, linkToRoom } from '../client/samples.ts';
import { EditorRig } from './editorRig.ts';
import { editor, resetEditor } from './fakeVscode.ts';

afterEach(resetEditor);

test('joining again by another link keeps the name and the computer under which the session is listed', async () => {
  const rig = new EditorRig();
  const { directory, joined, pool, panels, clock } = rig;
  // The parts of the editor that joining comes to.
  const app = { directory, joined, pool, panels, clock } as never;
  await joinNow(app, linkToRoom('j', 1));
  const [first] = joined.items;
  if (first === undefined) throw new Error('not kept');
  await joined.put({ ...first, title: 'Fix it', computer: 'desk' }, () => true);
  await joinNow(app, linkToRoom('j', 2));
  expect(joined.items).toMatchObject([
    { title: 'Fix it', computer: 'desk', link: linkToRoom('j', 2) },
  ]);
  expect(editor.panels).toHaveLength(1);
});

test('a link that does not work is told, and the one that does is kept in the list', async () => {
  const rig = new EditorRig();
  const { directory, joined, panels, clock } = rig;
  const dead = linkToRoom('j', 9);
  const error = new AppError('link-revoked', { happened: say`This link is dead.` });
  const pool = new RoomPool({
    links: directory,
    join: ({ link }) => {
      const view = new FakeView();
      if (link === dead) view.truth = { kind: 'over', error };
      if (link === dead) view.state = undefined;
      return Promise.resolve(view);
    },
    ...{ clock, random: () => 0, log: silentLogger },
  });
  // The parts of the editor that joining comes to.
  const app = { directory, joined, pool, panels, clock } as never;
  await joinNow(app, linkToRoom('j', 1));
  const { room } = pool.acquire({ kind: 'joined', room: 'j'.repeat(26) });
  const works = await waitUntil('joined', () => room.view);
  await joinNow(app, dead);
  await waitUntil('told', () => editor.notices.some((text) => text.includes('dead')));
  await waitUntil('as before', () => joined.items[0]?.link === linkToRoom('j', 1));
  expect([room.view, editor.notices.length]).toEqual([works, 1]);
});

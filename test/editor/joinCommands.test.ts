// Joining by a link: what is kept of a session that was joined before.
import { afterEach, expect, test } from 'vitest';
import { joinNow } from '../../src/editor/commands/joinCommands.ts';
import { linkToRoom } from '../client/samples.ts';
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

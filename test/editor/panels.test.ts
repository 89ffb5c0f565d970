// The panels of a window: which one is in front, and what their tabs say.
import { afterEach, expect, test } from 'vitest';
import { summary } from '../client/samples.ts';
import { EditorRig, own } from './editorRig.ts';
import { editor, resetEditor } from './fakeVscode.ts';

afterEach(resetEditor);

test('a panel that is closed is in front no more: the one that shows then is, or none', async () => {
  const { panels, open } = withOpen(new EditorRig());
  await open('a');
  await open('b');
  expect(panels.current?.ref).toEqual(own('b'));
  const [first, second] = editor.panels;
  first?.show(false);
  second?.dispose();
  expect(panels.current).toBeUndefined();
  first?.show(true);
  expect(panels.current?.ref).toEqual(own('a'));
  first?.dispose();
  expect(panels.current).toBeUndefined();
});

test('the mark of a session that waits is on its tab only while nobody looks at it', async () => {
  const rig = new EditorRig();
  await rig.open('a');
  const [panel] = editor.panels;
  rig.change('a', { session: summary({ id: 'a', title: 'a', status: 'waiting' }) });
  expect(panel?.title).toBe('a');
  panel?.show(false);
  expect(panel?.title).toBe('● a');
  panel?.show(true);
  expect(panel?.title).toBe('a');
});

function withOpen(rig: EditorRig) {
  return { panels: rig.panels, open: (session: string) => rig.open(session) };
}

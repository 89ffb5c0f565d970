// The context keys of the session in front: which of the ways to control are offered.
import { afterEach, expect, test } from 'vitest';
import { FrontSession } from '../../src/editor/views/frontSession.ts';
import { EditorRig } from './editorRig.ts';
import { editor, resetEditor } from './fakeVscode.ts';

afterEach(resetEditor);

test('an owner takes control back and does not request it, a controller requests it', async () => {
  const rig = new EditorRig();
  const { panels, directory, clock } = rig;
  const front = new FrontSession({ panels, directory, clock });
  const view = await rig.open('a');
  const ways = (): readonly unknown[] => {
    clock.advance(100);
    return ['canRequest', 'canTakeBack'].map((name) => editor.context.get(`twinhelm.${name}`));
  };
  const holder = { window: 'other', since: 0 };
  rig.change('a', { focus: { fence: 1, holder: { ...holder, member: 'bo' }, queue: [] } });
  expect(ways()).toEqual([false, true]);
  view.member = 'bo';
  rig.change('a', { focus: { fence: 2, holder: { ...holder, member: 'ada' }, queue: [] } });
  expect(ways()).toEqual([true, false]);
  front.dispose();
});
